"""``digest docs``: prints the documentation."""
