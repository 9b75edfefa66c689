"""Watching what a build reads: links at any place, and names that watchers usually ignore."""

import asyncio
import contextlib
import datetime as dt
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from generator.commands.serve.watch import inputs_of, watch
from generator.config.options import Options
from tests.commands.test_serve import SETTINGS, eventually, serving
from tests.support.making import SiteFolder, document

DEADLINE = 30.0


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """Returns a site folder without documents. The site has no search, so that it builds fast."""
    return SiteFolder(tmp_path / "site", SETTINGS)


@contextlib.asynccontextmanager
async def watching(options: Options) -> AsyncIterator[Callable[..., Coroutine[Any, Any, bool]]]:
    """Watches the inputs of a build; yields a function that returns whether a change is reported whose path ends so."""
    changes: asyncio.Queue[set[str]] = asyncio.Queue()
    task = asyncio.create_task(
        watch(functools.partial(inputs_of, options), lambda paths: changes.put_nowait(set(paths)))
    )
    await asyncio.sleep(0.3)

    async def reported(end: str, seconds: float = DEADLINE) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not any(path.endswith(end) for path in await changes.get()):
                    pass
                return True
        return False

    yield reported
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def options_of(site: Path, config: str = "site.toml") -> Options:
    """Returns the options of a build of the site in a folder."""
    return Options(
        source=site / "seeds", output=site / "output", config=site / config, now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )


def swap(link: Path, target: str | Path) -> None:
    """Lets a link lead elsewhere in one step, as programs that publish versions do."""
    new = link.with_name("new-link")
    new.symlink_to(target)
    new.replace(link)


@pytest.mark.parametrize(
    "name",
    [
        "seeds/node_modules/one.md", "seeds/__pycache__/one.md", "seeds/a.swp.md", "static/root/backup~",
        "static/root/lib.pyc", "static/.well-known/security.txt", "static/node_modules/a.js", "static/root/film.swf",
        "templates/.idea/part.html", "templates/flycheck_part.html", "languages/en.toml", "static/.venv/a.css",
    ],
)  # fmt: skip
def test_names_that_watchers_ignore(site: SiteFolder, name: str) -> None:
    """Reports files with any name that a build reads."""
    path = site.write(name, "first")

    async def change() -> None:
        async with watching(options_of(site.root)) as reported:
            path.write_text("second")
            assert await reported(name)

    asyncio.run(change())


@pytest.mark.parametrize("folder", [".venv", "node_modules", ".git", "__pycache__"])
def test_a_site_in_a_folder_with_such_a_name(tmp_path: Path, folder: str) -> None:
    """The folders above a site do not matter."""
    site = SiteFolder(tmp_path / folder / "site", SETTINGS)

    async def change() -> None:
        async with watching(options_of(site.root)) as reported:
            site.add("one.md")
            assert await reported("one.md")
            site.write("topics.yaml", "[]")
            assert await reported("topics.yaml")

    asyncio.run(change())


def test_files_of_editors_and_of_the_build_are_not_reported(site: SiteFolder) -> None:
    """They change while a person types, or because of the build: also where a link leads to all files of the site."""
    site.write("static/root/a.txt", "x")
    (site.root / "static/all").symlink_to(site.root)
    site.write("output/index.html", "x")
    site.write(".digest/cache.sqlite", "x")

    async def change() -> None:
        async with watching(options_of(site.root)) as reported:
            for name in ("seeds/.one.md.swp", "static/root/.a.txt.swp", "seeds/.git/HEAD", "output/index.html",
                         "output/new.html", ".digest/cache.sqlite", "templates/.DS_Store"):  # fmt: skip
                site.write(name, "second")
            (site.root / "seeds/.#one.md").symlink_to("someone@desk.example:1")
            assert not await reported("", 1)

    site.write("templates/x.html", "x")
    asyncio.run(change())


