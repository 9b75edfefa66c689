"""`digest preflight`, the files for hosts, the workflows, and the configuration for nginx."""

import contextlib
import dataclasses
import gzip
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from generator.commands.deploy import command as cli_deploy
from generator.commands.deploy import preflight
from generator.commands.deploy.preflight import Limit, Measure
from generator.config.csp import CspSettings
from generator.site import host_files
from tests.support import ROOT
from tests.support.making import SiteFolder, command_named, run
from tests.support.screenshot import POLICY

DOCS = ROOT / "docs"
SECURITY = host_files.security_headers(CspSettings())


def rules(text: str) -> dict[str, dict[str, str]]:
    """Returns the headers of each path pattern in a ``_headers`` file."""
    found: dict[str, dict[str, str]] = {}
    path = ""
    for line in text.splitlines():
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            found[path][name] = value
        elif line:
            path = line
            assert path not in found
            found[path] = {}
    return found


def matching(pattern: str, path: str) -> bool:
    """Whether a pattern matches a path: ``*`` matches anything, ``:name`` one part."""
    expression = re.sub(r":\w+", "[^/]+", re.escape(pattern).replace(r"\*", ".*"))
    return re.fullmatch(expression, path) is not None


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """Returns a site folder with items of two years."""
    folder = SiteFolder(tmp_path)
    folder.add("2024-01-02-one.md", publishedDateTime="2024-01-02T00:00:00Z", title="One model")
    folder.add("2025-03-14-two.md", title="Two others")
    return folder


@pytest.mark.parametrize("base", ["", "/folder/digest"])
def test_headers_of_each_file(site: SiteFolder, base: str) -> None:
    """Sets the policy for all files, a year of caching for fingerprinted ones, and a minute for pages."""
    assert site.build("--base-url", f"https://example.org{base}/").code == 0
    found = rules((site.output / "_headers").read_text(encoding="utf-8"))
    immutable = set()
    for name in site.files():
        path = base + "/" + quote(re.sub(r"(^|/)index\.html$", r"\1", name))
        given = [headers for pattern, headers in found.items() if matching(pattern, path)]
        assert given[0] == dict(SECURITY), path
        caching = [headers["Cache-Control"] for headers in given if "Cache-Control" in headers]
        if name.startswith("assets/") or re.match(r"search/(engine-\w+|[^/]+/(filter|fragment|index))/", name):
            assert caching == [host_files.IMMUTABLE], path
            immutable.add(name.split("/")[0])
        elif name.endswith("index.html"):
            assert caching == [host_files.SHORT], path
        else:
            assert caching in ([], [host_files.SHORT]), path
    assert immutable == {"assets", "search"}
    for pattern in found:
        assert pattern.startswith(f"{base}/")
        assert pattern.count("*") <= 1, "Cloudflare accepts one * per rule"


