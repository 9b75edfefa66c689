"""``digest preflight`` and ``digest sync``: brings a built site to where it is served."""
