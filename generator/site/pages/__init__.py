"""The page types. Each is a module with a function ``plan`` that yields its pages."""
