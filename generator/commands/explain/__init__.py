"""``digest stories``, ``digest explain`` and ``digest explain-error``: says why."""
