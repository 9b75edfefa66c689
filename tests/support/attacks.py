"""What documents try that want to be more than documents. Data only; ``test_security`` runs it through every sink.

An attack that executes calls ``__pwned``.
"""

CANARY = "S3cr3tCanary"
"""Stands in ``secured``; it may turn up nowhere. Base64 by its letters."""

TEXTS = {
    "script": "</script><script>__pwned(1)</script>",
    "double-quote": '"><img src=x onerror=__pwned(1)> x="',
    "single-quote": "' onmouseover='__pwned(1)' autofocus onfocus='__pwned(1)",
    "backtick": "`${__pwned(1)}` onpointerenter=__pwned(1) style=animation-name:x",
    "raw-text": "</title></textarea></option></select></template></noscript></style><svg onload=__pwned(1)>",
    "comment": "--!><!--> --> <!-- <script> ]]> <?php ?> <!doctype html>",
    "cdata": "]]></title></entry></item></channel></rss><entry><title>forged</title></entry><![CDATA[",
    "doctype": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "entities": "&lt;b onclick=__pwned(1)&gt; &amp;amp;lt;i&amp;amp;gt; AT&T &copy=1 &#0; &#x110000;",
    "svg": "<svg><a xlink:href='javascript:__pwned(1)'><animate attributeName=href to=javascript:x /></a></svg>",
    "math": "<math><mtext><table><mglyph><style><img title='</style><img src onerror=__pwned(1)>'>",
    "style": "</style><style>*{background:url(https://evil.example/x)}</style> expression(__pwned(1)) @import 'x'",
    "base": "<base href=https://evil.example/><meta http-equiv=refresh content='0;url=javascript:__pwned(1)'>",
    "form": "<form action=https://evil.example/><button formaction=javascript:__pwned(1)>Go</button>",
    "json": '"}],"@type":"Person","x":"\\u003c/script\\u003e\\" \\n \\\\',
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "controls": "nul\x00 bell\x07 delete\x7f back\x08\x08space \ufdd0 \U0001fffe\uffff",
    "terminal": "\x1b]8;;https://evil.example/\x1b\\a link\x1b]8;;\x1b\\ \x1b[2J\x1b]0;title\x07 \x9b31m",
    "bidi": "invoice \u202egpj.exe\u202c \u2066\u2067x\u2069\u2069 \u200fעברית\u200f",
    "invisible": "pass\u200bword\u2060 \ufeffx\u2063y \U000e0069\U000e0067\U000e006eore \u206ashaped \ue000",
    "template": "{{ 7*7 }} {{ page.__class__ }} {% include 'base.html' %} {# x #} ${7*7} <%= 7*7 %> {n} {0} %s",
    "markdown": "[x](javascript:__pwned(1)) <javascript:__pwned(1)> ![x](data:text/html,x) **b** `c` <u>u</u>",
    "traversal": "../../../../etc/passwd ..\\..\\x %2e%2e%2f C:\\x /etc/passwd",
    "address": "javascript:__pwned(1)",
    "emoji": "💡 medicine 👩🏽\u200d⚕️ e\u0301 \U0001d173",
}
"""One for each way out of a text."""

ADDRESSES = (
    "javascript:__pwned(1)",
    "JaVaScRiPt:__pwned(1)",
    "java\tscript:__pwned(1)",
    "java\nscript:__pwned(1)",
    "\x01javascript:__pwned(1)",
    " \u00a0javascript:__pwned(1)",
    "&#106;avascript:__pwned(1)",
    "&#x6A;avascript&colon;__pwned(1)",
    "&amp;#106;avascript:__pwned(1)",
    "java&Tab;script:__pwned(1)",
    "javascript://news.example.org/%0a__pwned(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>__pwned(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5fX3B3bmVkKDEpPC9zY3JpcHQ+",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='__pwned(1)'/>",
    "data:image/png;base64,AAAA",
    "blob:https://evil.example/1",
    "file:///etc/passwd",
    "ftp://evil.example/",
    "view-source:https://evil.example/",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "https://user:password@evil.example/",
    "https://news.example.org@evil.example/",
    "https://evil.example" + "/x" * 1_100,
    "https://ev<il>.example/",
    "https://evil.example:99999/",
    "https://",
    "../../x",
)
"""None of them may be an address on the site."""

