"""Makes the summary of an article, which cards show, from its excerpt.

Excerpts come from feeds. Many begin with the dateline of a press release, and many are cut in the middle of a sentence
or a word. A summary has no dateline and ends with a whole sentence, if there is one of reasonable length.
"""

import re
from typing import Final

from generator.util.text import shorten


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A whole sentence shorter than this is no summary by itself, such as "Yes." before an unfinished sentence.
_SHORTEST: Final = 20
# An excerpt without any mark is a headline up to this length, and cut above it. Feeds cut at 100 characters or more.
_HEADLINE: Final = 99

_CLOSING: Final = "\"'”’“»›«)]}」』】）》"
_OPENING: Final = "\"'“”„‘‚’«»‹›([{「『【（《¿¡ "
# Marks after which the next sentence may follow without a space.
_UNSPACED: Final = "。！？｡।؟"
_MARKS: Final = ".!?…" + _UNSPACED
_END: Final = re.compile(f"[{re.escape(_MARKS)}]+[{re.escape(_CLOSING)}]*")
_LOOK_BACK: Final = 24
_LOOK_AHEAD: Final = 20

# Abbreviations in lower case, without their last full stop. No sentence ends after these.
_NEVER_LAST: Final = _words(
    """
    dr mr mrs ms mx prof gen sen rep gov lt col sgt capt cmdr rev messrs st mt
    e.g i.e a.k.a cf viz vs fig figs eq eqs vol nos pp approx
    jan feb mar apr jun jul aug sep sept oct nov dec
    z.b d.h u.a o.g i.d.r s.o ca bzw vgl ggf evtl inkl exkl zzgl sog abb nr tel dipl ing
    """
)
# A sentence ends after these at the end of a text, and before a word that begins a sentence.
_SELDOM_LAST: Final = _words(
    """
    inc corp co ltd llc plc bros cos sa ag gmbh etc al jr sr dept univ assn intl est max ft
    usw mio mrd tsd str ave blvd
    """
)
_FIRST_WORDS: Final = _words(
    """
    A According After Although An And As At Before Both But By Despite During For From He Her His How However If In It
    Its Many More Most Now On One Our Researchers Scientists She Since So Some Such That The Their Then There These They
    This Those Through To Today Under Until Using We What When Where Which While With Yet You
    Aber Als Am Auch Auf Aus Bei Da Damit Das Der Die Dies Diese Dieser Doch Ein Eine Er Es Für Im Ist Laut Mit Nach
    Nun Ob Seit Sie Und Von Vor Wenn Wie Wir Zum Zur
    """
)

# What feeds add to an excerpt.
_LINK_TEXTS: Final = (
    "Read more", "Read More", "READ MORE", "Read full article", "Read the full article", "Read the full story",
    "Read the rest", "Continue reading", "Continue Reading", "Learn more", "Learn More", "Keep reading",
    "Weiterlesen", "weiterlesen", "Mehr lesen", "Mehr dazu",
)  # fmt: skip
_LINK_SENTENCES: Final = tuple(f"{text}." for text in _LINK_TEXTS)
_GAPS: Final = ("[…]", "(…)", "[...]", "(...)", "[ … ]", "[ ... ]", "[&hellip;]", "&hellip;")
_LOOSE: Final = frozenset(" \t\r\n\f\v\xa0,;:-–—([{…<|→*•")
_COUNT: Final = re.compile(r"\[\+\d{1,7} chars\]$")  # what one news service puts in place of the rest

