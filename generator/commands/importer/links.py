"""Rewrites the links in the body of an imported post."""

import re
from collections.abc import Callable

CODE = (
    r"(?P<code>^(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?^(?P=fence)|.*)"
    r"|(?P<ticks>`+)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=ticks)(?!`))"
)
_LINK = re.compile(
    CODE
    + r"""|(?P<before>\]\([ \t]*<)(?P<angled>[^<>\n]+)(?=>)
    |(?P<open>\]\([ \t]*)(?P<target>[^\s<>)]+)
    |(?P<definition>^[ ]{0,3}\[[^\]\n]+\]:[ \t]*)(?P<defined>[^\s<>]+)
    |(?P<attribute>\b(?:href|src)[ \t]*=[ \t]*")(?P<double>[^"\n]*)
    |(?P<attribute2>\b(?:href|src)[ \t]*=[ \t]*')(?P<single>[^'\n]*)""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_TARGETS = (("before", "angled"), ("open", "target"), ("definition", "defined"), ("attribute", "double"),
            ("attribute2", "single"))  # fmt: skip


def rewrite(body: str, resolve: Callable[[str, int], str]) -> str:
    """Returns a body with another target for each link and picture, except in code.

    ``resolve`` returns it, given the target as written and its line in the body, from 0.
    """

    def replaced(match: re.Match[str]) -> str:
        for before, target in _TARGETS:
            if match[target]:
                return match[before] + resolve(match[target], body.count("\n", 0, match.start(target)))
        return match[0]

    return _LINK.sub(replaced, body)