NO_PICTURES = tuple(address for address in ADDRESSES if not address.startswith("//"))
"""None of them may be the address of a picture. One that lacks nothing but the scheme may."""

BREAKOUTS = (
    'https://e.example/"><script>__pwned(1)</script>',
    "https://e.example/'onerror='__pwned(1)'x='",
    "https://e.example/`onerror=__pwned(1)",
    "https://e.example/?a=</script><script>__pwned(1)</script>",
    'https://e.example/#"onload="__pwned(1)',
    "https://e.example/&quot;onload=&quot;__pwned(1)",
    "https://e.example/{{7*7}}{%x%}",
    "https://e.example/]]><x>",
    "https://e.example/');x:expression(__pwned(1))",
    "https://e.example/\u202egpj.exe \x1b[2J\u2028",
    "https://E.example\\@evil.example/..//../x",
)
"""Addresses that may be linked to, once what could leave an attribute is encoded."""

BODIES = (
    "<a href='https://e.org/' hreflang=x lang=x dir=rtl name=x>x</a> <img src='https://e.org/x.png' align=left alt=x>",
    "<script>__pwned(1)</script>",
    "<scr<script>ipt>__pwned(1)</scr</script>ipt>",
    "<img src=x onerror=__pwned(1)>",
    "<img src='https://e.org/x.png' srcset='javascript:__pwned(1)' style='x:y' id=main class=card>",
    "[x](javascript:__pwned(1))",
    "[x](java&#10;script:__pwned(1))",
    "[x](<java\tscript:__pwned(1)>)",
    "[x]: javascript:__pwned(1)\n\n[x] [y][x]",
    "[x][1]\n\n[1]: <data:text/html,x> 'title\" onclick=\"__pwned(1)'",
    "<javascript:__pwned(1)> <vbscript:x> <data:text/html,x>",
    '![x](javascript:__pwned(1)) ![x](data:image/svg+xml,x) ![" onerror=__pwned(1)](https://e.org/x.png)',
    "<a href='java&#115;cript:__pwned(1)' target=_blank ping=https://evil.example/>x</a>",
    "<iframe src='https://evil.example/'></iframe><object data=x></object><embed src=x><frameset>",
    "<style>*{display:none}</style><link rel=stylesheet href=https://evil.example/>",
    "<p style='position:fixed;background:url(https://evil.example/)'>x</p>",
    "<svg><a xlink:href='javascript:__pwned(1)'>x</a></svg><svg/onload=__pwned(1)>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src onerror=__pwned(1)&gt;'>",
    "<form action='https://evil.example/'><input><button formaction=javascript:__pwned(1)>x</button></form>",
    "[x](//evil.example/) [y](/\\evil.example/) [z](\\\\evil.example)",
    "<a href='/&#9;/evil.example/'>x</a> <a href='&#10;//evil.example/'>x</a> <a href='/&#13;\\evil.example/'>x</a>",
    "<a href='data:text/html,x'>x</a><base href=https://evil.example/><meta http-equiv=refresh content=0>",
    "</div></main></body><script>__pwned(1)</script>",
    "<!-- --!><script>__pwned(1)</script> --> <![CDATA[<script>__pwned(1)</script>]]> <?x <script>__pwned(1)?>",
    '```"><script>__pwned(1)</script>\n</code></pre><script>__pwned(1)</script>\n```',
    "`</code><script>__pwned(1)</script>`\n\n    </pre><script>__pwned(1)</script>",
    '*[HTML]: "><script>__pwned(1)</script>\n\nHTML',
    "| a | b |\n|---|---|\n| <script>__pwned(1)</script> | <td onclick=__pwned(1)> |",
    "<template><script>__pwned(1)</script></template><noscript><p title='</noscript><img src onerror=__pwned(1)>'>",
    "{{ 7*7 }} {% include 'base.html' %}",
    "# main\n\n# <b id=search onclick=__pwned(1)>x\n\n[x](#main) [y](#search) <a href='#main'>z</a>",
    "# \"onclick=x\n\n<a href='#\"onclick=x'>z</a> [z](#%22onclick=x) [z](#onclickx)",
    "<p id=h-x class=task role=dialog>x</p> <ol id=fn-1 class='notes card'><li role=alert>x</ol>",
    'x[^a"onclick=x] y[^<b>] z[^a]\n\n[^a]: <script>__pwned(1)</script> <b id=fn-2>\n[^<b>]: [x](javascript:x)',
    "<img alt='\" src=\"https://evil.example/x.png'> <a title='\" href=\"https://evil.example/'>x</a>",
    "- [x] <script>__pwned(1)</script>\n- [ ] <img src=x onerror=__pwned(1)>",
    "| a |\n|:-:|\n| <b style='text-align:right' class=card>x |",
    '*[a]: "><script>__pwned(1)</script>" onclick=\'__pwned(1)\n\na',
    'javascript:__pwned(1) https://e.org/"onclick=__pwned(1) www.e.org/\'><script>__pwned(1)</script> a"@e.org http://evil.example@e.org/',
    "<b\n\n<script\n>__pwned(1)</script\n>",
    "<img title='</b><script>__pwned(1)</script>' src=https://e.org/x.png><b a=\">\">",
    "<script><!--<script></script>--><b>x\n\n<style><!--</style><img src=x onerror=__pwned(1)>--></style>",
    "<details open ontoggle=__pwned(1)><summary>x</summary></details><video><source onerror=__pwned(1)></video>",
    "\x02klzzwxh:0000\x03 \x1b[31m \u202e &#0; &#27; &#x202e;",
)
"""Markdown of which nothing active may be left."""

