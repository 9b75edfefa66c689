"""Links in `static/`: to files, to folders, and to nothing."""

import os

import pytest

from tests.support.making import SiteFolder

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"/>'
WARNING = "linked-folder: a linked folder is not searched (put the files into static/ itself)"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("static/root/pics", "shared/pics"),
        ("static/fonts", "shared"),
        ("static/root/a/b/deep", "shared/pics"),
        ("static/root/loop", "static/root"),
        ("static/all", "."),
        ("static/root/documents", "seeds"),
    ],
)
def test_a_linked_folder_is_named(site: SiteFolder, link: str, target: str) -> None:
    """A warning says that its files are not published, in each build, also in one that has nothing else to do."""
    site.add("one.md")
    site.write("shared/pics/a.svg", PICTURE)
    (site.root / link).parent.mkdir(parents=True, exist_ok=True)
    (site.root / link).symlink_to(site.root / target, target_is_directory=True)
    for _ in range(2):
        outcome = site.build()
        assert (outcome.code, outcome.codes()) == (0, ["linked-folder"])
        assert f"/{link}:1:1: {WARNING}" in outcome.stderr
    assert not [name for name in site.files() if "a.svg" in name or name.endswith(".md")]
    (site.root / link).unlink()
    assert site.build().codes() == []


def test_a_folder_that_becomes_a_link_is_noticed(site: SiteFolder) -> None:
    """The content is the same, but the files are no longer published."""
    site.add("one.md")
    site.write("static/root/pics/a.svg", PICTURE)
    assert site.build().codes() == []
    (site.root / "static/root/pics").rename(site.root / "pics")
    (site.root / "static/root/pics").symlink_to(site.root / "pics")
    assert site.build().codes() == ["linked-folder"]
    assert "pics/a.svg" not in site.files()


def test_linked_files_are_published(site: SiteFolder) -> None:
    """Their content is that of the target, also after it has changed, and also if `static/` itself is a link."""
    site.add("one.md")
    site.write("shared/a.svg", PICTURE)
    site.write("theme/root/own.txt", "own")
    (site.root / "static").symlink_to(site.root / "theme")
    (site.root / "static/root/a.svg").symlink_to(site.root / "shared/a.svg")
    assert site.build().codes() == []
    assert site.files()["a.svg"] == PICTURE.encode()
    site.write("shared/a.svg", PICTURE * 2)
    site.build()
    assert site.files()["a.svg"] == 2 * PICTURE.encode()
    assert site.files()["own.txt"] == b"own"


@pytest.mark.parametrize("name", ["root/logo.svg", "fonts/own.woff2", ".hidden"])
def test_a_link_that_leads_nowhere_is_an_error(site: SiteFolder, name: str) -> None:
    """It is a file that should be published, and cannot be read."""
    site.add("one.md")
    site.write("static/root/robots.md", "x")
    (site.root / "static" / name).parent.mkdir(parents=True, exist_ok=True)
    (site.root / "static" / name).symlink_to(site.root / "gone")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["asset-error"])
    assert f"static/{name}:1:1: asset-error: cannot be read: No such file or directory" in outcome.stderr


def test_locks_and_pipes_are_no_static_files(site: SiteFolder) -> None:
    """Emacs locks a file by a link that leads nowhere; a pipe would never end."""
    site.add("one.md")
    site.write("static/root/humans.txt", "x")
    (site.root / "static/root/.#humans.txt").symlink_to("someone@desk.example:1")
    os.mkfifo(site.root / "static/root/pipe")
    assert site.build().codes() == []
    assert {"humans.txt"} == {name for name in site.files() if name.endswith(("humans.txt", "pipe"))}