def test_the_policy_is_documented() -> None:
    """Compares the policy with docs/reader.md. It allows no inline code and no `eval`."""
    (quoted,) = re.findall(
        r"^```\n(default-src.*?)\n```", (DOCS / "reader.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert " ".join(quoted.split()) == POLICY
    assert "unsafe-inline" not in POLICY
    assert "'unsafe-eval'" not in POLICY


def test_headers_without_search(site: SiteFolder) -> None:
    """Leaves out the rules for the search with `search = false`."""
    site.configure(title="Test", base_url="https://example.org/", search=False)
    assert site.build().code == 0
    assert "/search/" not in (site.output / "_headers").read_text(encoding="utf-8")


def test_sources_of_the_policy_reach_every_host(site: SiteFolder) -> None:
    """Writes the policy with the sources of `[csp]` for Netlify, Cloudflare Pages and nginx."""
    site.configure(base_url="https://example.org/", csp={"script": ["https://stats.example"]})
    assert site.build().code == 0
    policy = re.sub(r"(script-src [^;]+)", r"\1 https://stats.example", POLICY)
    assert rules(site.files()["_headers"].decode())["/*"]["Content-Security-Policy"] == policy
    assert site.files()["_policy.nginx"].decode() == f'policy "{policy}";\n'
    site.configure(base_url="https://example.org/")
    assert site.build().code == 0
    assert "stats.example" not in (site.files()["_headers"] + site.files()["_policy.nginx"]).decode()


def test_own_headers_extend_generated_ones(site: SiteFolder) -> None:
    """Joins `static/root/_headers` with the generated rules, one rule for each path. The own value is used."""
    site.write(
        "static/root/_headers",
        "/*\n  X-Mine: yes\n  referrer-policy: no-referrer\n/downloads/*\n  X-Robots-Tag: noindex\n",
    )
    site.write("static/root/.nojekyll", "mine")
    assert site.build().code == 0
    found = rules(site.files()["_headers"].decode())
    assert found["/*"] == {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Mine": "yes",
        "referrer-policy": "no-referrer",
    }
    assert found["/assets/*"] == {"Cache-Control": host_files.IMMUTABLE}
    assert found["/downloads/*"] == {"X-Robots-Tag": "noindex"}
    assert site.files()[".nojekyll"] == b"mine"
    site.write("static/root/_headers", "/*\n  X-Mine\n")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["asset-error"])
    assert "static/root/_headers:2:1: asset-error: is not a header" in outcome.stderr
    (site.root / "static/root/_headers").unlink()
    site.write("static/root/_headers/one", "")
    outcome = site.build()
    assert (outcome.code, outcome.codes()) == (1, ["address-collision"])


def test_jekyll_is_disabled(site: SiteFolder) -> None:
    """Writes an empty `.nojekyll`. A second build writes nothing."""
    assert site.build().code == 0
    assert site.files()[".nojekyll"] == b""
    assert site.build().report["pages"]["written"] == 0


@pytest.fixture
def built(site: SiteFolder) -> SiteFolder:
    """Returns a built site."""
    assert site.build().code == 0
    return site


def preflight_json(site: SiteFolder, target: str) -> tuple[int, dict[str, dict[str, object]]]:
    """Returns the exit code of `digest preflight`, and its findings by measure."""
    code, stdout, _ = run("preflight", "--target", target, "--output", str(site.output), "--format", "json")
    result = json.loads(stdout)
    assert result["fits"] is (code == 0)
    return code, {finding["measure"]: finding for finding in result["findings"]}


@pytest.mark.parametrize("target", sorted(preflight.HOSTS))
def test_a_small_site_fits_every_host(built: SiteFolder, target: str) -> None:
    """Counts all files, and states the source of each limit."""
    code, found = preflight_json(built, target)
    files = built.files()
    files["site-files.json"] = (built.output / "site-files.json").read_bytes()
    assert code == 0
    assert found["files"]["value"] == len(files)
    assert found["bytes in all"]["value"] == sum(map(len, files.values()))
    assert found["bytes of the largest file"]["value"] == max(map(len, files.values()))
    largest = found["bytes of the largest file"]["where"]
    assert isinstance(largest, str)
    assert len(files[largest]) == max(map(len, files.values()))
    for finding in found.values():
        assert (finding["limit"] is None) == (finding["source"] is None) == (finding["read"] is None)
    code, stdout, _ = run("preflight", "--target", target, "--output", str(built.output))
    assert (code, target in stdout) == (0, True)


def test_exceeded_limits_have_a_remedy(built: SiteFolder) -> None:
    """Exceeds each limit of Cloudflare Pages by one, and checks text and JSON."""
    limits = preflight.HOSTS["cloudflare-pages"].limits
    many = "".join(f"/old-{number} /new\n" for number in range(limits[Measure.STATIC_REDIRECTS].most + 1))
    dynamic = "".join(f"/old/{number}/:slug /new/:slug\n" for number in range(50))
    dynamic += "".join(f"/older/{number}/* /new\n" for number in range(50))
    # Rules after the first one with a placeholder count as dynamic.
    built.write("output/_redirects", f"# moved\n\n{many}/long /{'x' * 994}\n{dynamic}/plain /new\n")
    rules_text = "".join(f"/{number}\n  X-A: b\n" for number in range(100))
    built.write("output/_headers", f"{rules_text}/x\n  X-Long: {'x' * 1_991}\n")
    with (built.output / "video.mp4").open("wb") as file:
        file.truncate(25 * 1024 * 1024 + 1)
    code, found = preflight_json(built, "cloudflare-pages")
    assert code == 1
    exceeded = {name: finding for name, finding in found.items() if not finding["fits"]}
    assert set(exceeded) == {measure.value for measure in limits if measure is not Measure.FILES}
    assert exceeded["rules in _headers"]["value"] == 101
    assert exceeded["redirects with placeholders"]["value"] == 101
    assert exceeded["redirects without placeholders"]["value"] == 2002
    assert exceeded["characters of the longest line in _headers"]["value"] == 2001
    assert exceeded["characters of the longest line in _redirects"]["value"] == 1001
    assert exceeded["bytes of the largest file"]["where"] == "video.mp4"
    assert all(finding["remedy"] for finding in exceeded.values())
    code, stdout, _ = run("preflight", "--target", "cloudflare-pages", "--output", str(built.output))
    assert code == 1
    assert stdout.count("TOO MUCH") == stdout.count("(read on ") == len(exceeded)
    assert preflight_json(built, "netlify")[0] == 0


def test_every_measure_has_a_remedy(built: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives a remedy for each exceeded limit. A value equal to the limit fits."""
    target = preflight.HOSTS["netlify"]
    for change, fits in ((0, True), (-1, False)):
        limits = {
            measurement.measure: Limit(
                most=measurement.value + change, source="https://example.org/", read="2026-01-01"
            )
            for measurement in preflight.check(built.output, "netlify")
        }
        assert set(limits) == set(Measure)
        with monkeypatch.context() as patch:
            patch.setitem(preflight.HOSTS, "netlify", dataclasses.replace(target, limits=limits))
            measurements = preflight.check(built.output, "netlify")
        assert {measurement.fits for measurement in measurements} == {fits}
        assert {bool(measurement.remedy) for measurement in measurements} == {not fits}


def test_unread_files_are_reported(built: SiteFolder) -> None:
    """Reports `_headers` as unread for GitHub Pages and S3, and does not measure it."""
    code, stdout, _ = run("preflight", "--target", "github-pages", "--output", str(built.output))
    assert (code, "does not read _headers" in stdout) == (0, True)
    assert "rules in _headers" not in stdout
    _, stdout, _ = run("preflight", "--target", "s3", "--output", str(built.output), "--format", "json")
    assert json.loads(stdout)["unread"] == ["_headers"]
    assert "does not read" not in run("preflight", "--target", "netlify", "--output", str(built.output))[1]


@pytest.mark.parametrize(
    ("base_url", "is_placeholder"),
    [
        ("https://example.org/", True),
        ("https://www.example.com/digest/", True),
        ("http://localhost:8000/", True),
        ("https://digest.test/", True),
        ("http://127.0.0.1/", True),
        ("https://my-example.org/a%20b/", False),
        ("https://digest.health/", False),
    ],
)
def test_placeholder_urls_are_reported(site: SiteFolder, base_url: str, *, is_placeholder: bool) -> None:
    """Warns in a preflight, as text and JSON, and in a build with a deploy manifest, but not in other builds."""
    outcome = site.build("--base-url", base_url)
    assert (outcome.code, outcome.stderr) == (0, "")
    warning = (
        f"warning: the site was built for {base_url}, and its feeds, sitemaps and canonical links lead there (set "
    )
    arguments = ("preflight", "--target", "netlify", "--output", str(site.output))
    code, _, stderr = run(*arguments)
    assert (code, stderr.startswith(warning)) == (0, is_placeholder)
    assert run(*arguments, "--strict")[0] == (1 if is_placeholder or "%" in base_url else 0)
    result = json.loads(run(*arguments, "--format", "json")[1])
    assert (result["base_url"], result["placeholder"]) == (base_url, is_placeholder)
    outcome = site.build("--base-url", base_url, "--deploy-manifest", str(site.root / "deploy.json"))
    assert (outcome.code, outcome.stderr.startswith(warning)) == (0, is_placeholder)
    (site.output / "sitemap.xml").unlink()
    assert run(*arguments)[2] == ""


@pytest.mark.parametrize(
    ("target", "is_reported"), [("netlify", True), ("cloudflare-pages", True), ("github-pages", False), ("s3", False)]
)
def test_missing_folders_are_reported(site: SiteFolder, target: str, *, is_reported: bool) -> None:
    """Reports a base URL with a folder for hosts that serve the upload at the root."""
    for address, folder in [("https://digest.health/a%20b/", "a b"), ("https://digest.health/", "")]:
        site.build("--base-url", address)
        code, stdout, _ = run("preflight", "--target", target, "--output", str(site.output))
        assert code == 0
        arguments = ("preflight", "--target", target, "--output", str(site.output), "--format", "json")
        code, strict, _ = run(*arguments, "--strict")
        assert (code, json.loads(strict)["missing_folder"]) == ((1, folder) if is_reported and folder else (0, ""))
        assert (f"was built for the folder {folder}/, but {target} serves" in stdout) == bool(is_reported and folder)


def dead(site: SiteFolder, target: str = "s3") -> dict[str, list[str]]:
    """The links of a built site that lead nowhere, with the pages that have them."""
    _, stdout, _ = run("preflight", "--target", target, "--output", str(site.output), "--format", "json")
    return {one["link"]: one["pages"] for one in json.loads(stdout)["dead_links"]}


@pytest.mark.parametrize("base", ["", "/a%20folder"])
@pytest.mark.parametrize(
    ("link", "is_dead"),
    [
        ('<a href="BASE/topics/">', False),
        ('<a href="BASE/topics">', False),
        ('<a href="BASE/topics/index.html#main">', False),
        ('<a href="BASE/%74opics/?a=1">', False),
        ('<a href="https://Digest.health/a%20folder/sources/">', False),
        ('<a href="//digest.healthBASE/sources/">', False),
        ('<a href="https://other.health/none/">', False),
        ('<a href="../topics/./">', False),
        ('<a href="#here"><b id="here">', False),
        ('<a href="#%68ere"><b id="here">', False),
        ('<a href="#/route">', False),
        ('<a href="#:~:text=model">', False),
        ('<a href="mailto:a@digest.health"><a href="tel:+49"><a href="http://[">', False),
        ("<img src='data:image/png;base64,AA=='>", False),
        ('<img srcset="BASE/icon-192.png 1x, BASE/icon-512.png 2x">', False),
        ('<base href="BASE/topics/"><a href="../sources/">', False),
        ('<a href="none.html">', True),
        ('<a href="BASE/topics/none/">', True),
        ('<A HREF=" BASE/none ">', True),
        ('<a href="https://digest.healthBASE/none/">', True),
        ('<a href="BASE/topics/#none">', True),
        ('<a href="#none">', True),
        ('<img src="BASE/none.png">', True),
        ('<video poster="none.png">', True),
        ('<source srcset="BASE/icon-192.png 1x, none.png 2x">', True),
        ('<base href="BASE/topics/"><a href="sources/">', True),
    ],
)
def test_links_that_lead_nowhere_are_reported(site: SiteFolder, base: str, link: str, *, is_dead: bool) -> None:
    """In all HTML files, compared decoded, for a site at a root and below a folder."""
    if "a%20folder" in link and not base:
        return
    site.write("static/root/own/page.html", f"<!doctype html>{link.replace('BASE', base)}")
    assert site.build("--base-url", f"https://digest.health{base}/").code == 0
    assert list(dead(site).values()) == ([["own/page.html"]] if is_dead else [])
    arguments = ("preflight", "--target", "s3", "--output", str(site.output))
    code, _, stderr = run(*arguments)
    assert (code, stderr.startswith("warning: own/page.html links to ")) == (0, is_dead)
    assert run(*arguments, "--strict")[0] == int(is_dead)


def test_a_dead_link_of_many_pages_is_one_warning(site: SiteFolder) -> None:
    """It names the first page and counts the others."""
    site.configure(title="Test", base_url="https://digest.health/", search=False)
    site.write(
        "templates/base.html", '{% extends "default/base.html" %}{% block footer %}<a href="/x/">x</a>{% endblock %}'
    )
    assert site.build().code == 0
    _, _, stderr = run("preflight", "--target", "s3", "--output", str(site.output))
    count = len(list(site.output.rglob("*.html")))
    message = f"2024/01/02/index.html and {count - 1} other pages link to /x/, but there is no /x/"
    assert f"warning: {message}\n" == stderr
    assert run("preflight", "--target", "s3", "--output", str(site.output), "--strict")[0] == 1


@pytest.mark.parametrize("rule", ["/old/ /topics/ 301", "/old/* /topics/:splat", "/:name/ /topics/", "/%6Fld/ /about/"])
def test_a_link_to_a_redirected_address_works_where_rules_are_read(site: SiteFolder, rule: str) -> None:
    """A rule with a status of 4xx is no redirect."""
    site.write("static/root/page.html", '<a href="/old/">')
    site.write("static/root/_redirects", f"{rule}\n")
    site.build("--base-url", "https://digest.health/")
    assert (dead(site, "netlify"), dead(site, "s3")) == ({}, {"/old/": ["page.html"]})
    site.write("static/root/_redirects", "/old/ /404.html 410\n")
    site.build("--base-url", "https://digest.health/")
    assert dead(site, "netlify")


@pytest.mark.parametrize(
    ("source", "is_local"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1:35729/livereload.js", True),
        ("https://localhost", True),
        ("https://localhost.hospital.example", False),
        ("https://mylocalhost.example", False),
    ],
)
def test_a_policy_that_allows_this_machine_is_reported(site: SiteFolder, source: str, *, is_local: bool) -> None:
    """It may be named while something is tried out; readers get nothing from it."""
    site.configure(title="Test", base_url="https://digest.health/", csp={"script": [source]})
    assert site.build().code == 0
    arguments = ("preflight", "--target", "netlify", "--output", str(site.output))
    code, stdout, _ = run(*arguments)
    assert (code, f"the content security policy allows {source}, which" in stdout) == (0, is_local)
    assert json.loads(run(*arguments, "--format", "json")[1])["local_sources"] == [source] * is_local


def test_the_host_is_required(site: SiteFolder) -> None:
    """Lists the supported hosts, one per line."""
    site.output.mkdir()
    code, _, stderr = run("preflight", "--output", str(site.output))
    assert code == 2
    assert "    netlify,\n" in stderr
    assert "\\t" not in stderr


def test_preflight_needs_a_site(tmp_path: Path) -> None:
    """Exits with code 2 for a missing or empty folder, and for an unknown or missing host."""
    (tmp_path / "empty").mkdir()
    for arguments in (
        ["--target", "s3", "--output", str(tmp_path / "missing")],
        ["--target", "s3", "--output", str(tmp_path / "empty")],
        ["--target", "elsewhere", "--output", str(tmp_path)],
        ["--output", str(tmp_path)],
    ):
        code, stdout, stderr = run("preflight", *arguments)
        assert (code, stdout) == (2, "")
        assert stderr


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links on this system")
def test_unreadable_files_are_reported(built: SiteFolder) -> None:
    """Names a dangling link, which an upload would skip or fail at."""
    (built.output / "dangling").symlink_to("nowhere")
    code, _, stderr = run("preflight", "--target", "s3", "--output", str(built.output))
    assert (code, "dangling cannot be read" in stderr) == (2, True)


@pytest.mark.parametrize("name", ["ci.yml", "deploy.yml"])
def test_workflows_are_valid(name: str) -> None:
    """Checks the workflows against GitHub's schema."""
    path = ROOT / ".github" / "workflows" / name
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_workflows_have_minimal_rights() -> None:
    """Lets only the last job of the deployment write. Actions are those of GitHub, and commands have no expressions."""
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        workflow = yaml.safe_load(text)
        assert workflow["permissions"] in ({}, {"contents": "read"})
        for name, job in workflow["jobs"].items():
            rights = job.get("permissions", {})
            writes = {right for right, level in rights.items() if level == "write"}
            assert writes == ({"pages", "id-token"} if name == "deploy" else set())
            for step in job.get("steps", ()):
                assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/any@v1"))
                assert "${{" not in step.get("run", "")


def test_preflight_is_documented() -> None:
    """Finds hosts, options, JSON keys, and the sources of the limits in docs/deploy.md."""
    text = (DOCS / "deploy.md").read_text(encoding="utf-8")
    for parameter in cli_deploy.preflight_command.params:
        assert re.search(rf"\| `{parameter.opts[0]}[` ]", text)
    for name, host in preflight.HOSTS.items():
        assert f"`{name}`" in text
        for limit in host.limits.values():
            assert limit.source in text
            assert limit.read in text
    measurement = preflight.Measurement(measure=Measure.FILES, value=1, where="", limit=None)
    for key in (
        "target",
        "fits",
        "unread",
        "base_url",
        "placeholder",
        "missing_folder",
        "dead_links",
        "local_sources",
        "findings",
        *measurement.as_json(),
    ):
        assert f"`{key}`" in text


def test_workflows_run_existing_commands() -> None:
    """Checks the commands and options of the deployment."""
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
    commands = re.findall(r"run: \.venv/bin/digest (.+)", text)
    assert [command.split()[0] for command in commands] == ["build", "preflight"]
    for command in commands:
        name, *arguments = command.split()
        options = {option for parameter in command_named(name).params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("--")} <= options
    assert "\n$(VENV)/ready:" in (ROOT / "Makefile").read_text(encoding="utf-8")


NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
MAIN = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/digest.conf;
}}
"""


def test_nginx_has_the_headers() -> None:
    """Compares headers and caching in docs/nginx.conf with those of `_headers`. The policy is in a file of the site."""
    text = (DOCS / "nginx.conf").read_text(encoding="utf-8")
    assert "include /var/www/digest/_policy.nginx;" in text
    for name, value in SECURITY[1:]:
        assert f'add_header {name} "{value}" always;' in text
    assert set(re.findall(r'^ +\S+ +"(public[^"]+)";', text, re.MULTILINE)) == {host_files.IMMUTABLE, host_files.SHORT}


@pytest.fixture
def nginx(built: SiteFolder) -> Iterator[http.client.HTTPConnection]:
    """Yields a connection to nginx, which serves a built site."""
    with serving(built, built.root) as connection:
        yield connection


@contextlib.contextmanager
def serving(site: SiteFolder, root: Path, configuration: str = "") -> Iterator[http.client.HTTPConnection]:
    """Yields a connection to nginx on loopback, which serves a site with docs/nginx.conf or another configuration."""
    if NGINX is None or not Path("/etc/nginx/mime.types").exists():
        pytest.skip("there is no nginx on this machine")
    folder = root / "nginx"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = configuration or (DOCS / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/www/digest", str(site.output))
    text = text.replace("root /var/www;", f"root {site.output.parent};")
    (folder / "digest.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command) as process:
        try:
            _await(port, process)
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                yield connection
        finally:
            process.terminate()
            process.wait(10)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Waits until the server accepts connections."""
    for _ in range(100):
        assert process.poll() is None, "nginx ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def fetch(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Returns status, headers with lower-case names, and body of a response."""
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    names = [name.lower() for name, _ in response.getheaders()]
    assert len(names) == len(set(names)), "a header is repeated"
    return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()


