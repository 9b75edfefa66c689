"""The source folder: every file is a document, is ignored by its ending, or is a problem with a place."""

import os
from pathlib import Path

import pytest

from generator.content.source_files import Document, Folder, Found, SourceFile, decode, fetch, find, pack, unpack
from generator.errors import Code, Diagnostic


def bytes_problem(data: bytes) -> tuple[Code, int, int]:
    """Code, line and column of what is wrong with a file's bytes."""
    diagnostic = decode(data, name="x.md", shown="seeds/x.md")
    assert isinstance(diagnostic, Diagnostic)
    return diagnostic.code, diagnostic.line, diagnostic.column


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"---\ntitle: \xff\n", Code.NOT_UTF8, 2, 8),
        (b"\xc3\xa9\r\n\xc3\xa9\xe9", Code.NOT_UTF8, 2, 2),
        (b"\xff\xfe-\x00-\x00", Code.NOT_UTF8, 1, 1),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Code.BINARY, 3, 1),
        (b"a\x00", Code.BINARY, 1, 2),
        (b"x" * (10 * 1024 * 1024), Code.TOO_LARGE, 1, 1),
    ],
)
def test_what_is_no_text(data: bytes, code: Code, line: int, column: int) -> None:
    """Invalid UTF-8, UTF-16, binary files and 10 MB documents are refused with the place of the byte."""
    assert bytes_problem(data) == (code, line, column)


def test_a_byte_order_mark_and_line_ends_are_no_part_of_the_text() -> None:
    """UTF-8 with a BOM reads like without; all line ends are one."""
    document = decode(b"\xef\xbb\xbf---\r\na: 1\r---\n", name="x.md", shown="x.md")
    assert isinstance(document, Document)
    assert document.text == "---\na: 1\n---\n"


def names(folder: Path) -> list[str]:
    """The names of the documents found."""
    return [file.name for file in find(folder).files]


def test_documents_are_found_in_all_folders_in_order(tmp_path: Path) -> None:
    """By ending, whatever its case; hidden files and folders are not looked at, others are listed as ignored."""
    for name in ["b.md", "a.txt", "sub/c.MARKDOWN", ".hidden.md", ".git/d.md", "picture.png"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = find(tmp_path)
    assert [file.name for file in found.files] == ["a.txt", "b.md", "sub/c.MARKDOWN"]
    assert found.ignored == ((tmp_path / "picture.png").as_posix(),)
    assert found.diagnostics == ()


def test_a_name_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    """It could be in no address and no report."""
    (tmp_path / os.fsdecode(b"a\xff.md")).write_text("x")
    (tmp_path / os.fsdecode(b"b\xff.png")).write_text("x")
    found = find(tmp_path)
    assert found.files == ()
    assert [str(diagnostic).removeprefix(tmp_path.as_posix()) for diagnostic in found.diagnostics] == [
        "/a\\udcff.md:1:1: unreadable: has a name that is not UTF-8 (rename the file)"
    ]
    assert found.ignored == (f"{tmp_path.as_posix()}/b\\udcff.png",)


def test_links_inside_are_followed_and_links_outside_refused(tmp_path: Path) -> None:
    """A link must not publish a file from elsewhere."""
    (tmp_path / "outside.md").write_text("secret")
    folder = tmp_path / "seeds"
    (folder / "real").mkdir(parents=True)
    (folder / "real" / "a.md").write_text("x")
    (folder / "inside.md").symlink_to(folder / "real" / "a.md")
    (folder / "outside.md").symlink_to(tmp_path / "outside.md")
    (folder / "broken.md").symlink_to(tmp_path / "nowhere.md")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "linked").symlink_to(folder / "real")
    found = find(folder)
    assert names(folder) == ["inside.md", "real/a.md"]
    assert {(Path(diagnostic.path).name, diagnostic.code) for diagnostic in found.diagnostics} == {
        ("outside.md", Code.OUTSIDE_SOURCE),
        ("broken.md", Code.UNREADABLE),
        ("loop.md", Code.UNREADABLE),
        ("linked", Code.LINKED_FOLDER),
    }


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    """Opening a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    found = find(tmp_path)
    assert found.files == ()
    assert [diagnostic.code for diagnostic in found.diagnostics] == [Code.NOT_A_FILE]


def test_a_file_that_vanishes_is_a_problem(tmp_path: Path) -> None:
    """Between listing and reading, a robot may have deleted it."""
    diagnostic = fetch(Folder(root=str(tmp_path), above="seeds"), SourceFile("gone.md", (0, 0, 0)))
    assert isinstance(diagnostic, Diagnostic)
    assert (diagnostic.path, diagnostic.code) == ("seeds/gone.md", Code.UNREADABLE)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_unreadable_files_and_folders_are_problems(tmp_path: Path) -> None:
    """Rights are reported, not raised."""
    (tmp_path / "a.md").write_text("x")
    (tmp_path / "a.md").chmod(0)
    (tmp_path / "closed").mkdir(mode=0)
    found = find(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert [diagnostic.code for diagnostic in found.diagnostics] == [Code.UNREADABLE]
    assert isinstance(fetch(found.folder, found.files[0]), Diagnostic)


def test_a_folder_that_vanishes_is_a_problem(tmp_path: Path) -> None:
    """As where the source folder itself cannot be listed."""
    assert [diagnostic.code for diagnostic in find(tmp_path / "missing").diagnostics] == [Code.UNREADABLE]


@pytest.mark.parametrize("folder", ["seeds", "s\udcff"])
def test_what_was_found_travels_between_processes(folder: str) -> None:
    """Also where the source folder's own path is no UTF-8."""
    file = SourceFile("a.md", (1, 2, 3))
    found = Found(
        folder=Folder(root=f"/{folder}", above="seeds"), files=(file,), diagnostics=(), ignored=("seeds/x.png",)
    )
    assert unpack(pack(found)) == found
