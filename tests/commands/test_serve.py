"""`digest serve`: a server process that gets requests while files change."""

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


def eventually(condition: Callable[[], object], failure: str) -> None:
    """Waits until a condition is true; fails with a message after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, failure
        time.sleep(0.02)


@dataclass
class Response:
    """The response of the server."""

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
    """The lines of stdout and stderr so far."""

    def listen(self) -> None:
        """Collects the lines of the process until it ends."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def url(self) -> str:
        """The URL that the server printed."""
        (line,) = (line for line in self.lines if line.startswith("serving "))
        return line.split()[1]

    @property
    def port(self) -> int:
        return int(re.findall(r":(\d+)/", self.url)[0])

    def get(self, target: str, *, method: str = "GET", **headers: str) -> Response:
        """Sends a request for a target as it is, without normalising it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        with contextlib.closing(connection):
            connection.putrequest(method, target, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Response(response.status, response.headers, response.read())

    def count(self, start: str) -> int:
        """Returns the number of printed lines that begin with a text."""
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
    """Returns an empty site folder. The site has no search, so that it builds fast."""
    return SiteFolder(tmp_path / "site", SETTINGS)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """Serves a site with a base path. Tests must not change its files."""
    site = SiteFolder(
        tmp_path_factory.mktemp("serve") / "site", {**SETTINGS, "base_url": "https://example.org/digest/"}
    )
    site.add(ONE)
    (site.root / "secret.txt").write_text("secret")
    with serving(site) as process:
        (site.output / "leak.txt").symlink_to(site.root / "secret.txt")
        yield process


def test_pages_are_served_below_the_base_path(running: Preview) -> None:
    """Adds the script that reloads the page, but not to the files on disk."""
    assert running.url.endswith("/digest/")
    response = running.get("/digest/")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Model reads chest films" in response.text
    built = running.site.page("/")
    script = '<script src="/livereload.js" async></script>'
    assert script not in built
    assert response.text.replace(script, "") == built
    assert "livereload" in running.get("/livereload.js").text
    assert running.get("/digest/", method="HEAD").body == b""
    assert running.get("/digest/", method="POST").status == 405


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/", "/digest/"),
        ("/digest", "/digest/"),
        ("/digest/topics", "/digest/topics/"),
        ("/digest/%61bout", "/digest/about/"),
    ],
)
def test_folders_redirect_to_a_slash(running: Preview, target: str, location: str) -> None:
    """Redirects to the address with a slash, as static hosts do."""
    response = running.get(target)
    assert (response.status, response.headers["Location"]) == (302, location)


def test_media_types(running: Preview) -> None:
    """Sends media types that do not depend on the machine, and files other than pages unchanged."""
    types = {
        "feed.xml": "application/atom+xml",
        "rss.xml": "application/rss+xml",
        "feed.json": "application/feed+json",
        "robots.txt": "text/plain; charset=utf-8",
        "sitemap.xml": "application/xml",
    }
    for path in running.site.output.glob("assets/*"):
        expected = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}.get(path.suffix)
        if expected:
            types[f"assets/{path.name}"] = expected
    assert len(types) > 6
    for name, media_type in types.items():
        response = running.get(f"/digest/{name}")
        assert (response.status, response.headers["Content-Type"]) == (200, media_type), name
        assert response.body == (running.site.output / name).read_bytes()


@pytest.mark.parametrize(
    "target", ["/digest/nothing/", "/digest/nothing", "/nothing", "/digest/assets/", "/digestive/"]
)
def test_missing_files_get_the_page_for_404(running: Preview, target: str) -> None:
    """Responds with 404 also for a folder without a page."""
    response = running.get(target)
    assert response.status == 404
    assert response.text.replace('<script src="/livereload.js" async></script>', "") == running.site.page("/404.html")


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
    """Serves no file outside of the output folder, and none of .digest/."""
    response = running.get(target)
    assert response.status == 404
    assert "secret" not in response.text
    assert '"files"' not in response.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[", "localhost.evil"]
)
@pytest.mark.parametrize("target", ["/digest/", "/livereload.js", "/livereload"])
def test_other_host_names_are_refused(running: Preview, host: str, target: str) -> None:
    """Prevents DNS rebinding."""
    assert running.get(target, Host=host).status in {400, 403}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000"])
def test_local_host_names_are_served(running: Preview, host: str) -> None:
    """Accepts any port, because the server may be behind a tunnel."""
    assert running.get("/digest/", Host=host).status == 200


def test_other_origins_cannot_open_the_websocket(running: Preview) -> None:
    """Accepts connections from pages of this server only."""
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert running.get("/livereload", Origin="https://evil.example", **headers).status == 403


def test_a_port_in_use_is_an_error(running: Preview, site: SiteFolder) -> None:
    """Exits before the first build."""
    site.add(ONE)
    with serving(site, "--port", str(running.port)) as second:
        assert second.process.wait(DEADLINE) == 2
    assert any("Address already in use" in line and "--port" in line for line in second.lines)
    assert not site.output.exists()


def test_settings_with_errors_end_the_server(site: SiteFolder) -> None:
    """Exits with code 2, and prints the error."""
    site.configure(title="")
    with serving(site) as refused:
        assert refused.process.wait(DEADLINE) == 2
    assert "site.toml:1:1: invalid-setting: title is empty" in refused.lines[0]


def test_an_error_shows_a_panel_until_it_is_fixed(site: SiteFolder) -> None:
    """Serves the previous pages with a panel of escaped errors, and leaves the files unchanged."""
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
        site.add("2025-03-14-<img src=x>.md", title="Corrected")
        eventually(lambda: "Corrected" in running.get("/").text, "no rebuild")
        eventually(lambda: "data-preview" not in running.get("/").text, "the panel is still shown")


def test_the_panel_without_a_built_site(site: SiteFolder) -> None:
    """Serves the panel alone, and the site as soon as a build succeeds."""
    site.add(ONE, "no front matter")
    with serving(site) as running:
        response = running.get("/")
        assert response.status == 404
        assert "no-front-matter" in response.text
        site.add(ONE)
        eventually(lambda: running.get("/").status == 200, "no rebuild")


def test_errors_in_changed_settings(site: SiteFolder) -> None:
    """Shows the errors in the panel, and applies a new base path when they are fixed."""
    site.add(ONE)
    with serving(site) as running:
        (site.root / "site.toml").write_text("title = 1\n")
        eventually(lambda: "must be text in quotes" in running.get("/").text, "no panel")
        assert running.get("/").status == 200
        site.configure(**{**SETTINGS, "base_url": "https://example.org/news/"})
        eventually(lambda: running.get("/news/").status == 200, "no rebuild")


def test_removed_settings(site: SiteFolder) -> None:
    """Shows in the panel that the file does not exist, and hides the usage of `digest build`."""
    site.add(ONE)
    with serving(site) as running:
        (site.root / "site.toml").unlink()
        eventually(lambda: "does not exist" in running.get("/").text, "no panel")
        eventually(lambda: running.count("not built: ") == 1, "no message")
        assert "site.toml" in running.get("/").text
        assert running.count("Usage") == running.count("Try ") == 0


def test_warnings_are_printed_in_the_terminal(site: SiteFolder) -> None:
    """Prints warnings once until they change, and not in the panel."""
    site.add(ONE, titel="x")
    with serving(site) as running:
        assert running.count("warning: ") == 1
        assert "unknown-key" in running.lines[0]
        assert "data-preview" not in running.get("/").text
        site.add("2025-03-15-two.md", title="Another")
        eventually(lambda: running.count("built in ") == 2, "no rebuild")
        assert (running.count("warning: "), running.count("warnings: same as in the last build")) == (1, 1)
        site.add(ONE)
        eventually(lambda: running.count("built in ") == 3, "no rebuild")
        site.add(ONE, titel="x")
        eventually(lambda: running.count("warning: ") == 2, "not printed again")


def test_all_inputs_are_watched(site: SiteFolder) -> None:
    """Watches new files and folders, and a folder that is removed and restored."""
    site.add(ONE)
    with serving(site) as running:
        site.write("static/root/humans.txt", "first")
        eventually(lambda: running.get("/humans.txt").text == "first", "a new folder")
        site.write("static/root/humans.txt", "second")
        eventually(lambda: running.get("/humans.txt").text == "second", "a file below it")
        site.write("pages/imprint.md", "---\ntitle: Imprint\n---\nWe are us.\n")
        eventually(lambda: "We are us." in running.get("/imprint/").text, "an own page")
        site.write("templates/about.html", "<p>Ours</p>{{ page }}")
        eventually(lambda: "<p>Ours</p>" in running.get("/about/").text, "a template")
        site.write("topics.yaml", "- name: [\n")
        eventually(lambda: "topics.yaml" in running.get("/").text, "topics")
        (site.root / "topics.yaml").unlink()
        eventually(lambda: "data-preview" not in running.get("/").text, "topics removed")
        site.write("sources.yaml", "- name: [\n")
        eventually(lambda: "sources.yaml" in running.get("/").text, "sources")
        (site.root / "sources.yaml").unlink()
        eventually(lambda: "data-preview" not in running.get("/").text, "sources removed")
        site.write("hooks.py", "globals = 1")
        eventually(lambda: "hook-error" in running.get("/").text, "hooks")
        site.write("hooks.py", "globals = {'word': 'first'}")
        site.write("templates/about.html", "{{ word }}")
        eventually(lambda: running.get("/about/").text.startswith("first"), "hooks corrected")
        site.write("hooks.py", "globals = {'word': 'second'}")
        eventually(lambda: running.get("/about/").text.startswith("second"), "hooks loaded again")
        (site.root / "seeds").rename(site.root / "away")
        eventually(lambda: "data-preview" in running.get("/").text, "documents gone")
        (site.root / "away").rename(site.root / "seeds")
        eventually(lambda: "data-preview" not in running.get("/").text, "documents back")
        site.add("2025-03-15-two.md", title="A second one")
        eventually(lambda: "A second one" in running.get("/").text, "a document in the new folder")


def test_a_burst_of_changes_is_one_build(site: SiteFolder) -> None:
    """Builds once after many files change together, and not again because of the build itself."""
    site.add(ONE)
    with serving(site) as running:
        assert running.count("built in") == 1
        aside = SiteFolder(site.root.parent / "aside", {"title": "Aside"})
        for number in range(200):
            aside.add(f"2025-03-15-{number}.md", title=f"Number {number}")
        # Files are moved, because writing them would take longer than a burst on a busy machine.
        for path in sorted((aside.root / "seeds").iterdir()):
            path.rename(site.root / "seeds" / path.name)
        eventually(lambda: running.count("built in") > 1, "no rebuild")
        assert len(list(site.output.glob("2025/03/14/*/index.html"))) == 201
        time.sleep(1)  # longer than the pause that ends a burst
        assert running.count("built in") == 2


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop_the_server(site: SiteFolder, end: signal.Signals) -> None:
    """Exits with code 0 without an error message, also during a build."""
    site.add(ONE)
    with serving(site) as running:
        before = len(running.lines)
        site.add("2025-03-15-two.md")
        time.sleep(0.5)
        start = time.monotonic()
        running.process.send_signal(end)
        assert running.process.wait(DEADLINE) == 0
        assert time.monotonic() - start < 5
    assert not [line for line in running.lines[before:] if "Traceback" in line or "Error" in line]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_the_browser_reloads(site: SiteFolder, chromium: Browser) -> None:
    """Reloads the page after each build. The panel appears, can be dismissed, and disappears."""
    site.add(ONE)
    with serving(site) as running:
        page = chromium.new_page()
        page.set_default_timeout(DEADLINE * 1_000)
        is_connected = "() => window.LiveReload?.connector?._connectionDesired && window.LiveReload.connector.protocol"
        page.goto(running.url)
        page.wait_for_function(is_connected)
        site.add(ONE, title="A title that was changed")
        page.wait_for_selector("text=A title that was changed")
        page.wait_for_function(is_connected)
        site.add("2025-03-15-two.md", "no front matter")
        page.wait_for_selector("text=1 problem in the last build")
        assert "no-front-matter" in page.locator("[data-preview]").inner_text()
        page.wait_for_function(is_connected)
        assert (
            page.locator("[data-preview]").evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(140, 29, 24)"
        )
        page.get_by_role("button", name="Dismiss").click()
        assert page.locator("[data-preview]").is_hidden()
        site.add("2025-03-15-two.md", title="The second one")
        page.wait_for_selector("text=The second one")
        assert page.locator("[data-preview]").count() == 0
        page.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_style_sheet_is_replaced_without_a_reload(site: SiteFolder, chromium: Browser) -> None:
    """Replaces the style sheet twice in the open page. A change of a document reloads the page."""
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


def test_requests_for_old_style_sheets(tmp_path: Path) -> None:
    """Serves the current version of the same name, if there is exactly one."""
    assets = tmp_path / "assets"
    assets.mkdir()
    for name in ("style.0123abcd.css", "style.print.0123abcd.css", "other.0123abcd.css", "style.0123abcd.js"):
        (assets / name).write_text("")
    assert responses.locate("/assets/style.ffffffff.css", base_path="", root=tmp_path) == assets / "style.0123abcd.css"
    assert responses.locate("/assets/style.ffffffff.js", base_path="", root=tmp_path) is None
    assert responses.locate("/assets/[a-z]*.ffffffff.css", base_path="", root=tmp_path) is None
    (assets / "style.4567abcd.css").write_text("")
    assert responses.locate("/assets/style.ffffffff.css", base_path="", root=tmp_path) is None


def test_host_names_with_other_addresses() -> None:
    """Allows every name for a wildcard address, and the name of --host besides the local names."""
    assert responses.is_own_host("desk.example:8000", served="0.0.0.0")  # noqa: S104 - what is tested
    assert responses.is_own_host("desk.example:8000", served="desk.example")
    assert responses.is_own_host("localhost", served="desk.example")
    assert not responses.is_own_host("other.example", served="desk.example")


def test_additions_are_in_the_body() -> None:
    """Inserts them after the body tag, or appends them if there is none. A long list of errors is cut."""
    page = responses.with_additions(b'<header></header><body class="a>b" id=x><p>', ["<&"])
    assert page.startswith(b'<header></header><body class="a>b" id=x><script src=')
    assert b"<li>&lt;&amp;</li>" in page
    assert responses.with_additions(b"<p>", []).startswith(b"<p><script")
    assert "… and 10 more" in responses.panel(["x"] * 60)
    assert responses.panel([]) == ""


def test_the_printed_url(tmp_path: Path) -> None:
    """Can be opened in a browser on this machine."""
    assert responses.origin("::1", 80) == "http://[::1]:80"
    assert responses.origin("0.0.0.0", 80) == "http://127.0.0.1:80"  # noqa: S104 - what is tested
    assert responses.locate("/a", base_path="", root=tmp_path) is None