def test_nginx_serves_every_file(built: SiteFolder, nginx: http.client.HTTPConnection) -> None:
    """Sends each file with the policy and caching of `_headers`, and a correct media type."""
    found = rules((built.output / "_headers").read_text(encoding="utf-8"))
    types = {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".webmanifest": "application/manifest+json",
    }
    for name, data in built.files().items():
        path = "/" + quote(re.sub(r"(^|/)index\.html$", r"\1", name))
        status, headers, body = fetch(nginx, path)
        if name in {"404.html", "_headers", "_policy.nginx", ".nojekyll"}:
            assert status == 404, name
            continue
        assert (status, body) == (200, data), name
        for header, value in SECURITY:
            assert headers[header.lower()] == value, name
        caching = [
            rule["Cache-Control"]
            for pattern, rule in found.items()
            if matching(pattern, path) and "Cache-Control" in rule
        ]
        assert headers["cache-control"] == (caching[0] if caching else host_files.SHORT), name
        expected = types.get(Path(name).suffix)
        assert expected is None or headers["content-type"] == expected, name
        if name.endswith(".js"):
            assert "javascript" in headers["content-type"]


def test_nginx_sends_the_page_for_404(built: SiteFolder, nginx: http.client.HTTPConnection) -> None:
    """Sends status 404 with the policy and short caching for missing and hidden files."""
    page = built.files()["404.html"]
    for path in (
        "/nowhere/",
        "/assets/gone.0123.css",
        "/.digest/manifest.json",
        "/_headers",
        "/404.html",
        "/.git/config",
    ):
        status, headers, body = fetch(nginx, path)
        assert (status, body) == (404, page), path
        assert headers["content-security-policy"] == POLICY
        assert headers["cache-control"] == host_files.SHORT


