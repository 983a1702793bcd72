"""Running notebooks: the story's chapters, each by a forked process or by papermill, and kept for the next time."""
