"""The golden sites come out byte for byte."""

from pathlib import Path

import pytest

from tests import golden
from tests.support.making import published


@pytest.mark.parametrize("name", golden.NAMES)
def test_golden_site(name: str, tmp_path: Path) -> None:
    """If this fails and the change is meant: `make golden`, read the diff, commit it."""
    golden.build(name, tmp_path / "output")
    expected = published(golden.FOLDER / name / "expected")
    actual = published(tmp_path / "output")
    assert sorted(actual) == sorted(expected)
    for path, data in expected.items():
        # As text where it is text: the difference is to be read.
        is_text = not path.endswith((".png", ".ico"))
        assert actual[path].decode() == data.decode() if is_text else actual[path] == data, path
