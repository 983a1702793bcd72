"""A chapter's own notebook, run in the reader's browser: what runs there, and the bundle that brings it there."""