_MONTHS: Final = (
    "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mär|Mai|Okt|Dez|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
)
_DATE: Final = (
    rf"(?:(?:{_MONTHS})[A-Za-z]{{0,7}}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:{_MONTHS})[A-Za-z]{{0,7}}\.?(?:,? \d{{4}})?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}, \d{4})"
)
_DATE_AT_END: Final = re.compile(rf"{_DATE}$")
_DATE_AND_DASH: Final = re.compile(rf"{_DATE} ?(?:--?|[–—])")
_SERVICES: Final = (
    "PRNewswire|PR Newswire|PRNEWSWIRE|PR NEWSWIRE|GLOBE NEWSWIRE|GlobeNewswire|Globe Newswire|GLOBENEWSWIRE"
    "|BUSINESS WIRE|Business Wire|BUSINESSWIRE|BusinessWire|ACCESSWIRE|Accesswire|PRWEB|PRWeb|Newsfile|NEWSFILE"
    "|EINPresswire|EIN Presswire|EIN PRESSWIRE|EIN News|Marketwired|MARKETWIRED|Marketwire|CNW|AB Digital|COMTEX"
    "|PRESSWIRE|Presswire|NewMediaWire|InvestorsHub NewsWire|Xinhua|XINHUA|HealthDay|Reuters|REUTERS|Thomson Reuters"
    "|Bloomberg|AP|Associated Press|The Associated Press|AFP|UPI|CNN|IANS|ANI|PTI|TASS|Kyodo|Yonhap|ANSA|EFE|Bernama"
    "|BERNAMA|The Canadian Press|CP|AAP|dpa|DPA|dpa-AFX|ots|OTS|epd|KNA|APA|sda|SDA|SID|rtr|pte|idw|ddp"
)
_SERVICE: Final = re.compile(
    rf"(?:^|[(/\[]) ?(?:{_SERVICES})(?![A-Za-z0-9])[^()/\[\]]{{0,24}}"
    rf"(?:(?:/[a-zA-Z]{{2,4}})?[)\]]|(?P<slash>/)(?: ?{_DATE} ?/)?)(?P<dash> ?(?:--?|[–—]))? {{0,3}}"
)
_RELEASE: Final = re.compile(
    r"[(/\[] ?(?:PR ?Newswire|Globe ?Newswire|Business ?Wire|Accesswire|PRWeb|Newsfile|EIN ?Presswire|Marketwired?)\b",
    re.IGNORECASE,
)
_DASH: Final = re.compile(r" ?(?:--|—) ?| [–-] ")
# Every dateline has one of these in its first characters, most excerpts have none.
_HINT: Final = re.compile(r"--|[—/)\]]| [–-] ")
_WINDOW: Final = 140
_MOST_WORDS: Final = 14
_BEFORE_PLACE: Final = ("Business Wire ", "Press Release ", "PRESS RELEASE ")
_SMALL_WORDS: Final = frozenset({"and", "und", "of", "de", "la", "le", "del", "am", "an", "der", "im", "di", "do", "&"})
_NOT_PLACES: Final = _words(
    "A An And As At But By For From How If In It On Since Our That The These This To We What When Why With You"
)
# Regions after the comma of a place, in lower case without full stops.
_REGIONS: Final = _words(
    """
    al ak az ar ca co ct de fl ga hi ia id il in ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nv ny oh ok or
    pa ri sc sd tn tx ut va vt wa wi wv wy dc uk us usa uae on bc qc ab ns ala ariz ark calif colo conn del fla ill
    ind kan mass mich minn miss mont neb nev okla ore penn tenn tex vt wash wis wyo ont que alta alabama alaska
    arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa
    kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska
    nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming
    ontario quebec alberta england scotland wales ireland britain france germany deutschland austria österreich
    switzerland schweiz italy spain portugal netherlands belgium luxembourg denmark sweden norway finland iceland
    poland hungary romania bulgaria greece turkey ukraine russia estonia latvia lithuania israel egypt kenya nigeria
    ghana rwanda uganda india china japan korea taiwan singapore malaysia indonesia thailand vietnam philippines
    pakistan bangladesh australia canada mexico brazil argentina chile colombia peru qatar
    """
) | {
    "new jersey", "new york", "new mexico", "new hampshire", "north carolina", "south carolina", "north dakota",
    "south dakota", "rhode island", "west virginia", "district of columbia", "british columbia", "nova scotia",
    "united kingdom", "united states", "south africa", "south korea", "new zealand", "saudi arabia", "hong kong",
    "united arab emirates", "czech republic", "northern ireland", "sri lanka", "costa rica", "the netherlands",
}  # fmt: skip
# Cities that news services name without a region, in lower case.
_CITIES: Final = _words(
    """
    amsterdam ankara athens atlanta auckland austin baltimore bangalore bangkok barcelona basel beijing bengaluru
    berlin bern bogota bologna bonn boston bremen brisbane brussels bucharest budapest cairo calgary cambridge
    canberra chennai chicago cincinnati cleveland cologne copenhagen dallas delhi denver detroit doha dortmund
    dresden dubai dublin düsseldorf edinburgh erlangen essen florence frankfurt freiburg geneva genf gothenburg
    göttingen hamburg hannover heidelberg helsinki hongkong honolulu houston hyderabad indianapolis islamabad
    istanbul jakarta jena jerusalem johannesburg karlsruhe kiel kiev köln kyiv kyoto lagos lausanne leipzig lisbon
    liverpool london lyon madrid magdeburg mainz manchester mannheim manila marburg marseille melbourne miami milan
    milwaukee minneapolis montreal moscow mumbai munich münchen münster nairobi nürnberg osaka oslo ottawa oxford
    paris philadelphia phoenix pittsburgh potsdam prague quebec redmond riyadh rome rostock rotterdam sacramento
    seattle seoul shanghai shenzhen singapore stockholm stuttgart sydney taipei tehran tokyo toronto tübingen turin
    ulm utrecht vancouver vienna warsaw washington wellington wien würzburg zurich zürich
    """
) | {
    "new york", "new york city", "new delhi", "los angeles", "san francisco", "san diego", "san antonio", "san jose",
    "las vegas", "new orleans", "salt lake city", "st. louis", "st louis", "hong kong", "tel aviv", "mexico city",
    "sao paulo", "são paulo", "rio de janeiro", "buenos aires", "kuala lumpur", "cape town", "abu dhabi", "the hague",
    "den haag", "frankfurt/main", "frankfurt am main", "halle/saale", "ho chi minh city", "silicon valley",
}  # fmt: skip


