"""``digest stats``: shows the numbers of a site at a glance, and notices when no new items arrive."""
