"""One module for each page type."""
