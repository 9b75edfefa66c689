"""``digest build``: builds the site."""
