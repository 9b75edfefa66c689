"""Golden sites: examples that are documentation and byte-for-byte tests at once.

Each folder holds ``input/``, a whole site, and ``expected/``, what it builds to; ``make golden`` writes the latter.
"""

from pathlib import Path

from tests.support.making import NOW, run

FOLDER = Path(__file__).parent
NAMES = sorted(path.name for path in FOLDER.iterdir() if (path / "input").is_dir())


def build(name: str, output: Path) -> None:
    """Builds a golden site."""
    root = FOLDER / name / "input"
    code, _, stderr = run(
        "build", "--source", str(root / "seeds"), "--config", str(root / "site.toml"),
        "--output", str(output), "--now", NOW, "--jobs", "1", "--quiet",
    )  # fmt: skip
    if code:
        raise AssertionError(stderr)
