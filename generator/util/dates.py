"""Dates and times in forms that depend on no language."""

import datetime as dt
import zoneinfo


def zone(name: str) -> dt.tzinfo:
    """Returns the time zone with this IANA name. UTC is ``datetime.UTC``, which compares faster than a ``ZoneInfo``."""
    return dt.UTC if name == "UTC" else zoneinfo.ZoneInfo(name)


def iso(moment: dt.datetime) -> str:
    """Formats a time for machines, in UTC and to the second: ``2021-09-07T14:16:00Z``."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