EMBEDS = (
    "<script>__pwned(1)</script>",
    "<iframe src='javascript:__pwned(1)'></iframe>",
    "<iframe src='https://evil.example/youtube.com/embed/x'></iframe>",
    "<iframe src='https://youtube.com@evil.example/embed/x'></iframe>",
    "<iframe src='https://youtube.com.evil.example/embed/x'></iframe>",
    "<iframe srcdoc='<script>__pwned(1)</script>'></iframe>",
    "<iframe src='data:text/html,<script>__pwned(1)</script>'></iframe>",
)
"""HTML of videos that are none."""

VIDEOS = (
    "<iframe src='https://www.youtube.com/embed/x\"><script>__pwned(1)</script>' onload=__pwned(1)></iframe>",
    "<iframe src='https://youtu.be/%22onmouseover=__pwned(1)'></iframe><script>__pwned(1)</script>",
    "<iframe src='https://player.vimeo.com/video/1?x=\"><script>__pwned(1)</script>'></iframe>",
    "<iframe src='https://www.youtube.com/embed/videoseries?list=%22%3E%3Cscript%3E__pwned(1)%3C/script%3E'></iframe>",
)
"""HTML of videos of known hosts, of which the address alone may be left."""

YAML = {
    "object": "title: !!python/object/apply:os.system ['touch pwned']",
    "name": "title: !!python/name:os.system",
    "new": "title: !!python/object/new:type [x, !!python/tuple [], {}]",
    "module": "a: !!python/module:this x",
    "include": "title: !include /etc/passwd",
    "binary": "title: !!binary aGk=",
    "merge": "a: &a {title: x}\n<<: *a",
    "alias-bomb": "\n".join(
        ["a: &a [x, x, x, x, x, x, x, x, x]"]
        + [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(9)]
    ),
    "self": "a: &a [*a]",
    "huge-integer": "quality: " + "9" * 100_000,
    "huge-float": "quality: 1e999999",
    "not-a-number": "heat: .nan",
    "infinite": "heat: -.inf",
    "octal": "quality: 0o" + "7" * 50_000,
    "huge-year": "publishedDateTime: 99999-01-01T00:00:00Z",
    "first-year": "publishedDateTime: 0001-01-01T00:00:00+14:00",
    "last-year": "publishedDateTime: 9999-12-31T23:59:59-14:00",
    "huge-zone": "publishedDateTime: 2025-01-01T00:00:00+99:99",
    "digits": "publishedDateTime: '２０２５-01-01T00:00:00Z'",
    "surrogate": 'title: "\\ud800"',
    "nul-key": '"\\0": x',
    "list-key": "? [a, b]\n: x",
    "directive": "%YAML 9.9\ntitle: x",
    "documents": "title: x\n...\ntitle: y",
    "deep": "a: " + "[" * 20_000,
    "wide": "a: [" + "x," * 20_000 + "]",
}
"""Front matter that is more than data, or too much of it. Each is the whole of a document's front matter."""

