"""What pages show, before it is drawn: the site renders it, the audit holds what was rendered against it."""