def summary(excerpt: str, length: int) -> str:
    """Returns the summary of an excerpt, of at most ``length`` characters, at least 1.

    A dateline at the start is removed. The summary ends with the last whole sentence that fits, else at a word with an
    ellipsis. An unfinished last sentence is removed if a whole sentence of reasonable length remains. An ellipsis at
    the end of an excerpt always means that it was cut.

    Except for the ellipsis, the summary is a part of the excerpt. The function is idempotent, and a summary is empty
    only if the excerpt is.
    """
    text = excerpt.strip()
    if not text:
        return excerpt[:length]
    # The first pass cuts the text to the length. Each later one makes it shorter or adds the ellipsis, so they end.
    while (shown := _pass(text, length)) != text:
        text = shown
    return text


def is_whole(excerpt: str) -> bool:
    """Returns whether an excerpt begins and ends with a whole sentence. A small letter or an ellipsis begins none."""
    text = excerpt.strip()
    if text[:1].islower() or text.startswith(("…", "...")):
        return False
    return _ends_whole(text) and not _ends_with_link(text, len(text))


def is_release(excerpt: str) -> bool:
    """Returns whether an excerpt has the mark of a service that distributes press releases, such as /PRNewswire/."""
    return _RELEASE.search(excerpt) is not None


def _pass(text: str, length: int) -> str:
    text = _without_datelines(text)
    if len(text) > length:
        end = _last_end(text, length)
        return text[:end] if _is_enough(text, end, length) else _cut(text, length)
    if _ends_whole(text) and not _ends_with_link(text, len(text)):
        return text
    size = _size_without_tail(text)
    return _without_unfinished(text[:size], text[size:], length) if size else text


def _without_unfinished(text: str, tail: str, length: int) -> str:
    """Returns a text without its unfinished last sentence or word; ``tail`` is what the feed has put after it."""
    if _ends_whole(text):
        return text
    end = _last_end(text, len(text))
    if _is_enough(text, end, length):
        return text[:end]
    if not tail and not end and len(text) <= _HEADLINE:
        return text
    if _may_be_partial(text, tail) and (cut := text.rfind(" ")) > 0:
        text = text[:cut]
    return _cut(text + "…", length)


