"""Dates and times in forms that depend on no language."""

import datetime as dt
import zoneinfo


def zone(name: str) -> dt.tzinfo:
    """Returns the time zone with this IANA name. UTC is ``datetime.UTC``, which compares faster than a ``ZoneInfo``."""
    return dt.UTC if name == "UTC" else zoneinfo.ZoneInfo(name)


def local(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Returns a time in a zone. Midnight UTC means a day without a time, so it stays as it is."""
    at = moment.replace(microsecond=0).astimezone(dt.UTC)
    return at if at.time() == dt.time(0) else at.astimezone(zone)


def iso(moment: dt.datetime) -> str:
    """Formats a time for machines, in UTC and to the second: ``2021-09-07T14:16:00Z``."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
