"""The preview as a maintainer uses it: a process of its own, asked over HTTP, while files change under it."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator.commands.serve import responses
from tests.support import browser
from tests.support.making import NOW, SiteFolder, published

CHROMIUM = browser.find()
DEADLINE = 60.0
SETTINGS = {"title": "Test Digest", "base_url": "https://example.org/", "search": False}
ONE = "2025-03-14-one.md"


def eventually(is_so: Callable[[], object], what: str) -> None:
    """Waits until something is so."""
    end = time.monotonic() + DEADLINE
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@dataclass
class Answer:
    """What the server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Preview:
    """A running `digest serve`."""

    process: subprocess.Popen[str]
    site: SiteFolder
    lines: list[str] = field(default_factory=list)
    """What it has said."""

    def listen(self) -> None:
        """Collects what it says, until it ends."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def url(self) -> str:
        """The address that it gave."""
        (line,) = (line for line in self.lines if line.startswith("serving "))
        return line.split()[1]

    @property
    def port(self) -> int:
        return int(re.findall(r":(\d+)/", self.url)[0])

    def get(self, target: str, *, method: str = "GET", **headers: str) -> Answer:
        """Asks for exactly this target, which no client makes tidy."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        with contextlib.closing(connection):
            connection.putrequest(method, target, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def count(self, start: str) -> int:
        """How often it has said this."""
        return sum(line.startswith(start) for line in self.lines)


@contextlib.contextmanager
def serving(site: SiteFolder, *more: str) -> Iterator[Preview]:
    """Runs `digest serve` on a free port until the block ends."""
    options = ["--config", str(site.root / "site.toml"), "--source", str(site.root / "seeds"),
               "--output", str(site.output), "--now", NOW, "--jobs", "1", "--port", "0", *more]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        process_group=0,
    )
    running = Preview(process, site)
    listener = threading.Thread(target=running.listen)
    listener.start()
    try:
        eventually(lambda: running.count("serving ") or process.poll() is not None, "it does not start")
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(DEADLINE)
        listener.join()
        assert process.stdout
        process.stdout.close()


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """An empty site folder; its site has no search, so that it is soon built."""
    return SiteFolder(tmp_path / "site", SETTINGS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A site below a folder, served; tests with it leave its files as they were."""
    site = SiteFolder(
        tmp_path_factory.mktemp("serve") / "site", {**SETTINGS, "base_url": "https://example.org/digest/"}
    )
    site.add(ONE)
    (site.root / "secret.txt").write_text("secret")
    with serving(site) as process:
        (site.output / "leak.txt").symlink_to(site.root / "secret.txt")
        yield process


def test_pages_are_served_below_the_base_path(running: Preview) -> None:
    """With the script that reloads them; the files on disk have none of it."""
    assert running.url.endswith("/digest/")
    answer = running.get("/digest/")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Model reads chest films" in answer.text
    built = running.site.page("/")
    script = '<script src="/livereload.js" async></script>'
    assert script not in built
    assert answer.text.replace(script, "") == built
    assert "livereload" in running.get("/livereload.js").text
    assert running.get("/digest/", method="HEAD").body == b""
    assert running.get("/digest/", method="POST").status == 405


@pytest.mark.parametrize(
    ("target", "there"),
    [
        ("/", "/digest/"),
        ("/digest", "/digest/"),
        ("/digest/topics", "/digest/topics/"),
        ("/digest/%61bout", "/digest/about/"),
    ],
)
def test_addresses_of_folders_get_their_slash(running: Preview, target: str, there: str) -> None:
    """As a static host does."""
    answer = running.get(target)
    assert (answer.status, answer.headers["Location"]) == (302, there)


def test_files_have_their_types(running: Preview) -> None:
    """Whatever the machine knows about types; and other files than pages come as they are."""
    types = {
        "feed.xml": "application/atom+xml",
        "rss.xml": "application/rss+xml",
        "feed.json": "application/feed+json",
        "robots.txt": "text/plain; charset=utf-8",
        "sitemap.xml": "application/xml",
    }
    for path in running.site.output.glob("assets/*"):
        wanted = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}.get(path.suffix)
        if wanted:
            types[f"assets/{path.name}"] = wanted
    assert len(types) > 6
    for name, kind in types.items():
        answer = running.get(f"/digest/{name}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, kind), name
        assert answer.body == (running.site.output / name).read_bytes()


@pytest.mark.parametrize(
    "target", ["/digest/nothing/", "/digest/nothing", "/nothing", "/digest/assets/", "/digestive/"]
)
def test_what_is_missing_is_a_404_with_the_site_s_page(running: Preview, target: str) -> None:
    """Also a folder without a page: nothing is listed."""
    answer = running.get(target)
    assert answer.status == 404
    assert answer.text.replace('<script src="/livereload.js" async></script>', "") == running.site.page("/404.html")


@pytest.mark.parametrize(
    "target",
    [
        "/digest/../secret.txt",
        "/digest/../../site/secret.txt",
        "/digest/%2e%2e/secret.txt",
        "/digest/%2e%2e%2fsecret.txt",
        "/digest/topics/..%2f..%2f..%2fsecret.txt",
        "/digest/..%5csecret.txt",
        "/digest/..\\secret.txt",
        "/digest/%00",
        "/digest/index.html%00.txt",
        "/digest//etc/passwd",
        "/digest/%2fetc%2fpasswd",
        "//etc/passwd",
        "/etc/passwd",
        "/digest/C:%5cWindows",
        "/digest/%ff",
        "/digest/" + "a" * 5_000,
        "/digest/./index.html",
        "/digest/leak.txt",
        "/digest/.digest/manifest.json",
        "/digest/.DIGEST/manifest.json",
        "/digest/%2edigest/manifest.json",
        "/.digest/manifest.json",
    ],
)
def test_nothing_outside_the_site_is_served(running: Preview, target: str) -> None:
    """No way out of the output folder, and none to our own bookkeeping."""
    answer = running.get(target)
    assert answer.status == 404
    assert "secret" not in answer.text
    assert '"files"' not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[", "localhost.evil"]
)
@pytest.mark.parametrize("target", ["/digest/", "/livereload.js", "/livereload"])
def test_names_of_other_machines_are_refused(running: Preview, host: str, target: str) -> None:
    """A page elsewhere cannot read the preview by letting its own name lead to this machine."""
    assert running.get(target, Host=host).status in {400, 403}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000"])
def test_names_of_this_machine_are_served(running: Preview, host: str) -> None:
    """With any port: there may be a tunnel."""
    assert running.get("/digest/", Host=host).status == 200


def test_pages_of_other_sites_may_not_listen(running: Preview) -> None:
    """The channel for reloads is for pages of this server."""
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert running.get("/livereload", Origin="https://evil.example", **headers).status == 403


def test_a_port_in_use_is_said(running: Preview, site: SiteFolder) -> None:
    """At once, before anything is built."""
    site.add(ONE)
    with serving(site, "--port", str(running.port)) as second:
        assert second.process.wait(DEADLINE) == 2
    assert any("Address already in use" in line and "--port" in line for line in second.lines)
    assert not site.output.exists()


def test_settings_with_errors_are_said(site: SiteFolder) -> None:
    """There is no telling what to serve."""
    site.configure(title="")
    with serving(site) as refused:
        assert refused.process.wait(DEADLINE) == 2
    assert "site.toml:1:1: invalid-setting: title is empty" in refused.lines[0]


def test_a_broken_document_shows_a_panel_until_it_is_mended(site: SiteFolder) -> None:
    """The old pages stay, on disk byte for byte; what documents say is shown as text."""
    site.add(ONE)
    with serving(site) as running:
        before = published(site.output)
        site.add("2025-03-14-<img src=x>.md", "no front matter")
        eventually(lambda: "data-preview" in running.get("/").text, "no panel")
        page = running.get("/").text
        assert "Model reads chest films" in page
        assert "1 problem in the last build" in page
        assert "2025-03-14-&lt;img src=x&gt;.md:1:1: no-front-matter:" in page
        assert "<img src=x>" not in page
        assert "data-preview" in running.get("/nothing/").text
        assert published(site.output) == before
        site.add("2025-03-14-<img src=x>.md", title="Mended")
        eventually(lambda: "Mended" in running.get("/").text, "no rebuild")
        eventually(lambda: "data-preview" not in running.get("/").text, "the panel stays")


def test_a_site_that_never_was_built_shows_the_panel_alone(site: SiteFolder) -> None:
    """And the site as soon as there is one."""
    site.add(ONE, "no front matter")
    with serving(site) as running:
        answer = running.get("/")
        assert answer.status == 404
        assert "no-front-matter" in answer.text
        site.add(ONE)
        eventually(lambda: running.get("/").status == 200, "no rebuild")


def test_settings_broken_later_keep_the_site(site: SiteFolder) -> None:
    """The panel says so; a new base path is taken up when they are mended."""
    site.add(ONE)
    with serving(site) as running:
        (site.root / "site.toml").write_text("title = 1\n")
        eventually(lambda: "must be text in quotes" in running.get("/").text, "no panel")
        assert running.get("/").status == 200
        site.configure(**{**SETTINGS, "base_url": "https://example.org/news/"})
        eventually(lambda: running.get("/news/").status == 200, "no rebuild")


def test_settings_that_go_are_missed(site: SiteFolder) -> None:
    """The panel says that they are gone, and nobody is told how to use another command."""
    site.add(ONE)
    with serving(site) as running:
        (site.root / "site.toml").unlink()
        eventually(lambda: "does not exist" in running.get("/").text, "no panel")
        eventually(lambda: running.count("not built: ") == 1, "not said")
        assert "site.toml" in running.get("/").text
        assert running.count("Usage") == running.count("Try ") == 0


def test_warnings_are_said_in_the_terminal(site: SiteFolder) -> None:
    """Once as long as they are the same, and not in the panel: the site is built."""
    site.add(ONE, titel="x")
    with serving(site) as running:
        assert running.count("warning: ") == 1
        assert "unknown-key" in running.lines[0]
        assert "data-preview" not in running.get("/").text
        site.add("2025-03-15-two.md", title="Another")
        eventually(lambda: running.count("built in ") == 2, "no rebuild")
        assert (running.count("warning: "), running.count("warnings: as before")) == (1, 1)
        site.add(ONE)
        eventually(lambda: running.count("built in ") == 3, "no rebuild")
        site.add(ONE, titel="x")
        eventually(lambda: running.count("warning: ") == 2, "not said again")


def test_all_inputs_are_watched(site: SiteFolder) -> None:
    """Also those that come later, and a folder that goes and comes again."""
    site.add(ONE)
    with serving(site) as running:
        site.write("static/root/humans.txt", "first")
        eventually(lambda: running.get("/humans.txt").text == "first", "a new folder")
        site.write("static/root/humans.txt", "second")
        eventually(lambda: running.get("/humans.txt").text == "second", "a file below it")
        site.write("templates/about.html", "<p>Ours</p>{{ page }}")
        eventually(lambda: "<p>Ours</p>" in running.get("/about/").text, "a template")
        site.write("topics.yaml", "- name: [\n")
        eventually(lambda: "topics.yaml" in running.get("/").text, "topics")
        (site.root / "topics.yaml").unlink()
        eventually(lambda: "data-preview" not in running.get("/").text, "topics removed")
        (site.root / "seeds").rename(site.root / "away")
        eventually(lambda: "data-preview" in running.get("/").text, "documents gone")
        (site.root / "away").rename(site.root / "seeds")
        eventually(lambda: "data-preview" not in running.get("/").text, "documents back")
        site.add("2025-03-15-two.md", title="A second one")
        eventually(lambda: "A second one" in running.get("/").text, "a document in the new folder")


def test_a_burst_of_changes_is_one_build(site: SiteFolder) -> None:
    """Two hundred files, as a change of branch brings; and a build causes no other."""
    site.add(ONE)
    with serving(site) as running:
        assert running.count("built in") == 1
        aside = SiteFolder(site.root.parent / "aside", {"title": "Aside"})
        for number in range(200):
            aside.add(f"2025-03-15-{number}.md", title=f"Number {number}")
        # Moved, and not written here: on a busy machine writing would pause longer than a burst may.
        for path in sorted((aside.root / "seeds").iterdir()):
            path.rename(site.root / "seeds" / path.name)
        eventually(lambda: running.count("built in") > 1, "no rebuild")
        assert len(list(site.output.glob("2025/03/14/*/index.html"))) == 201
        time.sleep(1)  # longer than a burst may pause
        assert running.count("built in") == 2


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_quietly(site: SiteFolder, end: signal.Signals) -> None:
    """Ctrl-C is how it ends, so that is no failure; also in the middle of a build, which is ended with it."""
    site.add(ONE)
    with serving(site) as running:
        said = list(running.lines)
        site.add("2025-03-15-two.md")
        time.sleep(0.5)
        start = time.monotonic()
        running.process.send_signal(end)
        assert running.process.wait(DEADLINE) == 0
        assert time.monotonic() - start < 5
    assert not [line for line in running.lines[len(said) :] if "Traceback" in line or "Error" in line]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_the_browser_reloads_by_itself(site: SiteFolder, chromium: Browser) -> None:
    """A change is seen without a hand on the keyboard; the panel comes, can be dismissed, and goes."""
    site.add(ONE)
    with serving(site) as running:
        page = chromium.new_page()
        page.set_default_timeout(DEADLINE * 1_000)
        listening = "() => window.LiveReload?.connector?._connectionDesired && window.LiveReload.connector.protocol"
        page.goto(running.url)
        page.wait_for_function(listening)
        site.add(ONE, title="A title that was changed")
        page.wait_for_selector("text=A title that was changed")
        page.wait_for_function(listening)
        site.add("2025-03-15-two.md", "no front matter")
        page.wait_for_selector("text=1 problem in the last build")
        assert "no-front-matter" in page.locator("[data-preview]").inner_text()
        page.wait_for_function(listening)
        page.get_by_role("button", name="Dismiss").click()
        assert page.locator("[data-preview]").count() == 0
        site.add("2025-03-15-two.md", title="The second one")
        page.wait_for_selector("text=The second one")
        assert page.locator("[data-preview]").count() == 0
        page.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_style_sheet_is_exchanged_in_the_open_page(site: SiteFolder, chromium: Browser) -> None:
    """Without a reload: what was typed stays. A second change comes, too, and then one of a document reloads."""
    site.add(ONE)
    site.write("static/style.css", "body { margin: 7px }")
    with serving(site) as running:
        page = chromium.new_page()
        page.set_default_timeout(DEADLINE * 1_000)
        page.goto(running.url)
        page.wait_for_function("() => window.LiveReload?.connector?.protocol")
        page.evaluate("() => { window.isOld = true }")
        for margin in ("8px", "9px"):
            site.write("static/style.css", f"body {{ margin: {margin} }}")
            page.wait_for_function(f"() => getComputedStyle(document.body).marginLeft === '{margin}'")
            assert page.evaluate("() => window.isOld")
        site.add(ONE, title="Another title")
        page.wait_for_selector("text=Another title")
        assert not page.evaluate("() => window.isOld")
        page.close()


def test_an_old_style_sheet_gets_the_one_that_came_after(tmp_path: Path) -> None:
    """Of its own name only, and only where there is one."""
    assets = tmp_path / "assets"
    assets.mkdir()
    for name in ("style.0123abcd.css", "style.print.0123abcd.css", "other.0123abcd.css", "style.0123abcd.js"):
        (assets / name).write_text("")
    assert responses.locate("/assets/style.ffffffff.css", base_path="", root=tmp_path) == assets / "style.0123abcd.css"
    assert responses.locate("/assets/style.ffffffff.js", base_path="", root=tmp_path) is None
    assert responses.locate("/assets/[a-z]*.ffffffff.css", base_path="", root=tmp_path) is None
    (assets / "style.4567abcd.css").write_text("")
    assert responses.locate("/assets/style.ffffffff.css", base_path="", root=tmp_path) is None


def test_every_name_is_allowed_where_every_address_is_served() -> None:
    """Whoever serves a whole network asked for it; a name given by `--host` is allowed beside this machine's."""
    assert responses.is_own_host("desk.example:8000", served="0.0.0.0")  # noqa: S104 - what is tested
    assert responses.is_own_host("desk.example:8000", served="desk.example")
    assert responses.is_own_host("localhost", served="desk.example")
    assert not responses.is_own_host("other.example", served="desk.example")


def test_the_additions_stand_in_the_body() -> None:
    """After its tag, whatever attributes it has, or at the end of what has none; a long list is cut."""
    page = responses.with_additions(b'<header></header><body class="a>b" id=x><p>', ["<&"])
    assert page.startswith(b'<header></header><body class="a>b" id=x><script src=')
    assert b"<li>&lt;&amp;</li>" in page
    assert responses.with_additions(b"<p>", []).startswith(b"<p><script")
    assert "… and 10 more" in responses.panel(["x"] * 60)
    assert responses.panel([]) == ""


def test_addresses_can_be_opened(tmp_path: Path) -> None:
    """In a browser on this machine."""
    assert responses.origin("::1", 80) == "http://[::1]:80"
    assert responses.origin("0.0.0.0", 80) == "http://127.0.0.1:80"  # noqa: S104 - what is tested
    assert responses.locate("/a", base_path="", root=tmp_path) is None
