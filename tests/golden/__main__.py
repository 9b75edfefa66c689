"""Writes the expected output of every golden site anew."""

import shutil
import tempfile
from pathlib import Path

from tests.golden import EXPECTED, FOLDER, NAMES, build, record
from tests.support.making import published

for name in NAMES:
    root = FOLDER / name
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        build(name, output)
        files = record(published(output))
    shutil.rmtree(root / EXPECTED, ignore_errors=True)
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(f"{name}: {len(files)} files")
