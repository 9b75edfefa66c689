"""The look that the settings give a site: its style sheets, its logo and the text of its footer."""

import itertools
import re
from pathlib import Path, PurePath
from typing import Final

import msgspec

from generator.config import tables
from generator.config.settings import LookSettings, Settings
from generator.content import urls
from generator.content.embeds import Body, BodyLink, InvalidBodyError
from generator.content.urls import Address
from generator.errors import Code, Diagnostic, Severity
from generator.site import style_sheets
from generator.site.assets import Asset, Assets
from generator.site.views import Logo
from generator.util import colours, weburls
from generator.util.text import nearest, short_hash

_THEME, _OWN = "style.css", "custom.css"
_NAME: Final = "look.css"
_COLOUR = r"(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})"
_PALETTE = re.compile(rf"--(paper|raised|accent|accent-ink):\s*light-dark\(\s*{_COLOUR}\s*,\s*{_COLOUR}\s*\)")
_FONTS: Final = (".otf", ".ttf", ".woff", ".woff2")
_BACKGROUNDS: Final = ("paper", "raised", "accent-ink")
"""The colours on which the theme writes in the accent, or which it writes on the accent."""
_PARAGRAPH = re.compile(r"<p>(.*)</p>", re.DOTALL)
_NOT_INLINE = re.compile(r"<(?!/?(?:a|abbr|b|br|cite|code|em|i|kbd|s|small|strong|sub|sup)\b)")


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings and static files of a site add to its look."""

    style_sheets: tuple[Address, ...] = ()
    """In the order in which pages link to them, after that of the theme."""
    logo: Logo | None = None
    footer: Body = Body("", ())
    """The text for the end of each page. Its links have the line of the setting."""
    files: tuple[Asset, ...] = ()
    """The generated style sheet, if there is one."""
    diagnostics: tuple[Diagnostic, ...] = ()


def make(settings: Settings, static: Assets, config: Path) -> Look:
    """Returns the look of a site.

    Args:
        settings: of the site.
        static: its static files.
        config: the settings file, for diagnostics.
    """
    maker = _Maker(settings, static, config)
    logo, footer = maker.logo(), maker.footer()
    maker.check_fonts()
    sheets = [static.addresses[_OWN]] if _OWN in static.addresses else []
    files = []
    if rules := maker.rules():
        text = "".join(f"{rule}\n" for rule in rules)
        files.append(Asset(address=urls.asset(_NAME, short_hash(text)), data=text.encode()))
    return Look(
        style_sheets=(*(file.address for file in files), *sheets),
        logo=logo,
        footer=footer,
        files=tuple(files),
        diagnostics=tuple(maker.diagnostics),
    )


class _Maker:
    def __init__(self, settings: Settings, static: Assets, config: Path) -> None:
        self._look: LookSettings = settings.look
        self._base_path = urls.base_path(settings.base_url)
        self._addresses = static.addresses
        self._contents = {file.address: file.data for file in static.files}
        self._config = config
        self.diagnostics: list[Diagnostic] = []

    def logo(self) -> Logo | None:
        """Returns the logo, with the size that its file has."""
        name = self._look.logo.removeprefix("static/")
        if not name or not self._addresses:  # without addresses, the static files have errors
            return None
        from generator.util import pictures  # noqa: PLC0415 - few sites have a logo

        address = self._addresses.get(name)
        if address is None:
            guess = nearest(name, self._addresses)
            remedy = f"did you mean `{guess[0]}`?" if guess else "add the file, or correct its name"
            self._report("logo", f"there is no static/{name}", remedy)
            return None
        size = pictures.size_of(self._contents[address])
        if size is None:
            self._report("logo", f"static/{name} is no picture whose size can be read", "save it as SVG, PNG or WebP")
            return None
        return Logo(to=address, width=size[0], height=size[1])

    def footer(self) -> Body:
        """Returns the text of the footer, one paragraph of inline Markdown."""
        if not self._look.footer:
            return Body("", ())
        from generator.content import markdown  # noqa: PLC0415 - slow to import, and few sites have a footer

        try:
            body = markdown.render_body(self._look.footer, base_path=self._base_path, is_of_owner=True)
        except InvalidBodyError as error:
            self._report("footer", str(error), "write a short text")
            return Body("", ())
        for link in body.dropped:
            remedy = "start the address with https://, or with / for a page of this site"
            if link.address.startswith("tel:"):
                remedy = f"write the number as {weburls.PHONE_FORM}, without spaces"
            self._report("footer", f"links to {link.address!r}, which is no address that a footer can have", remedy)
        paragraph = _PARAGRAPH.fullmatch(body.html)
        if body.html and (paragraph is None or _NOT_INLINE.search(paragraph[1])):
            self._report("footer", "is more than a paragraph of text", "write text, links and emphasis only")
        line = self._line("footer")
        links, web_links = (
            tuple(BodyLink(link.address, line) for link in found) for found in (body.links, body.web_links)
        )
        return Body(paragraph[1] if paragraph else "", links, web_links)

    def rules(self) -> list[str]:
        """Returns the rules of the generated style sheet. They are in the layers of the theme's."""
        properties = []
        if self._look.accent or self._look.accent_dark:
            light, dark = self._accent()
            properties.append(f"--accent: light-dark({light}, {dark});")
        if self._look.font_headline:
            properties.append(f'--serif: "{self._look.font_headline}", Georgia, serif;')
        if self._look.font_text:
            properties.append(f'--sans: "{self._look.font_text}", system-ui, sans-serif;')
        rules = [f"@layer base {{ :root {{ {' '.join(properties)} }} }}"] if properties else []
        if self._look.logo:
            rules.append(
                "@layer parts { .masthead .name img { block-size: 2rem; inline-size: auto; object-fit: contain; } }"
            )
        if self._look.footer:
            rules.append("@layer parts { .colophon .own { flex-basis: 100%; } }")
        return rules

    def check_fonts(self) -> None:
        """Warns of a font family that is probably misspelt. Any other may be a font of the reader's system."""
        chosen = {name: getattr(self._look, name) for name in ("font_headline", "font_text")}
        if not any(chosen.values()):
            return
        sheets = [data.decode("utf-8", "replace") for name, data in self._contents.items() if name.endswith(".css")]
        families = set(itertools.chain.from_iterable(map(style_sheets.font_families, sheets)))
        files = {PurePath(name).stem: name for name in sorted(self._addresses) if name.lower().endswith(_FONTS)}
        for setting, family in chosen.items():
            if not family or family.casefold() in map(str.casefold, families):
                continue
            # `Roboto` may be a font of the system beside a `Roboto Slab` of the site.
            guess = [one for one in nearest(family, families) if not one.casefold().startswith(family.casefold())]
            file = nearest(family, files) if not families else []
            if guess:
                message, remedy = f"no style sheet describes the font {family!r}", f"did you mean `{guess[0]}`?"
                self._report(setting, message, remedy, Code.UNKNOWN_FONT)
            elif file:
                message = f"static/{files[file[0]]} is there, but no style sheet describes the font {family!r}"
                remedy = f'add an @font-face with `font-family: "{family}"` to static/{_OWN}, or correct the name'
                self._report(setting, message, remedy, Code.UNKNOWN_FONT)

    def _accent(self) -> tuple[str, str]:
        """Returns the accent of the light and of the dark palette, and warns of a chosen one that is hard to read."""
        light, dark = self._palettes()
        on_light, on_dark = ([one[name] for name in _BACKGROUNDS if name in one] for one in (light, dark))
        chosen, chosen_dark = self._look.accent, self._look.accent_dark
        self._check_contrast("accent", chosen, "light", on_light)
        self._check_contrast("accent_dark", chosen_dark, "dark", on_dark)
        derived = chosen_dark or colours.nearest_passing(chosen, on_dark) or chosen
        return chosen or light.get("accent", chosen_dark), derived

    def _palettes(self) -> tuple[dict[str, str], dict[str, str]]:
        """Returns the colours of the light and of the dark palette by their names in the style sheets."""
        sheets = [self._contents[self._addresses[name]] for name in (_THEME, _OWN) if name in self._addresses]
        found = _PALETTE.findall("\n".join(sheet.decode("utf-8", "replace") for sheet in sheets))
        return {name: light for name, light, _ in found}, {name: dark for name, _, dark in found}

    def _check_contrast(self, setting: str, colour: str, palette: str, backgrounds: list[str]) -> None:
        if not (colour and backgrounds):
            return
        ratio, background = colours.lowest_contrast(colour, backgrounds)
        if ratio >= colours.ENOUGH:
            return
        passing = colours.nearest_passing(colour, backgrounds)
        self.diagnostics.append(
            Diagnostic(
                path=self._config.as_posix(),
                line=self._line(setting),
                code=Code.LOW_CONTRAST,
                severity=Severity.WARNING,
                message=f"look.{setting} {colour} has a contrast of {int(ratio * 10) / 10}:1 to {background} in the "
                f"{palette} palette, and text needs {colours.ENOUGH}:1",
                remedy=f"write {passing}, the nearest colour that is enough" if passing else "write another colour",
            )
        )

    def _report(self, setting: str, message: str, remedy: str, warning: Code | None = None) -> None:
        """Reports an invalid setting, or a warning with another code."""
        self.diagnostics.append(
            Diagnostic(
                path=self._config.as_posix(),
                line=self._line(setting),
                code=warning or Code.INVALID_SETTING,
                severity=Severity.WARNING if warning else Severity.ERROR,
                message=f"look.{setting}: {message}",
                remedy=remedy,
            )
        )

    def _line(self, setting: str) -> int:
        return tables.line_of(self._config, ("look", setting))
