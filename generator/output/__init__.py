"""Writes the output folder atomically: stages changed files, journals the moves, publishes in a safe order."""
