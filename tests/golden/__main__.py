"""Writes the expected output of every golden site anew."""

import shutil
import tempfile
from pathlib import Path

from tests.golden import FOLDER, NAMES, build

for name in NAMES:
    expected = FOLDER / name / "expected"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        build(name, output)
        shutil.rmtree(output / ".digest")
        shutil.rmtree(expected, ignore_errors=True)
        shutil.copytree(output, expected)
    print(f"{name}: {sum(path.is_file() for path in expected.rglob('*'))} files")
