"""Pages into bytes: Jinja templates with everything escaped, and the formats of ``feeds`` and ``sitemaps``."""

import functools
import string
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

import jinja2
import msgspec
from markupsafe import Markup, escape

from generator.config.language import Language
from generator.content import urls
from generator.errors import Code, Diagnostic
from generator.render import feeds, json_ld, sitemaps, template_errors
from generator.render.jinja import compiler
from generator.site.page import Page
from generator.site.views import Head, Site
from generator.util import hashing

E = TypeVar("E", bound=jinja2.Environment)

_FORMATTER = string.Formatter()

WRITERS = {**feeds.WRITERS, **sitemaps.WRITERS}


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a page: its bytes, or a problem of its template."""

    page: Page
    data: bytes
    diagnostic: Diagnostic | None = None


class RenderContext(msgspec.Struct, frozen=True, kw_only=True):
    """All that pages are rendered with besides their views."""

    folders: Sequence[Path]
    """Of templates, searched in this order."""
    site: Site
    language: Language
    base_url: str
    assets: Mapping[str, urls.Address]
    """By name below ``static/``."""


class _Compiled(jinja2.BytecodeCache):
    """Compiled templates of this process, and of those forked from it: a template is compiled once, not by each."""

    codes: ClassVar[dict[str, bytes]] = {}

    def __init__(self, made_from: bytes) -> None:
        """Prepares for a way of compiling.

        Args:
            made_from: the fingerprint of what templates are compiled with besides their sources.
        """
        self._made_from = made_from

    def get_source_checksum(self, source: str) -> str:
        """What code is compared by."""
        return hashing.blake2(self._made_from, source.encode("utf-8", "surrogatepass")).hex()

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Hands over what is there; jinja compares it by the checksum."""
        code = self.codes.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keeps what was compiled."""
        self.codes[bucket.key] = bucket.bytecode_to_string()


def compile_all(context: RenderContext) -> tuple[tuple[Diagnostic, ...], Mapping[str, bytes]]:
    """Compiles all templates; returns their errors, and for :func:`take` in another process what was compiled."""
    diagnostics = Renderer(context).check()
    return diagnostics, dict(_Compiled.codes)


def take(codes: Mapping[str, bytes]) -> None:
    """Takes over templates that another process has compiled."""
    _Compiled.codes.update(codes)


class Renderer:
    """Renders pages with the templates of a theme. One a process; compiling happens once a template."""

    def __init__(self, context: RenderContext) -> None:
        site, language = context.site, context.language
        self._site = site
        self._base_url = context.base_url
        self._base_path = urls.base_path(context.base_url)
        self._assets = context.assets
        self._folders = tuple(str(folder) for folder in context.folders)
        self._language = language
        self._texts: dict[tuple[str, object], Markup] = {}
        self._pieces: dict[tuple[str, object], tuple[tuple[str, str | None], ...]] = {}
        self._hrefs: dict[str, str] = {}
        self._absolutes: dict[str, str] = {}
        self.shown: list[urls.Address] = []
        """Where links of pages led that were drawn from templates, each when it was first met."""
        self._fixed = {
            "site": site,
            "asset": self._asset,
            "text": self._text,
            "forms": language.forms,
            "weekdays": language.weekdays,
        }
        shared = (context.base_url, site, language.tag, language.table, sorted(context.assets.items()))
        self._environment = self._prepared(
            functools.partial(compiler.Drawn, self._fixed, bytecode_cache=_Compiled(hashing.blake2_of_value(shared)))
        )
        self._plain: jinja2.Environment | None = None
        self._unfit: set[str] = set()
        """Templates that only Jinja itself can draw."""

    def _prepared(self, kind: Callable[..., E]) -> E:
        """An environment of a kind, as all templates need it."""
        environment = kind(
            loader=jinja2.FileSystemLoader(self._folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
        )
        environment.globals |= self._fixed
        environment.filters |= {
            "href": self._href,
            "absolute": self._absolute,
            "json_ld": self._json_ld,
            "number": self._language.number,
        }
        return environment

    def _text(self, key: str, *, n: object = None, **values: object) -> Markup:
        """Words of the interface, escaped; values that are markup already (a link) are not escaped again."""
        if values:
            return self._filled(key, n, values)
        known = self._texts.get((key, n))  # asked for thousands of times
        if known is None:
            known = self._texts[key, n] = self._filled(key, n, {})
        return known

    def _filled(self, key: str, n: object, values: dict[str, object]) -> Markup:
        pieces = self._pieces.get((key, n))
        if pieces is None:
            words = escape(self._language.words(key, n))
            pieces = self._pieces[key, n] = tuple((text, name) for text, name, *_ in _FORMATTER.parse(words))
        if isinstance(n, int):
            values["n"] = self._language.number(n)
        if not values:
            return Markup(escape(self._language.words(key, n)))  # noqa: S704 - escaped in the same breath
        filled = (text if name is None else text + compiler.shown(values[name]) for text, name in pieces)
        return Markup("".join(filled))  # noqa: S704 - words and values are escaped

    def _href(self, to: str) -> str:
        """A link: below the base path if it leads into the site, as it is if it leads to the web."""
        if not isinstance(to, urls.Address):
            return to
        found = self._hrefs.get(to)
        if found is None:
            found = self._hrefs[to] = urls.href(to, self._base_path)
            self.shown.append(to)
        return found

    def _absolute(self, to: str) -> str:
        """The same with scheme and host."""
        if not isinstance(to, urls.Address):
            return to
        found = self._absolutes.get(to)
        if found is None:
            found = self._absolutes[to] = urls.absolute(to, self._base_url)
            self.shown.append(to)
        return found

    def _json_ld(self, head: Head) -> Markup:
        """What the page is, as JSON in which nothing can end the script element."""
        return Markup(json_ld.text(head, self._site, self._absolute))  # noqa: S704 - it escapes <, > and &

    def _asset(self, name: str) -> urls.Address:
        try:
            return self._assets[name]
        except KeyError:
            raise template_errors.UnknownAssetError(name) from None

    def check(self) -> tuple[Diagnostic, ...]:
        """Compiles all templates and returns their errors."""
        diagnostics = []
        for name in self._environment.list_templates(extensions=["html"]):
            try:
                self._environment.get_template(name)
            except jinja2.TemplateSyntaxError as error:
                diagnostics.append(_diagnostic(error.filename or name, error.lineno, error.message or "cannot be read"))
            except (UnicodeDecodeError, OSError):
                diagnostics.append(_diagnostic(self._path(name), 1, "cannot be read as UTF-8"))
            except (RecursionError, MemoryError):  # Python's own parser, of what Jinja made of it
                diagnostics.append(_diagnostic(self._path(name), 1, "is nested too deeply"))
        return tuple(diagnostics)

    def render(self, page: Page) -> Rendered:
        """Renders a page. An error in its template comes back as a problem."""
        if writer := WRITERS.get(page.template):
            return Rendered(page=page, data=writer(page.shown, self._base_url))
        try:
            text = self._drawn(page.template, page.shown)
        except Exception as error:
            # Templates may raise anything; what was not raised inside one is a mistake of ours.
            places = [frame for frame in traceback.extract_tb(error.__traceback__) if self._is_template(frame.filename)]
            if not places:
                raise
            mistake = template_errors.explain(error, page.shown, names={*self._fixed, "page"}, assets=self._assets)
            message = f"{mistake.message}, while {page.address} was rendered"
            place = places[-1].filename, places[-1].lineno or 1
            return Rendered(page=page, data=b"", diagnostic=_diagnostic(*place, message, mistake.remedy))
        try:
            return Rendered(page=page, data=text.encode())
        except UnicodeEncodeError:
            message = f"writes half of a surrogate pair, while {page.address} was rendered"
            diagnostic = _diagnostic(self._path(page.template), 1, message)
            return Rendered(page=page, data=b"", diagnostic=diagnostic)

    def _drawn(self, template: str, view: object) -> str:
        """A page as text.

        Raises:
            Exception: any, from the template.
        """
        if template not in self._unfit:
            try:
                return self._environment.get_template(template).render(page=view)
            except Exception:  # noqa: BLE001 - the same comes again, or nothing was wrong
                self._unfit.add(template)
        if self._plain is None:
            self._plain = self._prepared(jinja2.Environment)
        return self._plain.get_template(template).render(page=view)

    def _path(self, name: str) -> str:
        """The file of a template: the one that is found first."""
        paths = (Path(folder, name) for folder in self._folders)
        return next((path.as_posix() for path in paths if path.is_file()), f"templates/{name}")

    def _is_template(self, filename: str) -> bool:
        return any(Path(filename).is_relative_to(folder) for folder in self._folders)


def _diagnostic(path: str, line: int, message: str, remedy: str = "") -> Diagnostic:
    return Diagnostic(
        path=path,
        line=line,
        code=Code.TEMPLATE_ERROR,
        message=message,
        remedy=remedy or "mend the template; see docs/templates.md",
    )
