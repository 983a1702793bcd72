"""A story as an analyst asks it: chapters run with other values, what came out as tables, what moves a figure."""
