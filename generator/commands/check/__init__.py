"""``digest check``: reports what a build would refuse, and warns about likely mistakes."""