def test_nginx_redirects(site: SiteFolder, tmp_path: Path) -> None:
    """Redirects aliases, responds with 410 for removed items, and hides the files of rules.

    Each address works with a slash at the end, without it, and with the name of its file.
    """
    long = "/" + "/".join("x" * 100 for _ in range(5)) + "/"
    former = ["/zuvor/ärzte $uri/", "/old.html", "/Before/", "/before/"]
    site.add("2025-03-14-two.md", title="Two others", aliases=former)
    site.add("2025-03-14-gone.md", removed=True, aliases=[long])
    assert site.build().code == 0
    with serving(site, tmp_path) as connection:
        for path in (
            *(f"/zuvor/%C3%A4rzte%20$uri{end}" for end in ("/", "", "/index.html")),
            *("/Before/", "/before", "/before/index.html", "/old.html"),
        ):
            status, headers, _ = fetch(connection, path)
            assert (status, headers["location"]) == (301, "/2025/03/14/two/"), path
        ends = ("/", "", "/index.html")
        for path in [f"{address}{end}" for address in ("/2025/03/14/gone", long.rstrip("/")) for end in ends]:
            status, headers, body = fetch(connection, path)
            assert (status, body) == (410, site.files()["404.html"]), path
            assert headers["content-security-policy"] == POLICY
        for path in ("/_redirects", "/_redirects.nginx", "/_headers", "/_policy.nginx"):
            assert fetch(connection, path)[0] == 404, path
        assert fetch(connection, "/2025/03/14/two/")[0] == 200


