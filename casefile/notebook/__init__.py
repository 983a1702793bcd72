"""What a notebook imports, and what it leaves: parameters, chapter, results, their homes, the text of pages."""
