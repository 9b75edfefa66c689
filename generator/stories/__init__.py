"""Clusters items that report the same event, and picks the related articles beside each."""