def test_nginx_sends_the_policy_of_the_settings(site: SiteFolder, tmp_path: Path) -> None:
    """Sends the sources of `[csp]`: hosts with paths, and hashes."""
    sources = ["https://*.stats.example:8443/a~b/%20(1)/", "'sha256-J8jbvuswGN8GabPUl5wu9hcs64ZAjUSRUF/1OPfjwmg='"]
    site.configure(base_url="https://example.org/", csp={"script": sources})
    assert site.build().code == 0
    policy = rules(site.files()["_headers"].decode())["/*"]["Content-Security-Policy"]
    assert f" {' '.join(sources)};" in policy
    with serving(site, tmp_path) as connection:
        assert fetch(connection, "/about/")[1]["content-security-policy"] == policy


def test_nginx_sends_the_media_types_of_fonts(site: SiteFolder, tmp_path: Path) -> None:
    """Also those that its own list lacks, with the headers of all files."""
    types = {"avif": "image/avif", "otf": "font/otf", "ttf": "font/ttf", "woff": "font/woff", "woff2": "font/woff2"}
    for suffix in types:
        site.write(f"static/fonts/own.{suffix}", "font")
    site.write("static/root/Own.TTF", "font")
    assert site.build().code == 0
    paths = {name: types[name.rpartition(".")[2].lower()] for name in site.files() if "own." in name.lower()}
    assert len(paths) == 6
    with serving(site, tmp_path) as connection:
        for path, media_type in paths.items():
            status, headers, body = fetch(connection, f"/{path}")
            assert (status, headers["content-type"], body) == (200, media_type, b"font")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == (
                host_files.IMMUTABLE if path.startswith("assets/") else host_files.SHORT
            )


