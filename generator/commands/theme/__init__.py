"""``digest theme``: the files of the default theme."""
