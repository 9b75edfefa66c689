"""`digest import`: a site of Jekyll, Hugo or Pelican becomes documents that build, at addresses that still answer."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml_rs
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.importer import importer, links
from generator.commands.importer.command import import_command
from tests.support.making import NOW, SiteFolder, run

SETTINGS = {"title": "Test Digest", "base_url": "https://digest.example/", "search": False, "timezone": "Europe/Berlin"}
JEKYLL = {
    "_config.yml": """\
title: Ward Notes
url: https://ward.example
baseurl: /notes
timezone: America/New_York
plugins:
  - jekyll-redirect-from
""",
    "_posts/2024-05-01-Model-reads-films.md": """\
---
layout: post
title: "Model reads films: a trial"
tags: radiology ai
categories: [News]
redirect_from:
  - /films/
author: The Ward
image: /assets/films.png
---
The first paragraph, with *emphasis*.

See [it]({{ site.baseurl }}{% post_url 2024-05-02-ecg %}#method) and [again]({% link _posts/2024-05-02-ecg.md %}).

[By its address](/notes/2024/05/02/ecg.html), [in full](http://ward.example/notes/2024/05/02/ecg.html "Title"),
[the about page](/notes/about/), [elsewhere](https://news.example/x), ![one]({{ "/assets/a.png" | relative_url }}).

<a href="/notes/2024/05/02/ecg.html">HTML</a> and [a reference][second].

[second]: /notes/2024/05/02/ecg.html

{% highlight python %}
link = "[x](/notes/2024/05/02/ecg.html)"
{% endhighlight %}

{% raw %}Braces: {{ kept }}{% endraw %}

{% include note.html %}
""",
    "_posts/2024-05-02-ecg.md": """\
---
title: ECG
date: 2024-05-02 23:30:00 -0400
link: https://heart.example/ecg
source: Heart Centre News
description: "A trace in ten."
---
Back to [films]({% post_url 2024-05-01-Model-reads-films %}), and to [nothing]({% post_url 2020-01-01-gone %}).
""",
    "radiology/_posts/2024-05-03-scan.md": "---\ntitle: Scan\npermalink: /scans/:year/:slug/\n---\nText.\n",
    "_drafts/idea.md": "---\ntitle: Idea\ndate: 2024-06-01\n---\nText.\n",
    "about.md": "---\ntitle: About\n---\nText.\n",
}
HUGO = {
    "hugo.toml": """\
baseURL = "https://lab.example/"
title = "Lab Diary"
timeZone = "Europe/London"
[permalinks]
notes = "/:year/:month/:slug/"
""",
    "content/_index.md": "---\ntitle: Home\n---\n",
    "content/about.md": "---\ntitle: About\n---\nText.\n",
    "content/posts/first.md": """\
+++
title = "First"
date = 2024-05-01T10:00:00+01:00
tags = ["AI"]
categories = ["Devices"]
aliases = ["/2023/first/", "old-first"]
weight = 4
summary = "In short."
+++
See [the second]({{< ref "second" >}}), [a note]({{< relref "/notes/model.md#part" >}}) and [the file](second/index.md).

{{< figure src="trace.png" alt="A trace" >}}

{{< highlight go >}}
x := 1
{{< /highlight >}}

Written {{</* ref "x" */>}}.

{{< note >}}
Text
{{< /note >}}
""",
    "content/posts/second/index.md": """\
---
title: Second
date: 2024-05-02
draft: false
cover:
  image: cover.png
params:
  link: https://heart.example/second
---
![beside](plot.png), [first](/posts/first/) and [first]({{< ref "../first" >}}).
""",
    "content/notes/model.md": '{"title": "A Model", "date": "2024-05-03T12:00:00", "slug": "the-model"}\n\nText.\n',
    "content/posts/moved.md": "---\ntitle: Moved\ndate: 2024-05-04\nurl: /elsewhere/page.html\n---\nText.\n",
}
PELICAN = {
    "pelicanconf.py": """\
import os
SITENAME = "Clinic Weekly"
SITEURL = ""
TIMEZONE = "Europe/Paris"
PATH = "content"
PLUGINS = [os.path.join("a", "b")]
""",
    "publishconf.py": 'SITEURL = "https://clinic.example"\n',
    "content/pages/about.md": "Title: About\n\nText.\n",
    "content/news/first.md": """\
Title: First: the trial
Date: 2024-05-01 10:20
Tags: machine learning, Radiology
Category: News
Authors: The Clinic
Summary: One line
    and another.

See [the second]({filename}second.md), [a draft]({filename}/third.md#part), [a tag]({tag}ai)
and ![a picture]({static}/images/a.png).

| a | author | b |
|---|--------|---|
| 1 | 2      | 3 |
""",
    "content/news/second.md": """\
Title: Second
Date: 2024-05-02
Slug: Second_One
Link: https://heart.example/second
Source: Heart Centre News

Back to [first](|filename|first.md).
""",
    "content/third.md": "---\nTitle: Third\nDate: 2024-05-03\nSave_as: x/third.html\nStatus: draft\n---\n\nText.\n",
}
SITES: Mapping[str, Mapping[str, str]] = {"jekyll": JEKYLL, "hugo": HUGO, "pelican": PELICAN}


@pytest.fixture
def site(tmp_path: Path) -> SiteFolder:
    """Returns an empty site folder with a time zone other than UTC."""
    return SiteFolder(tmp_path / "site", SETTINGS)


def import_site(
    site: SiteFolder, program: str, files: Mapping[str, str] | None = None, *more: str
) -> tuple[int, str, str]:
    """Writes a site of another program, runs `digest import`, and returns exit code, stdout and stderr."""
    for name, text in (SITES[program] if files is None else files).items():
        site.write(f"old/{name}", text)
    return run(
        "import", str(site.root / "old"), "--from", program, "--into", str(site.root / "seeds"),
        "--config", str(site.root / "site.toml"), *more,
    )  # fmt: skip


def values(site: SiteFolder, name: str) -> dict[str, Any]:
    """Returns the front matter of an imported document."""
    text = (site.root / "seeds" / name).read_text(encoding="utf-8")
    loaded = yaml_rs.loads(text.split("---\n")[1], parse_datetime=False)
    assert isinstance(loaded, dict)
    return loaded


def body(site: SiteFolder, name: str) -> str:
    return (site.root / "seeds" / name).read_text(encoding="utf-8").split("---\n", 2)[2]


def names(site: SiteFolder) -> list[str]:
    return sorted(path.name for path in (site.root / "seeds").iterdir())


def places(stderr: str) -> list[str]:
    """Returns what was reported, without the folder: `posts/a.md:3:1: code: message`."""
    return re.findall(r"/old/(\S+:\d+:\d+: .*?) \(", stderr)


@pytest.mark.parametrize("program", SITES)
def test_what_is_imported_passes_a_check_and_builds(site: SiteFolder, program: str) -> None:
    code, _, stderr = import_site(site, program)
    assert code == 0, stderr
    folders = ("--source", str(site.root / "seeds"), "--config", str(site.root / "site.toml"), "--jobs", "1")
    code, stdout, _ = run("check", *folders, "--now", NOW, "--format", "json")
    found = json.loads(stdout)["problems"]
    assert code == 0, found
    codes = {one["code"] for one in found}
    assert codes <= {"missing-image", "missing-image-size", "invalid-link", "near-duplicate", "unknown-source"}
    assert site.build().code == 0
    for name in names(site):
        document = values(site, name)
        page = site.output / name[:10].replace("-", "/") / name[11:-3] / "index.html"
        assert page.is_file() is not document.get("draft", False)
        for alias in () if document.get("draft") else document["aliases"]:
            file = site.output / (alias[1:] if alias.endswith(".html") else f"{alias[1:]}index.html")
            assert f"/{name[:10].replace('-', '/')}/{name[11:-3]}/" in file.read_text(encoding="utf-8")


def test_every_program_has_a_site_here_and_an_option() -> None:
    (program,) = (option for option in import_command.params if option.name == "program")
    assert set(SITES) == set(importer.PROGRAMS)
    assert set(program.type.choices) == set(importer.PROGRAMS)  # type: ignore[attr-defined]


def test_jekyll(site: SiteFolder) -> None:
    _, stdout, stderr = import_site(site, "jekyll")
    assert stdout.startswith("4 documents in ")
    assert names(site) == [
        "2024-05-01-model-reads-films.md", "2024-05-03-ecg.md", "2024-05-03-scan.md", "2024-06-01-idea.md",
    ]  # fmt: skip
    assert values(site, "2024-05-01-model-reads-films.md") == {
        "title": "Model reads films: a trial",
        "excerpt": "The first paragraph, with emphasis.",
        "publishedDateTime": "2024-05-01T00:00:00Z",
        "webUrl": "https://ward.example/notes/news/2024/05/01/Model-reads-films.html",
        "provider": {"name": "Ward Notes"},
        "topics": ["radiology", "ai", "News"],
        "images": [{"url": "https://ward.example/notes/assets/films.png"}],
        "aliases": ["/news/2024/05/01/Model-reads-films.html", "/films/"],
    }
    ecg = values(site, "2024-05-03-ecg.md")
    assert ecg["publishedDateTime"] == "2024-05-02T23:30:00-04:00"
    assert (ecg["webUrl"], ecg["provider"]) == ("https://heart.example/ecg", {"name": "Heart Centre News"})
    assert ecg["aliases"] == ["/2024/05/02/ecg.html"]
    assert values(site, "2024-05-03-scan.md")["aliases"] == ["/scans/2024/scan/"]
    assert values(site, "2024-06-01-idea.md")["draft"] is True
    films = body(site, "2024-05-01-model-reads-films.md")
    assert films.count("(/2024/05/03/ecg/)") == 2
    for text in (
        "[it](/2024/05/03/ecg/#method)", '[in full](/2024/05/03/ecg/ "Title")', "https://ward.example/notes/about/",
        "(https://news.example/x)", "![one](https://ward.example/notes/assets/a.png)", '<a href="/2024/05/03/ecg/">',
        "[second]: /2024/05/03/ecg/\n",
        '```python\nlink = "[x](/notes/2024/05/02/ecg.html)"\n```', "Braces: {{ kept }}\n",
        "{% include note.html %}",
    ):  # fmt: skip
        assert text in films
    assert "Back to [films](/2024/05/01/model-reads-films/)" in body(site, "2024-05-03-ecg.md")
    films = "_posts/2024-05-01-Model-reads-films.md"
    assert places(stderr) == [
        f"{films}:8:1: unknown-key: the field author is not imported",
        f"{films}:16:1: not-imported: the link to /notes/about/ leads to https://ward.example/notes/about/",
        f"{films}:16:1: not-imported: the link to /notes/assets/a.png leads to https://ward.example/notes/assets/a.png",
        f"{films}:28:1: not-imported: the tag include of Liquid is left in the text",
        "_posts/2024-05-02-ecg.md:8:1: not-imported: the tag post_url of Liquid is left in the text",
    ]


def test_hugo(site: SiteFolder) -> None:
    _, _, stderr = import_site(site, "hugo")
    assert names(site) == [
        "2024-05-01-first.md", "2024-05-02-second.md", "2024-05-03-the-model.md", "2024-05-04-moved.md",
    ]  # fmt: skip
    first = values(site, "2024-05-01-first.md")
    assert first["aliases"] == ["/posts/first/", "/2023/first/", "/posts/old-first/"]
    assert (first["topics"], first["excerpt"]) == (["AI", "Devices"], "In short.")
    assert first["webUrl"] == "https://lab.example/posts/first/"
    second = values(site, "2024-05-02-second.md")
    assert second["webUrl"] == "https://heart.example/second"
    assert second["images"] == [{"url": "https://lab.example/posts/second/cover.png"}]
    model = values(site, "2024-05-03-the-model.md")
    assert (model["aliases"], model["publishedDateTime"]) == (["/2024/05/the-model/"], "2024-05-03T12:00:00+01:00")
    assert values(site, "2024-05-04-moved.md")["aliases"] == ["/elsewhere/page.html"]
    text = body(site, "2024-05-01-first.md")
    for part in (
        "[the second](/2024/05/02/second/)", "[a note](/2024/05/03/the-model/#part)", "[the file](/2024/05/02/second/)",
        "![A trace](https://lab.example/posts/first/trace.png)", "```go\nx := 1\n```", 'Written {{< ref "x" >}}.',
    ):  # fmt: skip
        assert part in text
    assert body(site, "2024-05-02-second.md").count("[first](/2024/05/01/first/)") == 2
    left = "not-imported: the link to"
    assert [place.partition(": ")[::2] for place in places(stderr)] == [
        ("content/about.md:1:1", "not-imported: has no date, so it is not imported"),
        ("content/posts/first.md:7:1", "unknown-key: the field weight is not imported"),
        ("content/posts/first.md:12:1", f"{left} trace.png leads to https://lab.example/posts/first/trace.png"),
        ("content/posts/first.md:20:1", "not-imported: the shortcode note is left in the text"),
        ("content/posts/second/index.md:10:1", f"{left} plot.png leads to https://lab.example/posts/second/plot.png"),
    ]  # fmt: skip


def test_pelican(site: SiteFolder) -> None:
    _, _, stderr = import_site(site, "pelican")
    assert names(site) == ["2024-05-01-first-the-trial.md", "2024-05-02-second-one.md", "2024-05-03-third.md"]
    first = values(site, "2024-05-01-first-the-trial.md")
    assert first["publishedDateTime"] == "2024-05-01T10:20:00+02:00"
    assert first["topics"] == ["machine learning", "Radiology", "News"]
    assert first["aliases"] == ["/first-the-trial.html"]
    assert first["webUrl"] == "https://clinic.example/first-the-trial.html"
    assert first["excerpt"] == "One line and another."
    text = body(site, "2024-05-01-first-the-trial.md")
    for part in (
        "[the second](/2024/05/02/second-one/)", "[a draft](https://clinic.example/x/third.html#part)",
        "![a picture](https://clinic.example/images/a.png)", "| a | author | b |",
    ):  # fmt: skip
        assert part in text
    assert "[first](/2024/05/01/first-the-trial/)" in body(site, "2024-05-02-second-one.md")
    third = values(site, "2024-05-03-third.md")
    assert (third["draft"], third["aliases"]) == (True, ["/x/third.html"])
    assert "content/news/first.md:9:1: not-imported: the link to {tag}ai is left in the text" in places(stderr)


def test_nothing_is_overwritten(site: SiteFolder) -> None:
    site.write("seeds/2024-05-02-second-one.md", "Mine.")
    code, _, stderr = import_site(site, "pelican")
    assert code == 2
    assert "2024-05-02-second-one.md exists already" in stderr
    assert names(site) == ["2024-05-02-second-one.md"]
    assert import_site(site, "pelican", None, "--into", str(site.root / "seeds/old"))[0] == 0
    assert import_site(site, "pelican", None, "--into", str(site.root / "seeds/old"))[0] == 2


@pytest.mark.parametrize("program", ["hugo", "jekyll"])
def test_a_link_from_the_root_gets_no_folder(site: SiteFolder, program: str) -> None:
    is_hugo = program == "hugo"
    config = (
        {"hugo.toml": 'baseURL = "https://h.example/blog/"\n'}
        if is_hugo
        else {"_config.yml": "url: https://h.example\nbaseurl: /blog\n"}
    )
    tag = '{{< figure src="/b.png" >}}' if is_hugo else '[t]({{ site.baseurl }}/x/) ![r]({{ "/r.png" | relative_url }})'
    text = f"[root](/about/) [again](/about/) ![i](/a.png) [two](/blog/two/#x)\n\n{tag}\n"
    name, key = ("content/{}.md", "url") if is_hugo else ("_posts/{}.md", "permalink")
    front = "---\ntitle: {0}\nslug: {0}\ndate: 2024-05-01\n{1}: /{0}/\n---\n"
    files = {
        name.format("2024-05-01-one"): front.format("one", key) + text,
        name.format("2024-05-01-two"): front.format("two", key) + "Text.\n",
    }
    _, _, stderr = import_site(site, program, {**config, **files})
    written = body(site, "2024-05-01-one.md")
    root = "https://h.example"
    tags = [f"]({root}/b.png)"] if is_hugo else [f"[t]({root}/blog/x/)", f"![r]({root}/blog/r.png)"]
    for part in (f"[root]({root}/about/)", f"![i]({root}/a.png)", "[two](/2024/05/01/two/#x)", *tags):
        assert part in written
    assert stderr.count("the link to /about/ leads to") == 1


@pytest.mark.parametrize(("zone", "warnings"), [("America/New_York", 1), ("Europe/Berlin", 0)])
def test_another_time_zone_is_one_warning_with_the_setting(site: SiteFolder, zone: str, warnings: int) -> None:
    post = "---\ntitle: A\ndate: 2024-05-01\n---\nText.\n"
    config = f"url: https://h.example\ntimezone: {zone}\n"
    files = {"_config.yml": config, "_posts/2024-05-01-a.md": post, "_posts/2024-05-01-b.md": post}
    code, _, stderr = import_site(site, "jekyll", files)
    assert (code, stderr.count(f'timezone = "{zone}" in site.toml')) == (0, warnings)


def test_several_files_that_exist_are_counted(site: SiteFolder) -> None:
    import_site(site, "jekyll")
    _, _, stderr = import_site(site, "jekyll")
    assert "and 3 other files exist already: move them away" in stderr


@pytest.mark.parametrize(
    ("program", "text", "excerpt"),
    [
        ("hugo", "See [two](https://news.example/). {{< youtube abc123 >}}", "See two."),
        ("hugo", "![x](a.png) {{< tweet 1 >}}\n\nThe text.", "The text."),
        ("hugo", "One <!--more--> two.", "One two."),
        ("hugo", "Write `<!--more-->` here.", "Write <!--more--> here."),
        ("jekyll", "{% include foo.html %} A text.\n\nMore.", "A text."),
        ("jekyll", "{{ page.title }}\n\nA text.", "A text."),
    ],
)
def test_an_excerpt_from_the_body_is_text_only(site: SiteFolder, program: str, text: str, excerpt: str) -> None:
    name = {"hugo": "content/2024-05-01-a.md", "jekyll": "_posts/2024-05-01-a.md"}[program]
    post = f"---\ntitle: A\ndate: 2024-05-01\nslug: a\n---\n{text}\n"
    import_site(site, program, {name: post}, "--base-url", "https://h.example/")
    assert values(site, "2024-05-01-a.md")["excerpt"] == excerpt
    assert ("<!--more-->" in body(site, "2024-05-01-a.md")) == ("`<" in text)


def test_documents_with_errors_are_named_and_the_others_imported(site: SiteFolder) -> None:
    files = {
        "_posts/2024-05-01-a.md": "---\ntitle: A\n---\nSee [d](/2024/05/04/d.html).\n",
        "_posts/2024-05-02-b.md": "---\ntitle: B: C\n---\nText.\n",
        "_posts/2024-05-03-c.md": "---\ntitle: C\ndate: May\n---\nText.\n",
        "_posts/2024-05-04-d.md": "---\ntitle: [D]\n---\nText.\n",
    }
    code, stdout, stderr = import_site(site, "jekyll", files, "--base-url", "https://old.example/")
    assert code == 1
    assert stdout.startswith("1 document in ")
    assert "3 documents not imported" in stderr
    assert names(site) == ["2024-05-01-a.md"]
    assert "[d](https://old.example/2024/05/04/d.html)" in body(site, "2024-05-01-a.md")
    for start in (
        "2024-05-02-b.md:2:9: invalid-yaml",
        "2024-05-03-c.md:3:1: invalid-time",
        "2024-05-04-d.md:1:1: wrong-type",
    ):
        assert start in stderr


def test_the_address_of_the_old_site_is_needed(site: SiteFolder) -> None:
    files = {"_posts/2024-05-01-a.md": "---\ntitle: A\n---\nText.\n"}
    code, _, stderr = import_site(site, "jekyll", files)
    assert (code, "--base-url" in stderr) == (2, True)
    assert import_site(site, "jekyll", files, "--base-url", "https://digest.example/")[0] == 0
    # On a site that keeps its address, a post of one's own is its own article.
    assert values(site, "2024-05-01-a.md")["webUrl"] == "https://digest.example/2024/05/01/a/"
    assert site.build().code == 0


def test_links_lead_to_a_post_whose_time_is_midnight_utc(site: SiteFolder) -> None:
    site.configure(**SETTINGS | {"timezone": "America/New_York"})
    files = {
        "content/a.md": "---\ntitle: A\ndate: 2024-05-01T20:00:00-04:00\n---\nText.\n",
        "content/b.md": "---\ntitle: B\ndate: 2024-05-01\n---\n[a](/a/)\n",
    }
    assert import_site(site, "hugo", files, "--base-url", "https://old.example/")[0] == 0
    assert names(site) == ["2024-05-01-b.md", "2024-05-02-a.md"]
    assert body(site, "2024-05-01-b.md") == "[a](/2024/05/02/a/)\n"
    assert site.build().code == 0
    assert (site.output / "2024/05/02/a/index.html").is_file()


def test_what_is_no_post_is_named_or_an_error(site: SiteFolder) -> None:
    files = {"content/a.rst": "A\n=\n", "content/pages/b.md": "Title: B\n\nText.\n"}
    code, _, stderr = import_site(site, "pelican", files, "--base-url", "https://old.example/")
    assert (code, "has no posts" in stderr) == (2, True)
    site.write("old/content/c.md", "Title: C\nDate: 2024-05-01\n\nText.\n")
    code, _, stderr = import_site(site, "pelican", {}, "--base-url", "https://old.example/")
    assert code == 0
    assert places(stderr) == ["content/a.rst:1:1: not-imported: is not Markdown, so it is not imported"]


def test_a_configuration_that_cannot_be_read_is_an_error(site: SiteFolder) -> None:
    for program, name, text in (
        ("jekyll", "_config.yml", "url: [\n"),
        ("hugo", "hugo.toml", "baseURL = x\n"),
        ("hugo", "hugo.json", "{"),
        ("pelican", "pelicanconf.py", "SITEURL = \n"),
    ):
        code, _, stderr = import_site(site, program, {name: text})
        assert (code, f"{name}:1:" in stderr) == (2, True), stderr
        (site.root / "old" / name).unlink()


@pytest.mark.parametrize(
    ("permalink", "address"),
    [
        ("pretty", "/a-b/2024/05/01/Title/"),
        ("none", "/a-b/Title.html"),
        ("ordinal", "/a-b/2024/122/Title.html"),
        ("weekdate", "/a-b/2024/W18/Wed/Title.html"),
        ("/:i_month/:short_year/:slug:output_ext", "/5/24/title.html"),
        ("/blog/:title", "/blog/Title/"),
    ],
)
def test_permalinks_of_jekyll(site: SiteFolder, permalink: str, address: str) -> None:
    files = {
        "_config.yml": f"url: https://old.example\npermalink: {permalink}\n",
        "_posts/2024-05-01-Title.md": "---\ntitle: x\ncategory: a-b\ncategories: []\n---\n",
    }
    import_site(site, "jekyll", files)
    assert values(site, "2024-05-01-title.md")["aliases"] == [address]


def test_an_address_that_two_posts_have_is_kept_for_one(site: SiteFolder) -> None:
    text = "---\ntitle: {0}\ndate: 2024-05-01\nslug: same\naliases: [/old/]\n---\n"
    files = {f"content/{name}/a.md": text.format(name) for name in ("x", "y")}
    code, _, stderr = import_site(site, "hugo", files, "--base-url", "https://old.example/")
    assert code == 0
    assert names(site) == ["2024-05-01-same-2.md", "2024-05-01-same.md"]
    assert values(site, "2024-05-01-same.md")["aliases"] == ["/x/same/", "/old/"]
    assert values(site, "2024-05-01-same-2.md")["aliases"] == ["/y/same/"]
    assert "content/y/a.md:1:1: not-imported: the address /old/ is not kept: another post has it" in places(stderr)
    assert site.build().code == 0


@given(st.text("a`~[]()<>:'\"= \n/", max_size=60))
def test_links_that_do_not_change_leave_any_text_as_it_is(text: str) -> None:
    assert links.rewrite(text, lambda link, _: link) == text


def test_addresses_in_other_capitals_are_one_address(site: SiteFolder) -> None:
    files = {
        "content/a.md": "---\ntitle: A\ndate: 2024-05-01\nurl: /A/\naliases: [/a/, /B/]\n---\n[b](/B/)\n",
        "content/b.md": "---\ntitle: 2024\ndate: 2024-05-01\n---\n[a](/A/)\n",
    }
    assert import_site(site, "hugo", files, "--base-url", "https://old.example/")[0] == 0
    assert values(site, "2024-05-01-a.md")["aliases"] == ["/A/", "/B/"]
    assert "aliases" not in values(site, "2024-05-01-b.md")
    assert values(site, "2024-05-01-b.md")["title"] == "2024"
    assert site.build().code == 0


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31 23:00:00 -1200", "2024-02-30 10:00"])
def test_a_date_that_cannot_be_is_an_error(site: SiteFolder, date: str) -> None:
    files = {"_posts/2024-05-01-a.md": f"---\ntitle: A\ndate: {date}\n---\n"}
    code, _, stderr = import_site(site, "jekyll", files, "--base-url", "https://old.example/")
    assert (code, "2024-05-01-a.md:3:1: invalid-time" in stderr) == (1, True)


@pytest.mark.parametrize("value", [3, True, None, [], {}, [[]], [None, {}, 3], {"a": 1}, "http://[", "//[x", "..", "#"])
@pytest.mark.parametrize("program", SITES)
def test_any_value_gives_a_document_or_an_error(site: SiteFolder, program: str, value: object) -> None:
    keys = (
        "aliases", "author", "categories", "category", "cover", "date", "draft", "images", "layout", "link",
        "permalink", "publishDate", "published", "redirect_from", "save_as", "slug", "source", "status", "summary",
        "tags", "title", "type", "url",
    )  # fmt: skip
    config = {"permalink": value, "permalinks": value, "timezone": value, "title": value, "uglyURLs": value}
    files = {"_config.yml": json.dumps(config), "hugo.json": json.dumps(config)}
    for key in keys:
        fields = {"title": "T", "date": "2024-05-01", "slug": key} | {key: value}
        front = "".join(f"{name}: {one if program == 'pelican' else json.dumps(one)}\n" for name, one in fields.items())
        text = f"---\n{front}---\n\n[a](http://[) [b](//[) [c](..) [d](<a b>) [e](a:b) [f]()\n"
        files |= {f"_posts/2024-05-01-{key}.md": text, f"content/{key}.md": text}
    code, stdout, stderr = import_site(site, program, files, "--base-url", "https://old.example/blog")
    assert code in {0, 1}, stderr
    assert int(stdout.split()[0]) > len(keys) // 2
    assert site.build().code == 0


def test_hostile_texts_stay_texts(site: SiteFolder) -> None:
    files = {
        "content/a.md": '+++\ntitle = "\\u001b[31m: #{}\\u2028---\\n"\ndate = 2024-05-01\nlayout = "\\u001b"\n'
        'tags = ["a: b", "- c", "no"]\n"x\\u001b" = 1\n+++\n<script>x</script>{{< \x1b >}}\n---\n'
    }  # fmt: skip
    code, _, stderr = import_site(site, "hugo", files, "--base-url", "https://old.example/")
    assert code == 0
    assert "\x1b" not in stderr
    assert values(site, "2024-05-01-a.md")["topics"] == ["a: b", "- c", "no"]
    assert site.build().code == 0
