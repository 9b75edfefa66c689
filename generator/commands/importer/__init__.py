"""``digest import``: copies the documents of a site of Jekyll, Hugo or Pelican into the form of this program."""
