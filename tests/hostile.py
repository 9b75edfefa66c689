"""Texts that try to be more than text, and what each is once a document is read."""

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!-- <script> ]]> -->",
    "&lt;b&gt; &amp;amp; AT&T",
    "\"quotes\" 'and' `more`",
    "a\u2028b\u2029c",
    "nul\x00 bell\x07 escape\x1b[31m",
    "💡 medicine 👩🏽\u200d⚕️",
    "\u200fעברית\u200f and \u202eoverride",
    "{{ 7 * 7 }} {% raw %} ${x}",
    "back\\slash \\u003c \\n",
)
"""One for each way out of a text that some format has."""
