"""What the machine gives: files and what is kept of them, folders, processes, limits, progress. It knows of no story."""
