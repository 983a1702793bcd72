"""What can be cited, in which words and styles, what editions said, and whether a citation still stands."""