def _below_a_folder() -> str:
    """Returns docs/nginx.conf with the change for a base path that docs/deploy.md describes."""
    (command,) = re.findall(r"^sed .*", (DOCS / "deploy.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert command.endswith(" nginx.conf")
    return subprocess.run(shlex.split(command), cwd=DOCS, capture_output=True, text=True, check=True).stdout


def _in_a_location(configuration: str) -> str:
    """Returns a configuration with the site in a location of a server that has other content."""
    before, root, rest = configuration.partition("    root /var/www;")
    inner = rest.strip().removesuffix("}")
    slash = "location = /digest { return 301 /digest/; }"
    assert slash in (DOCS / "deploy.md").read_text(encoding="utf-8")
    return f"{before}\n    root {ROOT}/tests;\n    {slash}\n    location /digest/ {{\n{root}{inner}}}\n}}\n"


@pytest.mark.skipif(shutil.which("sed") is None, reason="there is no sed on this machine")
@pytest.mark.parametrize("change", [str, _in_a_location])
def test_nginx_serves_a_site_below_a_folder(site: SiteFolder, tmp_path: Path, change: Callable[[str], str]) -> None:
    """Serves files, headers, redirects and errors with the changes that docs/deploy.md describes."""
    site.add("2025-03-14-two.md", title="Two others", aliases=["/old/"])
    site.add("2025-03-14-gone.md", removed=True)
    assert site.build("--base-url", "https://example.org/digest/", "--output", str(site.root / "digest")).code == 0
    site.output.symlink_to(site.root / "digest")  # the folder that `serving` expects
    found = rules((site.output / "_headers").read_text(encoding="utf-8"))
    with serving(site, tmp_path, change(_below_a_folder())) as connection:
        missing = site.files()["404.html"]
        for name, data in site.files().items():
            path = "/digest/" + quote(re.sub(r"(^|/)index\.html$", r"\1", name))
            status, headers, body = fetch(connection, path)
            if name.startswith(("_", ".")) or name == "404.html":
                assert (status, body) == (404, missing), name
            elif name != "old/index.html":
                assert (status, body) == (200, data), name
            caching = [rule.get("Cache-Control") for pattern, rule in found.items() if matching(pattern, path)]
            assert headers["cache-control"] == next(filter(None, caching), host_files.SHORT), name
            assert headers["content-security-policy"] == POLICY
        for path in ("/digest/old/", "/digest/old", "/digest/old/index.html"):
            status, headers, _ = fetch(connection, path)
            assert (status, headers["location"]) == (301, "/digest/2025/03/14/two/"), path
        assert fetch(connection, "/digest/2025/03/14/gone/")[::2] == (410, missing)
        assert fetch(connection, "/digest/nowhere/")[::2] == (404, missing)
        status, headers, _ = fetch(connection, "/digest")
        assert (status, headers["location"].endswith("/digest/")) == (301, True)


def test_nginx_sends_compressed_copies(site: SiteFolder, tmp_path: Path) -> None:
    """Sends the compressed file with the media type of the original, and the original to other clients."""
    site.configure(title="Test", search=False, precompress=True)
    assert site.build().code == 0
    with serving(site, tmp_path) as connection:
        for path, media_type in (("/", "text/html; charset=utf-8"), ("/feed.xml", "text/xml; charset=utf-8")):
            name = path[1:] or "index.html"
            status, headers, body = fetch(connection, path, **{"Accept-Encoding": "gzip"})
            assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
            assert body == site.files()[f"{name}.gz"]
            assert headers["content-type"] == media_type
            assert headers["content-security-policy"] == POLICY
            _, headers, body = fetch(connection, path)
            assert body == site.files()[name]
            assert headers["vary"] == "Accept-Encoding"


def test_nginx_compresses_and_revalidates(nginx: http.client.HTTPConnection, built: SiteFolder) -> None:
    """Compresses text, sends 304 for unchanged files, and redirects to the slash."""
    status, headers, body = fetch(nginx, "/", **{"Accept-Encoding": "gzip"})
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
    assert gzip.decompress(body) == built.files()["index.html"]
    assert "content-encoding" not in fetch(nginx, "/icon-192.png", **{"Accept-Encoding": "gzip"})[1]
    _, headers, _ = fetch(nginx, "/")
    status, again, body = fetch(nginx, "/", **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")
    assert again["cache-control"] == host_files.SHORT
    status, headers, _ = fetch(nginx, "/topics")
    assert (status, headers["location"]) == (301, "/topics/")
