"""``digest serve``: serves a preview of the site, and builds it again after each change."""
