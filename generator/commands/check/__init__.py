"""``digest check``: finds what a build would refuse and what is doubtful."""
