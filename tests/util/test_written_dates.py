"""How dates that people write are meant."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.util.written_dates import corrections


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-20 9:00", ["2026-11-20T09:00:00Z"]),
        ("2026-11-20T9:00:05 +0100", ["2026-11-20T09:00:05+01:00"]),
        ("2026-11-20 09:00 UTC", ["2026-11-20T09:00:00Z"]),
        ("2026-1-2", ["2026-01-02"]),
        ("2026/11/20", ["2026-11-20"]),
        ("20 Nov 2026", ["2026-11-20"]),
        ("20th November, 2026", ["2026-11-20"]),
        ("20. März 2026", ["2026-03-20"]),
        ("20-Nov-2026", ["2026-11-20"]),
        ("Nov. 20, 2026 at 9:05 p.m.", ["2026-11-20T21:05:00Z"]),
        ("November 20 2026, 12:30 AM", ["2026-11-20T00:30:00Z"]),
        ("Fri, 20 Nov 2026 09:00:00 -0530", ["2026-11-20T09:00:00-05:30"]),
        ("Fri, 20 Nov 2026 09:00:00 GMT", ["2026-11-20T09:00:00Z"]),
        ("11/20/2026", ["2026-11-20"]),
        ("20/11/2026", ["2026-11-20"]),
        ("03/04/2026", ["2026-03-04", "2026-04-03"]),
        ("04/04/2026", ["2026-04-04"]),
        ("03.04.2026, 9.30 Uhr", ["2026-04-03T09:30:00Z"]),
        (1795168800, ["2026-11-20T10:00:00Z"]),
        ("1795168800000", ["2026-11-20T10:00:00Z"]),
        ("32 Nov 2026", []),
        ("30 Feb 2026", []),
        ("20 Foo 2026", []),
        ("2026-11-20 25:00", []),
        ("13/13/2026", []),
        ("next week", []),
        ("2026", []),
        ("９/９/2026", []),
        (True, []),
        ([20, "Nov", 2026], []),
        ("", []),
    ],
)
def test_a_date_as_people_write_it_is_recognised(written: object, meant: list[str]) -> None:
    """In English and German, with and without a time; day and month of numbers with slashes may be either."""
    assert corrections(written) == meant


def test_a_number_that_cannot_be_printed_is_no_date() -> None:
    """Python limits the digits that it writes."""
    assert corrections(10**5000) == []


@given(st.text(alphabet="0123456789/-.:, TZNovamp+", max_size=30) | st.integers())
def test_a_suggestion_can_be_written(written: object) -> None:
    """Whatever is given."""
    for text in corrections(written):
        assert dt.datetime.fromisoformat(text).year > 0
