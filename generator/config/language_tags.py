"""Converts the language tag of a site (BCP 47) into the forms that other formats require."""

# The country that Open Graph expects for a language whose tag names none.
_COUNTRIES = {"en": "US", "de": "DE", "es": "ES", "fr": "FR", "it": "IT", "nl": "NL", "pl": "PL", "pt": "PT"}
_COUNTRY_LENGTH = 2
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def open_graph(tag: str) -> str:
    """Returns language and country for Open Graph, like ``en_US``, or ``""`` if the country is unknown."""
    language, *subtags = tag.split("-")
    default = _COUNTRIES.get(language, "")
    country = next((part for part in subtags if len(part) == _COUNTRY_LENGTH and part.isalpha()), default)
    return f"{language}_{country.upper()}" if country else ""


def news_sitemap(tag: str) -> str:
    """Returns the language for a news sitemap: ``de``, but ``zh-cn`` or ``zh-tw`` for Chinese, by its script."""
    language, *subtags = tag.lower().split("-")
    if language != "zh":
        return language
    return "zh-cn" if _TRADITIONAL.isdisjoint(subtags) else "zh-tw"
