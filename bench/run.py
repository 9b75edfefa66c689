"""Measures a build of made documents, station by station: cold, and again with nothing changed.

``python -m bench.run 10000`` prints seconds and their share of the total: seconds alone say little on a shared machine.
"""

import datetime as dt
import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench import corpus
from generator.build import build
from generator.options import Options

_ROUNDS = 3
# The documents are older than this build will find them: nothing else writes them.
_TRUSTING_SECONDS = 5
_NOW = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def main(count: int) -> None:
    """Builds ``count`` documents, three rounds of cold and unchanged."""
    gc.disable()  # as the command line does
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        corpus.write(count, root / "seeds")
        (root / "site.toml").write_text('title = "Bench"\n', encoding="utf-8")
        rounds: dict[str, list[dict[str, float]]] = {"cold": [], "unchanged": []}
        for number in range(_ROUNDS):
            for seconds in rounds.values():
                options = Options(
                    source=root / "seeds",
                    output=root / f"output-{number}",
                    config=root / "site.toml",
                    now=_NOW,
                    jobs=len(os.sched_getaffinity(0)),
                    started=time.time() + _TRUSTING_SECONDS,
                )
                report = build(options)
                assert report.is_built, report.problems[:3]  # noqa: S101 - else there is nothing to measure
                seconds.append(dict(report.seconds))
        print(f"{count} documents, {report.stories} stories, {report.planned} files; medians of {_ROUNDS}")
        for name, runs in rounds.items():
            medians = {station: statistics.median(run[station] for run in runs) for station in runs[0]}
            shown = (f"{station} {value:.2f} s ({value / medians['total']:.2f})" for station, value in medians.items())
            print(f"{name}: " + ", ".join(shown))


if __name__ == "__main__":
    main(int(sys.argv[1]))
