"""A language tag (BCP 47) in the forms that others ask for."""

# Where a language has the letters of its country, and what Open Graph itself takes English for.
_COUNTRIES = {"en": "US", "de": "DE", "es": "ES", "fr": "FR", "it": "IT", "nl": "NL", "pl": "PL", "pt": "PT"}
_COUNTRY = 2
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})


def open_graph(tag: str) -> str:
    """Language and country: ``en_US``; nothing where the country is not known."""
    language, *rest = tag.split("-")
    country = next((part for part in rest if len(part) == _COUNTRY and part.isalpha()), _COUNTRIES.get(language, ""))
    return f"{language}_{country.upper()}" if country else ""


def news_sitemap(tag: str) -> str:
    """The language alone, but for Chinese with the country whose script it is: ``zh-cn`` or ``zh-tw``."""
    language, *rest = tag.lower().split("-")
    if language != "zh":
        return language
    return "zh-cn" if _TRADITIONAL.isdisjoint(rest) else "zh-tw"
