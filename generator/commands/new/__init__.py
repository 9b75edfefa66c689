"""``digest new`` and ``digest init``: creates a document or a site."""
