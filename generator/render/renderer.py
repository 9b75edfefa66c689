"""Renders pages into bytes: HTML with the templates of the theme, all other formats with writers in Python."""

import functools
import traceback
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import jinja2
import msgspec
from markupsafe import Markup, escape

from generator.config.hook_file import Hooks
from generator.config.language import Language
from generator.content import urls
from generator.errors import Code, Diagnostic
from generator.render import feeds, json_ld, sitemaps, template_errors
from generator.render.fragments import FragmentCache
from generator.site import hook_pages
from generator.site.page import Page
from generator.site.views import Head, Site
from generator.util import hashing
from generator.util.text import has_other_direction

_AUTO, _NO_ATTRIBUTE = Markup(' dir="auto"'), Markup("")
_TEXTS: Final = 4_096
DEFAULT: Final = "default/"
"""What the name of a template begins with to mean the default theme's, also where the site has one of the same name."""

WRITERS = {**feeds.WRITERS, **sitemaps.WRITERS}
"""The formats that no template renders, by the name that ``Page.template`` gives: ``writer(view, base_url)``."""

_ENCODING: Final = "utf-8-sig"
"""That of templates. Some editors begin a file with a byte-order mark, which is no part of the page."""


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered page, or the error of its template."""

    page: Page
    data: bytes
    """Empty if there is a diagnostic."""
    diagnostic: Diagnostic | None = None


class RenderContext(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that pages are rendered with besides their views."""

    folders: Sequence[Path]
    """Folders of templates, searched in this order. The last one is that of the default theme."""
    site: Site
    language: Language
    base_url: str
    assets: Mapping[str, urls.Address]
    """Addresses of the static files by their names below ``static/``."""
    hooks: Hooks = msgspec.field(default_factory=Hooks)
    """The filters, globals and tests of the site."""

    @property
    def key(self) -> bytes:
        """The key of what all pages share: everything here but the templates and the static files."""
        return hashing.blake2_of_value(
            (self.base_url, self.site, self.language.tag, self.language.table, *self.hooks.key)
        )


class _CompiledTemplates(jinja2.BytecodeCache):
    """The compiled templates of this process. Worker processes inherit them, so that each is compiled once."""

    codes: ClassVar[dict[str, bytes]] = {}

    def __init__(self, context: bytes) -> None:
        self._context = context

    def get_source_checksum(self, source: str) -> str:
        """Returns the hash by which Jinja decides whether compiled code is valid.

        Jinja evaluates filters of constants when it compiles a template, so the code also depends on the context.
        """
        return hashing.blake2(self._context, source.encode("utf-8", "surrogatepass")).hex()

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Loads the code of a template, if there is any."""
        code = self.codes.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Stores the code of a template."""
        self.codes[bucket.key] = bucket.bytecode_to_string()


def compile_templates(context: RenderContext) -> tuple[tuple[Diagnostic, ...], Mapping[str, bytes]]:
    """Compiles all templates; returns their errors, and the code that :func:`take` loads into another process."""
    diagnostics = Renderer(context).check()
    return diagnostics, dict(_CompiledTemplates.codes)


def load_compiled(codes: Mapping[str, bytes]) -> None:
    """Loads templates that another process has compiled."""
    _CompiledTemplates.codes.update(codes)


def loader(folders: Sequence[Path]) -> jinja2.BaseLoader:
    """Returns what finds templates by their names; the folders are those of a :class:`RenderContext`."""
    default, all_of_them = (jinja2.FileSystemLoader(found, _ENCODING) for found in (folders[-1], folders))
    return jinja2.ChoiceLoader([jinja2.PrefixLoader({DEFAULT.rstrip("/"): default}), all_of_them])


