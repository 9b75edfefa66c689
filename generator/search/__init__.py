"""Builds the full-text index with Pagefind, one segment per year and one for the newest month."""
