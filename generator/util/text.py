"""Prepares plain text for display: repairs it, shortens it and turns it into slugs. No text here is HTML."""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable

# Only entities with a semicolon: "AT&T" and "a&copy=1" must not change.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
# Characters that ``repair`` removes. Direction overrides and isolates could rearrange the page around a headline.
# Tags, invisible operators and deprecated format characters can hide words from readers. XML forbids control
# characters, U+FFFE and U+FFFF, and HTML all noncharacters. Soft hyphens divide words that are compared and searched.
# Direction marks (LRM, RLM) and joiners are not among them, because Arabic, Hebrew and Indic scripts need them.
_UNWANTED = (
    "[\x00-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000f0000-\U0010ffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xF0000, 0x10000))
    + "]"
)
_SIGNS = "‘’“”–—…®©™£\xa0"
# Matches every text that may need repair. A single typographic sign among ASCII characters is not mojibake.
_DOUBTFUL = re.compile(f"[^ -~{_SIGNS}]|[{_SIGNS}]{{2}}|&")
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
# The letters of Hebrew, Arabic, Syriac, Thaana, N'Ko and the other scripts that are written from right to left.
_RIGHT_TO_LEFT = re.compile("[\u05be-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_MAX_SLUG = 80
# Names that become slugs in lower case with hyphens for spaces, as most topics do.
_NEARLY_A_SLUG = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_PLAIN_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_PLAIN_SLUG = 120
# "C++" and "C#" are different topics.
_MIN_BEGINNING = 4
_MAX_WRITTEN = 80
_MAX_NUMBER = 10**_MAX_WRITTEN
TYPOGRAPHIC_QUOTES = frozenset("“”„‟«»‘’‚")
"""Quotes that word processors write, and that neither YAML nor TOML takes for quotes."""
_QUOTES = TYPOGRAPHIC_QUOTES | frozenset("\"'")
_MIN_GUESSED = 3
_ALSO_COMPARED = 8
_SPELLED_OUT = [("+", " plus "), ("#", " sharp "), ("&", " and ")]


def _fixed(text: str, *, only_encoding: bool = False) -> str:
    import ftfy  # noqa: PLC0415 - slow to import, and not needed by a build that changes nothing

    # Headlines use typographic quotes and full-width forms on purpose, so these are kept.
    config = ftfy.TextFixerConfig(
        unescape_html=False, uncurl_quotes=False, fix_character_width=False, normalization="NFC", explain=False
    )
    return ftfy.fix_encoding(text, config) if only_encoding else ftfy.fix_text(text, config)


@functools.cache  # compiling this pattern is slow, and many builds do not need it
def _unwanted() -> re.Pattern[str]:
    return re.compile(_UNWANTED)


def decode_entities(value: str) -> str:
    """Decodes HTML entities that end with a semicolon, also doubly encoded ones like ``&amp;#8217;``."""
    for _ in range(2):
        if "&" not in value:
            break
        import html  # noqa: PLC0415 - loads a large table, and few texts contain an entity

        value = _ENTITY.sub(lambda match: html.unescape(match[0]), value)
    return value


def repair(value: str) -> str:
    """Returns the text as one clean line.

    Entities are decoded, mojibake is repaired, invisible characters are removed and white space is collapsed. The
    function is idempotent.
    """
    if value.isascii() and value.isprintable() and "&" not in value:
        return value if "  " not in value and value.strip() == value else " ".join(value.split())
    if not _DOUBTFUL.search(value):
        return " ".join(value.split())
    for _ in range(4):
        fixed = _fixed(decode_entities(value))
        repaired = " ".join(_unwanted().sub("", " ".join(fixed.split())).split())
        if repaired == value:
            break
        value = repaired
    return value


def damage(value: str) -> str:
    """Returns how a text was damaged by a wrong encoding: ``"lost"``, ``"mendable"``, or ``""`` if it was not.

    :func:`repair` restores a mendable text. In a lost text, U+FFFD replaces characters that cannot be restored.
    """
    if value.isascii() and "&" not in value:
        return ""
    decoded = decode_entities(value)
    if "\ufffd" in decoded:
        return "lost"
    return "mendable" if _fixed(decoded, only_encoding=True) != decoded else ""


def without_joiners(value: str) -> str:
    """Removes zero-width joiners and non-joiners, which change the shape of letters within a word but not the word."""
    return value if value.isascii() else value.translate(_JOINERS)


def has_other_direction(value: str, direction: str) -> bool:
    """Returns whether a text has letters that are not written in the direction ``ltr`` or ``rtl``."""
    if direction == "ltr":
        return not value.isascii() and bool(_RIGHT_TO_LEFT.search(value))
    return any(character.isalpha() and not _RIGHT_TO_LEFT.match(character) for character in value)


def strip_unwanted(value: str) -> str:
    """Removes control, private-use and direction-changing characters, but neither tabs nor line breaks."""
    return _unwanted().sub(lambda match: match[0] if match[0] in "\t\n" else "", value)


def slugify(value: str, *, max_length: int = _MAX_SLUG) -> str:
    """Returns a lower-case ASCII slug, cut between words. It is empty if nothing can be transliterated.

    Other scripts are transliterated (``人工智能`` becomes ``ren-gong-zhi-neng``). The length is counted in characters;
    0 is no limit.
    """
    if _NEARLY_A_SLUG.fullmatch(value) and (len(value) <= max_length or not max_length):
        return value.lower().replace(" ", "-")
    from slugify import slugify as transliterate  # noqa: PLC0415 - most builds do not need it

    return transliterate(value, max_length=max_length, word_boundary=True, replacements=_SPELLED_OUT)


def is_slug(value: str) -> bool:
    """Returns whether the value can be the last part of an address without a change."""
    return bool(_PLAIN_SLUG.fullmatch(value)) and len(value) <= _MAX_PLAIN_SLUG


@functools.lru_cache(maxsize=16_384)
def topic_slug(name: str) -> str:
    """Returns the slug of a topic. Topics with different letters may have the same one: ``Bär`` and ``Bar``."""
    return slugify(name) or f"topic-{short_hash(name)}"


@functools.lru_cache(maxsize=16_384)
def topic_key(name: str) -> str:
    """Returns the key that identifies a topic, which is a slug, too.

    Names that differ only in case, spacing, punctuation or joiners share one.
    """
    slug = topic_slug(name)
    for sign, word in _SPELLED_OUT:
        name = name.replace(sign, word)
    letters = unicodedata.normalize("NFKC", name).casefold()
    # Marks are vowels in some scripts.
    letters = "".join(letter for letter in letters if unicodedata.category(letter)[0] in "LMN")
    return f"{slug}-{short_hash(letters)}"


def short_hash(value: str, *, size: int = 4) -> str:
    """Returns the BLAKE2b hash of a text as ``2 * size`` hexadecimal digits."""
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def shorten(value: str, length: int) -> str:
    """Cuts a text between words to at most ``length`` characters, including the ellipsis that marks the cut."""
    if len(value) <= length:
        return value
    head = value[: length - 1]
    cut = head.rfind(" ")
    return head[: cut if cut > length // 2 else len(head)].rstrip(" ,;:.-–—") + "…"


def nearest(word: str, known: Iterable[str], *, most: int = 1) -> list[str]:
    """Returns the known words that a misspelt one was probably meant for, best first and at most ``most``.

    Case and punctuation are ignored. A word is near if it begins with the other, or if a few letters were added, left
    out, replaced or swapped: one, or one in four if the first letter is right. The order is by the similarity of
    Ratcliff and Obershelp (``difflib``).
    """
    import difflib  # noqa: PLC0415 - only misspelt words need it

    by_letters = {_letters(one): one for one in sorted(known, reverse=True)}
    letters = _letters(word)
    # Similarity alone takes `Dentistry` for `Identity`, and distance alone is slow for thousands of words.
    similar = difflib.get_close_matches(letters, by_letters, n=most + _ALSO_COMPARED, cutoff=0.7)
    return [by_letters[one] for one in similar if _is_near(letters, one)][:most]


def _is_near(first: str, second: str) -> bool:
    shortest, edits = min(len(first), len(second)), _edits(first, second)
    if first.startswith(second) or second.startswith(first):
        return edits <= 1 or shortest >= _MIN_BEGINNING
    return (edits <= 1 and shortest >= _MIN_GUESSED) or (edits <= shortest // 4 and first[0] == second[0])


def _edits(first: str, second: str) -> int:
    """Returns how many letters were added, left out, replaced, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, 1):
        before, above, row = row, before, [number]
        for column, other in enumerate(second, 1):
            edits = min(before[column] + 1, row[column - 1] + 1, before[column - 1] + (letter != other))
            is_swapped = min(number, column) > 1 and letter == second[column - 2] and other == first[number - 2]
            row.append(min(edits, above[column - 2] + 1) if is_swapped else edits)
    return row[-1]


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word).lower()


def as_written(value: object) -> str:
    """Returns the end of a message about a wrong value that repeats the value: ``: 'film'`` or ``: 7``.

    It is ``""`` for a value that is long, cannot be printed, may hold a password, or is a list or a group of values.
    """
    if not isinstance(value, str):
        return f": {str(value).lower()}" if isinstance(value, int | float) and abs(value) < _MAX_NUMBER else ""
    if not value.strip() or len(value) > _MAX_WRITTEN or not value.isprintable() or "@" in value:
        return ""
    quotes = ", in typographic quotes" if value.strip()[0] in TYPOGRAPHIC_QUOTES else ""
    return f": {value!r}{quotes}"


def within_quotes(value: object) -> str:
    """Returns what is between quotes, typographic or straight, that are part of a text; ``""`` if there are none."""
    text = value.strip() if isinstance(value, str) else ""
    is_quoted = len(text) > 2 and text[0] in _QUOTES and text[-1] in _QUOTES  # noqa: PLR2004 - two quotes
    return text[1:-1].strip() if is_quoted else ""


def line_of_key(text: str, name: str) -> int:
    """Returns the line, from 1, of the first key or table of this name at the start of a line in TOML, or else 1."""
    found = re.search(rf"^[ \t]*\[?[\"']?{re.escape(name)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def counted(count: int, word: str, words: str = "") -> str:
    """Returns a number with its noun: ``1 item``, ``2 items``; ``words`` is the plural of an irregular noun."""
    return f"{count} {word if count == 1 else words or f'{word}s'}"


def printable(value: str) -> str:
    """Escapes every control, format and surrogate character.

    Terminals obey control characters, so text from documents must not be printed without this.
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in value
    )