class _Environment(jinja2.Environment):
    """A Jinja environment whose templates hold their globals in one dictionary.

    Jinja makes a chain of two, which takes longer to copy for each page and to compare at each import.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}


class Renderer:
    """Renders pages with the templates of a theme. Each process has one of its own."""

    def __init__(self, context: RenderContext) -> None:
        site, language = context.site, context.language
        self._site = site
        self._base_url = context.base_url
        self._base_path = urls.base_path(context.base_url)
        self._assets = context.assets
        self._folders = tuple(str(folder) for folder in context.folders)
        self._language = language
        self._hrefs: dict[str, str] = {}
        self._absolutes: dict[str, str] = {}
        self.shown: list[urls.Address] = []
        """Addresses that templates linked to, each added at its first use. The caller may clear the list."""
        fragments = FragmentCache()
        self._globals = {
            "site": site,
            "asset": self._asset,
            "text": functools.lru_cache(maxsize=_TEXTS, typed=True)(self._text),
            "forms": self._forms,
            "weekdays": language.weekdays,
            "fragment": fragments.fragment,
            "fragments": fragments.fragments,
        }
        self._environment = _Environment(
            loader=loader(context.folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=_CompiledTemplates(context.key),
        )
        self._environment.globals |= self._globals
        self._environment.filters |= {
            "href": self._href,
            "absolute": self._absolute,
            "json_ld": self._json_ld,
            "number": language.number,
            "direction": self._direction,
        }
        self._hooks = context.hooks
        self._taken = self._add_hooks()

    def _add_hooks(self) -> tuple[Diagnostic, ...]:
        """Adds the filters, globals and tests of the site; returns diagnostics of names that exist already."""
        diagnostics: list[Diagnostic] = []
        for kind in ("filters", "globals", "tests"):
            known, added = getattr(self._environment, kind), getattr(self._hooks, kind)
            line = self._hooks.lines.get(kind, 1)
            diagnostics += (
                self._hooks.wrong(line, f"there is `{name}` among the {kind} already", remedy="choose another name")
                for name in added
                if name in known or (kind == "globals" and name == "page")
            )
            known |= {name: value for name, value in added.items() if name not in known}
        return tuple(diagnostics)

    def _text(self, key: str, *, n: object = None, **values: object) -> Markup:
        """Returns words of the interface. Values are escaped unless they are markup, such as a link."""
        if key not in self._language.table:
            raise template_errors.UnknownTextError(key)
        words = escape(self._language.words(key, n))
        if isinstance(n, int):
            values["n"] = self._language.number(n)
        return words.format(**values) if values else words

    def _forms(self, key: str) -> tuple[tuple[str, str], ...]:
        if key not in self._language.table:
            raise template_errors.UnknownTextError(key)
        return self._language.forms(key)

    def _href(self, to: str) -> str:
        if not isinstance(to, urls.Address):
            return to
        href = self._hrefs.get(to)
        if href is None:
            href = self._hrefs[to] = urls.href(to, self._base_path)
            self.shown.append(to)
        return href

    def _absolute(self, to: str) -> str:
        if not isinstance(to, urls.Address):
            return to
        url = self._absolutes.get(to)
        if url is None:
            url = self._absolutes[to] = urls.absolute(to, self._base_url)
            self.shown.append(to)
        return url

    def _direction(self, value: str) -> Markup:
        """Returns the attribute ``dir`` for an element with a text that has letters of the other direction."""
        return _AUTO if has_other_direction(value, self._site.direction) else _NO_ATTRIBUTE

    def _json_ld(self, head: Head) -> Markup:
        """Returns the JSON-LD of a page, in which nothing can end the script element."""
        return Markup(json_ld.text(head, self._site, self._absolute))  # noqa: S704 - it escapes <, > and &

    def _asset(self, name: str) -> urls.Address:
        try:
            return self._assets[name]
        except KeyError:
            raise template_errors.UnknownAssetError(name) from None

    def check(self) -> tuple[Diagnostic, ...]:
        """Compiles all templates and returns their errors."""
        diagnostics = [*self._taken]
        for name in self._environment.list_templates(extensions=["html"]):
            if name.startswith(DEFAULT) and self._path(name) == self._path(name.removeprefix(DEFAULT)):
                continue  # compiled under its other name, and rarely used under this one
            try:
                self._environment.get_template(name)
            except jinja2.TemplateSyntaxError as error:
                diagnostics.append(_diagnostic(error.filename or name, error.lineno, error.message or "cannot be read"))
            except (UnicodeDecodeError, OSError):
                diagnostics.append(_diagnostic(self._path(name), 1, "cannot be read as UTF-8"))
            except (RecursionError, MemoryError):  # raised by Python's parser for the code that Jinja generated
                diagnostics.append(_diagnostic(self._path(name), 1, "is nested too deeply"))
            except SystemExit as error:  # Jinja calls filters of constants
                path = self._path(name)
                failed = self._hooks.failed_in_template(error, f"used in {path}")
                diagnostics.append(failed or _diagnostic(path, 1, "calls a filter or test that ends the program"))
        return tuple(diagnostics)

    def render(self, page: Page) -> Rendered:
        """Renders a page. An error in its template is returned as a diagnostic.

        Raises:
            Exception: an error that no template raised, which is a bug of this program.
        """
        if writer := WRITERS.get(page.template):
            return Rendered(page=page, data=writer(page.shown, self._base_url))
        try:
            text = self._environment.get_template(page.template).render(page=page.shown)
        except (Exception, SystemExit) as error:
            diagnostic = self._explain(error, page)
            if diagnostic is None:
                raise
            return Rendered(page=page, data=b"", diagnostic=diagnostic)
        try:
            return Rendered(page=page, data=text.encode())
        except UnicodeEncodeError:
            message = f"writes half of a surrogate pair, while {page.address} was rendered"
            diagnostic = _diagnostic(self._path(page.template), 1, message)
            return Rendered(page=page, data=b"", diagnostic=diagnostic)

    def _explain(self, error: BaseException, page: Page) -> Diagnostic | None:
        """Returns the diagnostic of an exception; None if neither a template nor ``hooks.py`` raised it."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [frame for frame in frames if self._is_template(frame.filename)]
        used = f"used in {Path(places[-1].filename).as_posix()}:{places[-1].lineno}, " if places else ""
        # An undefined value is an error of the template that passes it on.
        if not isinstance(error, jinja2.UndefinedError) and (
            diagnostic := self._hooks.failed_in_template(error, f"{used}while {page.address} was rendered")
        ):
            return diagnostic
        if places:
            explanation = template_errors.explain(
                error,
                page.shown,
                names={*self._globals, *self._hooks.globals, "page"},
                assets=self._assets,
                language=self._language,
            )
            message = f"{explanation.message}, while {page.address} was rendered"
            return _diagnostic(places[-1].filename, places[-1].lineno or 1, message, explanation.remedy)
        if isinstance(error, jinja2.TemplateNotFound):
            message = f"there is no template {error.name}"
            diagnostic = _diagnostic(page.origin, 1, message, f"write templates/{error.name}")
            return hook_pages.placed(self._hooks, diagnostic)
        return None

    def _path(self, name: str) -> str:
        paths = [Path(folder, name) for folder in self._folders]
        if name.startswith(DEFAULT):
            paths.insert(0, Path(self._folders[-1], name.removeprefix(DEFAULT)))
        return next((path.as_posix() for path in paths if path.is_file()), f"templates/{name}")

    def _is_template(self, filename: str) -> bool:
        return any(Path(filename).is_relative_to(folder) for folder in self._folders)


def _diagnostic(path: str, line: int, message: str, remedy: str = "") -> Diagnostic:
    return Diagnostic(
        path=Path(path).as_posix(),  # Jinja names files as the system does
        line=line,
        code=Code.TEMPLATE_ERROR,
        message=message,
        remedy=remedy or "fix the template; see docs/templates.md",
    )
