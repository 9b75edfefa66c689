"""Plans every page as an immutable view, one module per page type, and checks addresses and links before rendering."""
