"""``python -m generator`` and the command ``digest``."""

import gc
import sys


def main() -> None:
    """Runs the command line; Ctrl-C ends the program also while it is still being loaded."""
    # A build makes many values, hardly a cycle, and ends soon: the collector would only look for what is not there.
    gc.disable()
    try:
        from generator.commands import cli  # noqa: PLC0415 - this is what may be interrupted
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
