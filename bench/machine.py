"""When and on what kind of machine something is measured, and no more of the machine than that."""

import datetime as dt
import os
import platform
import re
from pathlib import Path


def describe(*more: str) -> str:
    """One sentence, at the start of measuring.

    Args:
        more: what else belongs to it, such as the versions of other programs.
    """
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        f"{cores} core{'' if cores == 1 else 's'} ({_processor()})",
        f"{memory:.0f} GiB of memory",
        f"{platform.system()}",
        f"Python {platform.python_version()}",
        *more,
        # Of other work. More than nothing makes all seconds longer; ratios of what ran in turn suffer less.
        f"load {os.getloadavg()[0]:.1f} before",
    ]
    return f"Measured on {dt.datetime.now(dt.UTC).date()}: {', '.join(parts)}."


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()
