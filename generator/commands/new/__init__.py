"""``digest new`` and ``digest init``: writes a document or a new site."""