@pytest.mark.parametrize("is_absolute", [True, False])
def test_a_swapped_source_folder(site: SiteFolder, is_absolute: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Reports the swap, and then changes in the new folder, swap after swap."""
    (site.root / "seeds").rmdir()
    for version in ("v1", "v2", "v3"):
        site.write(f"{version}/a.md", version)
    (site.root / "seeds").symlink_to("v1")

    async def change() -> None:
        async with watching(options_of(site.root)) as reported:
            for version in ("v2", "v3", "v1"):
                swap(site.root / "seeds", site.root / version if is_absolute else version)
                assert await reported("/seeds")
                site.write(f"{version}/a.md", "again")
                assert await reported(f"{version}/a.md")

    asyncio.run(change())


@pytest.mark.parametrize(
    ("link", "target", "changed"),
    [
        ("site.toml", "shared/site.toml", "shared/site.toml"),
        ("topics.yaml", "shared/topics.yaml", "shared/topics.yaml"),
        ("sources.yaml", "../sources.yaml", "/sources.yaml"),
        ("hooks.py", "shared/hooks.py", "shared/hooks.py"),
        ("static/root/a.svg", "shared/a.svg", "shared/a.svg"),
        ("static", "shared/static", "static/root/x.txt"),
        ("templates", "shared/templates", "templates/about.html"),
        ("templates/parts", "shared/parts", "parts/a.html"),
        ("languages/en.toml", "shared/en.toml", "shared/en.toml"),
    ],
)
def test_a_linked_input(site: SiteFolder, link: str, target: str, changed: str) -> None:
    """Reports a change where the link leads, then that the link leads to nothing, and that it is back."""
    path, end = site.root / link, (site.root / target).resolve()
    file = end if end.suffix else end / changed.rpartition("/")[2]
    if changed.endswith("x.txt"):
        file = end / "root/x.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("first")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(end)
    config = site.write("own.toml", "") if link != "site.toml" else path

    async def change() -> None:
        async with watching(options_of(site.root, config.name)) as reported:
            file.write_text("second")
            assert await reported(changed)
            path.unlink()
            assert await reported(f"/{link}")
            path.symlink_to(end)
            assert await reported(f"/{link}")
            file.write_text("third")
            assert await reported(changed)

    asyncio.run(change())


def test_a_link_above_the_site(tmp_path: Path) -> None:
    """A site that is reached through a link, which leads to the next release."""
    for release in ("r1", "r2"):
        SiteFolder(tmp_path / release, SETTINGS).add("one.md")
    (tmp_path / "current").symlink_to("r1")
    site = tmp_path / "current"

    async def change() -> None:
        async with watching(options_of(site)) as reported:
            swap(site, "r2")
            assert await reported("/current")
            (tmp_path / "r2/seeds/one.md").write_text("changed")
            assert await reported("r2/seeds/one.md")
            (tmp_path / "r2/topics.yaml").write_text("[]")
            assert await reported("r2/topics.yaml")

    asyncio.run(change())


def test_links_in_a_circle_end(site: SiteFolder) -> None:
    """A circle leads nowhere until it is replaced."""
    (site.root / "topics.yaml").symlink_to("sources.yaml")
    (site.root / "sources.yaml").symlink_to("topics.yaml")

    async def change() -> None:
        async with watching(options_of(site.root)) as reported:
            (site.root / "topics.yaml").unlink()
            assert await reported("topics.yaml")
            site.add("one.md")
            assert await reported("one.md")

    asyncio.run(change())


def test_no_change_is_lost_while_folders_come_and_go(site: SiteFolder) -> None:
    """A file that is written as soon as a change of its folder was reported is itself reported."""

    async def change() -> None:
        async with watching(options_of(site.root)) as reported:
            for number in range(5):
                site.write(f"static/root/{number}.txt", "first")
                assert await reported("/static" if number % 2 == 0 else f"{number}.txt")
                site.write("static/root/again.txt", str(number))
                assert await reported("again.txt")
                if number % 2:
                    (site.root / "static").rename(site.root / f"away{number}")
                    assert await reported("/static")

    asyncio.run(change())


def test_a_swap_is_built(site: SiteFolder) -> None:
    """The preview shows the documents of the folder that the link leads to now."""
    (site.root / "seeds").rmdir()
    for version in ("One", "Two"):
        site.write(f"{version}/a.md", document(title=version))
    (site.root / "seeds").symlink_to("One")
    with serving(site) as running:
        swap(site.root / "seeds", "Two")
        eventually(lambda: ">Two<" in running.get("/").text, "the swap")
        site.write("Two/a.md", document(title="Changed"))
        eventually(lambda: ">Changed<" in running.get("/").text, "a document after the swap")
        assert ">Two<" not in running.get("/").text
