"""``digest preflight`` and ``digest sync``: checks a built site for a host, and copies it into a served folder."""