def _cut(text: str, length: int) -> str:
    # No mark may be left before the ellipsis, where it would look like the end of a sentence.
    return shorten(text, length)[:-1].rstrip(" ,;:-–—" + _MARKS) + "…"


def _is_enough(text: str, end: int, length: int) -> bool:
    """Returns whether a text up to a sentence end is long enough for a summary."""
    least = min(_SHORTEST, length // 2)
    # A character of Chinese or Japanese says more than a letter.
    return end > 0 and end >= (least // 2 if text[end - 1] in _UNSPACED else least)


def _may_be_partial(finished: str, tail: str) -> bool:
    """Returns whether the last word may be cut. Feeds that put a space before the ellipsis cut between words."""
    return finished[-1].isalnum() and (not tail or tail.startswith("..") or tail[1:2].isalpha() or "chars]" in tail)


def _size_without_tail(text: str) -> int:
    """Returns the size of a text without ellipses, link texts and loose punctuation at its end."""
    size = len(text)
    while size:
        if text[size - 1] in _LOOSE:
            size -= 1
        elif text.endswith("..", 0, size):
            while size and text[size - 1] == ".":
                size -= 1
        elif gap := next((one for one in _GAPS if text.endswith(one, 0, size)), ""):
            size -= len(gap)
        elif link := _link_text(text, size):
            size -= link
        elif text[size - 1] == "]" and (count := _COUNT.search(text[max(0, size - 18) : size])):
            size -= len(count[0])
        else:
            break
    return size


def _link_text(text: str, size: int) -> int:
    """Returns the number of characters of a link text that ends at ``size``, with the sign after it."""
    end = size
    while end and size - end < 3 and text[end - 1] in "»›>.":  # noqa: PLR2004
        end -= 1
    while end and size - end < 4 and text[end - 1] == " ":  # noqa: PLR2004
        end -= 1
    if text.endswith(_LINK_TEXTS, 0, end):
        found = next(one for one in _LINK_TEXTS if text.endswith(one, 0, end))
        if len(found) == end or not text[end - len(found) - 1].isalnum():
            return size - end + len(found)
    return 0


def _ends_with_link(text: str, end: int) -> bool:
    return text.endswith(_LINK_SENTENCES, 0, end) and _link_text(text, end) > 0


def _ends_whole(text: str) -> bool:
    if text[-1:].isalnum():
        return False
    stop = len(text.rstrip(_CLOSING))
    if not stop or text[stop - 1] not in _MARKS:
        return False
    start = stop - 1
    while start and text[start - 1] in _MARKS:
        start -= 1
    return _is_end(text, start, stop, len(text))


def _last_end(text: str, limit: int) -> int:
    """Returns where the last whole sentence within ``limit`` ends; 0 if there is none."""
    for found in reversed(list(_END.finditer(text, 0, limit))):
        end = found.end()
        if end == limit < len(text) and (text[end] in _MARKS or text[end] in _CLOSING):
            continue
        start = found.start()
        stop = end
        while text[stop - 1] in _CLOSING:
            stop -= 1
        if _is_end(text, start, stop, end) and not _ends_with_link(text, end):
            return end
    return 0


def _is_end(text: str, start: int, stop: int, end: int) -> bool:
    """Returns whether a sentence ends at marks, from ``start`` to ``stop``, with closing signs up to ``end``."""
    mark = text[stop - 1]
    if mark in _UNSPACED:
        return True
    if mark == "…" or text.endswith("..", start, stop):
        return False
    following = ""
    if end < len(text):
        if not text[end].isspace():
            return False
        following = text[end + 1 : end + _LOOK_AHEAD].lstrip(_OPENING)
        if following[:1].islower():
            return False
    return mark != "." or stop - start > 1 or _may_end_after(text, start, following, is_last=end == len(text))


def _may_end_after(text: str, start: int, following: str, *, is_last: bool) -> bool:
    """Returns whether a sentence may end with the word before the full stop at ``start``."""
    before = text[max(0, start - _LOOK_BACK) : start].rsplit(None, 2)
    word = before[-1].lstrip(_OPENING) if before and not text[start - 1].isspace() else ""
    if not word:
        return start > 0
    previous = before[-2] if len(before) > 1 else ""
    if word == "No":
        return not following[:1].isdigit() and not (is_last and previous)
    if is_last and word[0] in "$€£¥" and word[1:].isdigit():
        return False  # cut before the decimals
    low = word.lower()
    if low in _NEVER_LAST or _is_initial(word, previous) or _is_list_number(word, previous):
        return False
    if low in _SELDOM_LAST or _is_short(word):
        return is_last or following.split(" ", 1)[0] in _FIRST_WORDS
    return True


def _is_initial(word: str, previous: str) -> bool:
    # The letter of "hepatitis B" is none.
    return len(word) == 1 and word.isalpha() and (not previous or previous[-1] == "." or previous[0].isupper())


def _is_list_number(word: str, previous: str) -> bool:
    return len(word) < 3 and word.isdigit() and (not previous or previous[-1] == ":")  # noqa: PLR2004


def _is_short(word: str) -> bool:
    """Returns whether a word is a letter, an ordinal or an abbreviation such as ``U.S`` or ``Ph.D``."""
    if "." in word:
        return all(part.isalpha() and len(part) < 4 for part in word.split("."))  # noqa: PLR2004
    return len(word) == 1 or (len(word) < 3 and word.isdigit())  # noqa: PLR2004


def _without_datelines(text: str) -> str:
    at = 0
    while _HINT.search(text, at, at + _WINDOW) and (found := _dateline(text[at : at + _WINDOW])):
        if at + found >= len(text):
            break
        at += found
    return text[at:].lstrip() if at else text


def _dateline(window: str) -> int:
    """Returns the size of the dateline with which a text begins, or 0."""
    if (service := _SERVICE.search(window)) and service.end() < len(window):
        place, date = _split_date(window[: service.start()])
        is_marked = service["slash"] or service["dash"]
        if not place or (_is_place(place) and (is_marked or date or "," in place)):
            # Without a slash or dash, a name in brackets belongs to the text: "(AP) ..." may be any abbreviation.
            return service.end() if is_marked or date or place else 0
    dash = _DASH.search(window)
    if not dash or dash.end() == len(window) or not _begins_sentence(window[dash.end()]):
        return 0
    head = window[: dash.start()]
    place, date = _split_date(head)
    if not place:
        return dash.end() if date else 0
    if not _is_place(place):
        return 0
    if date or _is_known(place) or _DATE_AND_DASH.match(window, dash.end()):
        return dash.end()
    return 0


def _begins_sentence(character: str) -> bool:
    return character.isupper() or character.isdigit() or character in "\"'“„‘«»$€£#@"


def _split_date(head: str) -> tuple[str, str]:
    """Returns the place and the date of a dateline."""
    head = head.strip(" ,;-–—/")
    for words in _BEFORE_PLACE:
        head = head.removeprefix(words)
    date = _DATE_AT_END.search(head)
    return (head[: date.start()].rstrip(" ,;-–—/"), date[0]) if date else (head, "")


def _is_place(text: str) -> bool:
    """Returns whether a text may be a place: a few words with capitals, of which the first is not a common one."""
    words = text.split()
    return (
        0 < len(words) <= _MOST_WORDS
        and words[0] not in _NOT_PLACES
        and not any(sign in text for sign in ':;!?"“”()')
        and all(word[0].isupper() or word in _SMALL_WORDS for word in words)
    )


def _is_known(place: str) -> bool:
    names = place.lower()
    _, comma, region = place.rpartition(",")
    region = region.replace(".", "").strip().removeprefix("and ")
    if comma and region.lower() in _REGIONS and (len(region) > 2 or region.isupper()):  # noqa: PLR2004
        return True
    return names in _CITIES or all(name.strip() in _CITIES for name in re.split(r",| and | und | & ", names))
