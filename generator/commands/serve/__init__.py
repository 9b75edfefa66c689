"""``digest serve``: shows the site while it is written."""
