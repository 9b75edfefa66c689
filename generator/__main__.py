"""``python -m generator`` and the command ``digest``."""

import gc
import os
import sys


def main() -> None:
    """Runs the command line; Ctrl-C ends the program also while it is still being loaded."""
    # A build makes many values, hardly a cycle, and ends soon: the collector would only look for what is not there.
    gc.disable()
    # Workers do all work in parallel. Threads of numpy would not help, and a process with threads forks badly.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from generator.commands import cli  # noqa: PLC0415 - this is what may be interrupted
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
