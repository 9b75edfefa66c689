"""Whole builds through the command line, and what holds for the whole project."""