SLUGS = (
    "../../pwned",
    "..",
    "/etc/passwd",
    "a/../../b",
    "a\\b",
    "%2e%2e%2f",
    "a\x00",
    "a b",
    "con:",
    ".",
    "-",
    "a" * 200,
)
"""What could lead out of the folder."""

DOMAINS = (
    "../../pwned",
    "e.org/../../x",
    "e.org:80/x",
    "..",
    "a b",
    "e.org\\..",
    "<e>.org",
    "e.org?x",
    "e.org#x",
    "\u202ee.org",
)
"""The same in ``provider.domain``."""

ALIASES = (
    "../../pwned/",
    "/../../pwned/",
    "/a/%2e%2e/%2e%2e/pwned/",
    "/a%2f..%2f..%2fpwned/",
    "//evil.example/",
    "/\\evil.example/",
    "/%5c%5cevil.example/",
    "https://evil.example/",
    "javascript:__pwned(1)",
    "/.digest/",
    "/a%00/",
    "/%1b[2J/",
    "/%0d%0aSet-Cookie:%20a=b/",
    "/\u202ecod/",
    '/"><script>__pwned(1)<\u002fscript>/',
    "/* /evil 301",
    "/%ff/",
    "/x?y",
    "/x#y",
    "/pwned.php",
    "/C:/x/",
    "/" + "a" * 300 + "/",
)
"""Former addresses that are none."""

STUDIES = (
    '10.1000/"><script>__pwned(1)</script>',
    "10.1000/'onerror='__pwned(1)'x='",
    "10.1000/`onerror=__pwned(1)",
    "10.1000/</script><script>__pwned(1)</script>",
    "10.1000/{{7*7}}{%x%}]]><x>",
    "10.1000//evil.example/x",
    "10.1000/\\..\\..\\@evil.example",
    "10.1000/x?y#z",
    "10.1000/%2e%2e/x",
    "https://doi.org/10.1000/%22onload=%22__pwned(1)",
    "10.1000/&quot;onfocus=&quot;__pwned(1)",
)
"""Identifiers of studies with characters that have a meaning elsewhere."""

NO_STUDIES = (
    "10.1000/../x",
    "10.1000/a/./x",
    "10.1000/a/..",
    "https://doi.org/10.1000/%2e%2e/x",
    "https://doi.org/10.1000/x%0d%0aSet-Cookie:a=b",
    "https://doi.org@evil.example/10.1000/x",
    "https://doi.org.evil.example/10.1000/x",
    "https://evil.example/?https://doi.org/10.1000/x",
    "javascript:10.1000/x",
    "PMID 1 <script>__pwned(1)</script>",
    "https://pubmed.ncbi.nlm.nih.gov/../1/",
    "https://clinicaltrials.gov/study/NCT01234567/../../x",
    "ISRCTN12345678@evil.example",
)
"""Identifiers of studies that are none."""
