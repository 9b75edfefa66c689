"""The command line: one folder per command, and the only code that prints, exits or reads the clock."""
