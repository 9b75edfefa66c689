"""``python -m generator`` is the same as ``digest``."""

from generator.cli import main

if __name__ == "__main__":
    main()
