"""Text from documents made fit to show: repaired, shortened, turned into slugs. It is never HTML here."""

import functools
import hashlib
import re
from collections.abc import Callable, Iterable

import msgspec

# Only entities that are closed: "AT&T" and "a&copy=1" must stay what they are.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
# A pattern that takes a thousandth of a second to compile, and most builds need it for nothing: see ``_unwanted``.
# Overrides and isolates would let a headline rearrange the page around it. Marks (LRM, RLM) and joiners
# stay: Arabic, Hebrew and Indic scripts need them. Tags, invisible operators and the deprecated format characters
# can hide words that only machines read. Control characters, U+FFFE and U+FFFF may not stand in XML, no
# noncharacter in HTML.
_UNWANTED = (
    "[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000f0000-\U0010ffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000))
    + "]"
)
# What mojibake is made of. Where signs of typography stand alone among ASCII, there is nothing to mend.
_SIGNS = "‘’“”–—…®©™£\xa0"
_DOUBTFUL = re.compile(f"[^ -~{_SIGNS}]|[{_SIGNS}]{{2}}|&")
_MAX_SLUG = 80
# What is a slug once it is in small letters and has hyphens for spaces, as the names of most topics.
_NEARLY_A_SLUG = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_PLAIN_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_PLAIN_SLUG = 120
# "C++" and "C#" are different topics.
_SPELLED_OUT = [("+", " plus "), ("#", " sharp "), ("&", " and ")]


class _Fixer(msgspec.Struct, frozen=True):
    """The mender of mojibake as it is used here."""

    fix_text: Callable[[str], str]
    fix_encoding: Callable[[str], str]


@functools.cache
def _fixer() -> _Fixer:
    import ftfy  # noqa: PLC0415 - takes a tenth of a second, and a build that changes nothing does without it

    # Left as they are: typographic quotes and full-width forms, which headlines use on purpose.
    config = ftfy.TextFixerConfig(
        unescape_html=False, uncurl_quotes=False, fix_character_width=False, normalization="NFC", explain=False
    )
    return _Fixer(lambda text: ftfy.fix_text(text, config), lambda text: ftfy.fix_encoding(text, config))


@functools.cache
def _unwanted() -> re.Pattern[str]:
    return re.compile(_UNWANTED)


def decode_entities(value: str) -> str:
    """Replaces closed HTML entities, twice at most (``&amp;#8217;`` is common)."""
    for _ in range(2):
        if "&" not in value:
            break
        import html  # noqa: PLC0415 - brings a table of two thousand entities, and few texts have any

        value = _ENTITY.sub(lambda match: html.unescape(match[0]), value)
    return value


def repair(value: str) -> str:
    """One line of clean text: entities decoded, mojibake mended, invisible characters and odd spaces gone.

    The repair reaches a fixed point: repairing twice is repairing once.
    """
    if value.isascii() and value.isprintable() and "&" not in value:
        return value if "  " not in value and value.strip() == value else " ".join(value.split())
    if not _DOUBTFUL.search(value):
        return " ".join(value.split())
    for _ in range(4):
        mended = _repair_once(value)
        if mended == value:
            break
        value = mended
    return value


def damage(value: str) -> str:
    """What an encoding mistaken for another did to a text: ``"lost"``, ``"mendable"``, or nothing.

    ``repair`` mends what can be mended; where U+FFFD stands, what it stands for is gone.
    """
    if value.isascii() and "&" not in value:
        return ""
    decoded = decode_entities(value)
    if "\ufffd" in decoded:
        return "lost"
    return "mendable" if _fixer().fix_encoding(decoded) != decoded else ""


def _repair_once(value: str) -> str:
    value = _fixer().fix_text(decode_entities(value))
    return " ".join(_unwanted().sub("", " ".join(value.split())).split())


def strip_unwanted(value: str) -> str:
    """Text of several lines without control, private and direction-changing characters; tabs and line breaks stay."""
    return _unwanted().sub(lambda match: match[0] if match[0] in "\t\n" else "", value)


def slugify(value: str, *, max_length: int = _MAX_SLUG) -> str:
    """A readable, lower-case ASCII slug, cut between words, ``""`` where nothing is readable.

    Unicode is transliterated (``人工智能`` becomes ``ren-gong-zhi-neng``).
    """
    if _NEARLY_A_SLUG.fullmatch(value) and (len(value) <= max_length or not max_length):
        return value.lower().replace(" ", "-")
    from slugify import slugify as make  # noqa: PLC0415 - most builds do without it

    return make(value, max_length=max_length, word_boundary=True, replacements=_SPELLED_OUT)


def is_slug(value: str) -> bool:
    """Whether the value can be the last part of an address as it is."""
    return bool(_PLAIN_SLUG.fullmatch(value)) and len(value) <= _MAX_PLAIN_SLUG


@functools.lru_cache(maxsize=16_384)
def topic_slug(name: str) -> str:
    """What identifies a topic: variants of case, spacing and punctuation have one slug."""
    return slugify(name) or f"topic-{short_hash(name)}"


def short_hash(value: str, *, size: int = 4) -> str:
    """``2 * size`` hexadecimal digits that stand for the value (BLAKE2b)."""
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def shorten(value: str, length: int) -> str:
    """At most ``length`` characters, cut between words, with an ellipsis where something was cut."""
    if len(value) <= length:
        return value
    head = value[: length - 1]
    cut = head.rfind(" ")
    return head[: cut if cut > length // 2 else len(head)].rstrip(" ,;:.-–—") + "…"


def nearest(word: str, known: Iterable[str], *, most: int = 1) -> list[str]:
    """The known words that were meant by one that is none, best first; capitals and signs do not count.

    Likeness is that of Ratcliff and Obershelp, as ``difflib`` has it.
    """
    import difflib  # noqa: PLC0415 - only a mistake of a writer needs it

    plain = {_bare(one): one for one in sorted(known, reverse=True)}
    return [plain[one] for one in difflib.get_close_matches(_bare(word), plain, n=most, cutoff=0.7)]


def _bare(word: str) -> str:
    return re.sub(r"[\W_]", "", word).lower()


def line_of_key(text: str, name: str) -> int:
    """The line, from 1, that begins with a key at the top level of TOML, which ``tomllib`` does not tell; else 1."""
    found = re.search(rf"^[ \t]*\[?[\"']?{re.escape(name)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def counted(count: int, word: str, words: str = "") -> str:
    """``1 item``, ``2 items``; ``words`` are those of more than one where that is not the word and an s."""
    return f"{count} {word if count == 1 else words or f'{word}s'}"


def printable(value: str) -> str:
    """The value with every control, format and surrogate character written as an escape.

    Terminals obey control characters, so text that came from a document must not reach one as it is.
    """
    if value.isprintable():
        return value
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in value
    )
