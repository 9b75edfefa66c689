"""``python -m generator`` and the command ``digest``."""

import sys


def main() -> None:
    """Runs the command line; Ctrl-C ends the program also while it is still being loaded."""
    try:
        from generator import cli  # noqa: PLC0415 - this is what may be interrupted
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
