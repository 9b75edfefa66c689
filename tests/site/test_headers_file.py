"""Files in the format `_headers`: reading, joining, and what hosts send for a path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.site import headers_file

OWN = b"\xef\xbb\xbf# mine\r\n/*\r\n  X-Frame-Options: DENY\r\n\r\n/a/*\n\tX-A: 1\n  X-A: 2: 3\n  ! Referrer-Policy\n"
NAMES = st.from_regex(r"[A-Za-z][A-Za-z-]{0,9}", fullmatch=True)
VALUES = st.from_regex(r"[!-~]([ -~]{0,9}[!-~])?", fullmatch=True)
PATTERNS = st.from_regex(r"/[a-z]{0,3}\*?", fullmatch=True)
RULES = st.dictionaries(PATTERNS, st.dictionaries(NAMES, VALUES, min_size=1))


def test_a_file_is_read() -> None:
    """Ignores comments, blank lines, a mark of byte order and kinds of line ends. Joins values of one header."""
    rules, diagnostics = headers_file.parse(OWN, "_headers")
    assert rules == (("/*", (("X-Frame-Options", "DENY"),)), ("/a/*", (("X-A", "1, 2: 3"), ("! Referrer-Policy", ""))))
    assert diagnostics == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"  X-A: 1\n/*\n", 1, "has no path above it"),
        (b"/*\n\n  nonsense\n", 3, "is not a header"),
        (b"/*\n  X A: 1\n", 2, "is not a header"),
        (b"/*\n  X-A: 1\x002\n", 2, "is not a header"),
        (b"/* \xff", 1, "is not UTF-8"),
    ],
)
def test_lines_that_no_host_understands(text: bytes, line: int, message: str) -> None:
    """Reports each with its line."""
    ((found),) = headers_file.parse(text, "static/root/_headers")[1]
    assert (found.path, found.line, found.message) == ("static/root/_headers", line, message)


def test_own_rules_extend_generated_ones() -> None:
    """Has one rule for each path. For the same header of the same path, the own value is used, whatever its case."""
    generated: headers_file.Rules = (
        ("/*", (("Content-Security-Policy", "default-src 'none'"), ("X-B", "old"))),
        ("/b", ()),
    )
    own: headers_file.Rules = (("/c", (("X-C", "1"),)), ("/*", (("x-b", "new"), ("X-D", "1"))))
    assert headers_file.joined(generated, own) == (
        ("/*", (("Content-Security-Policy", "default-src 'none'"), ("x-b", "new"), ("X-D", "1"))),
        ("/b", ()),
        ("/c", (("X-C", "1"),)),
    )
    assert headers_file.joined(generated, [("/*", (("! X-B", ""),))])[0][1][1:] == (("! X-B", ""),)


@given(RULES, RULES)
def test_a_joined_file_can_be_read(generated: dict[str, dict[str, str]], own: dict[str, dict[str, str]]) -> None:
    """Reads what it writes, with every own header, and every path once."""
    rules = [tuple((pattern, tuple(one.items())) for pattern, one in side.items()) for side in (generated, own)]
    joined = headers_file.joined(*rules)
    text = headers_file.text(joined)
    read, diagnostics = headers_file.parse(text.encode(), "_headers")
    assert (read, diagnostics) == (joined, [])
    assert len({pattern for pattern, _ in read}) == len(read)
    assert all(set(one.items()) <= set(dict(read)[pattern]) for pattern, one in own.items())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"x-a": "1"}),
        ("/b/c/d", {"x-a": "1, 2", "x-b": "3"}),
        ("/e/f/g", {"x-g": "4"}),
        ("/e/f/g/h", {"x-a": "1"}),
    ],
)
def test_headers_of_a_path(path: str, expected: dict[str, str]) -> None:
    """Joins the values of all rules that match, except headers that a rule removes."""
    rules: headers_file.Rules = (
        ("/*", (("X-A", "1"),)),
        ("/b/*", (("x-a", "2"), ("X-B", "3"))),
        ("/e/:name/g", (("! X-A", ""), ("X-G", "4"))),
        ("https://example.org/*", (("X-H", "5"),)),
    )
    assert headers_file.headers_of(rules, path) == expected
