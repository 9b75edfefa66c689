"""``digest stories``, ``digest explain`` and ``digest explain-error``: explains stories and errors."""
