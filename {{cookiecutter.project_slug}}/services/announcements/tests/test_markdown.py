"""Markdown becomes a tree of few elements, whatever somebody types, and no text can become HTML."""

import json
import random
import sys
from html.parser import HTMLParser

import pytest

from services.announcements.markdown import (
    MAX_DEPTH,
    MAX_NODES,
    UnsuitableText,
    is_safe_link,
    parse_markdown,
)
from services.announcements.rendering import SUMMARY_LENGTH, html_of, summary_of, text_of

BASE = "https://portal.example.edu"

# The fields of each element, apart from its type.
FIELDS = {
    "paragraph": {"children"},
    "quote": {"children"},
    "strong": {"children"},
    "emphasis": {"children"},
    "item": {"children"},
    "heading": {"children", "level"},
    "list": {"children", "ordered", "start"},
    "link": {"children", "href"},
    "text": {"text"},
    "code": {"text"},
    "code_block": {"text"},
    "break": set(),
    "rule": set(),
}

HTML_TAGS = {
    "p", "blockquote", "strong", "em", "li", "ul", "ol", "a", "code", "pre", "br", "hr", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip

# Pieces of which the generated texts are made: marks, what looks like HTML, links that must not become any, and text.
PIECES = [
    *"*_`[]()<>!#-+>&\\|~\n \t0.:/\"'",
    *("**", "***", "```\n", "    ", "\n\n", "1. ", "- ", "> ", "![", "](", "[a](", "---\n", "===\n", "<!--", "-->"),
    *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>", "<![CDATA[", "<?php"),
    *(
        "javascript:alert(1)",
        "JaVaScRiPt&colon;alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/\\evil",
    ),
    *("&lt;", "&#x6a;", "&amp;", "&Tab;", "https://example.edu/a?b=c", "mailto:a@example.edu", "/people", "[a]: /u\n"),
    *("word", "नमस्ते", "😀", "\u202e", "\u0000", "\ufeff"),
]


def nodes_of(tree):
    """Yield each node of a tree, with the number of elements around it, items of lists not counted."""
    pending = [(node, 0) for node in tree]
    while pending:
        node, depth = pending.pop()
        yield node, depth
        inner = depth + (node["type"] != "item")
        pending.extend((child, inner) for child in node.get("children", ()))


def check_tree(tree):
    """Fail when a tree has anything but the allowed elements, fields, links, depth and size."""
    nodes = list(nodes_of(tree))
    assert len(nodes) <= MAX_NODES
    for node, depth in nodes:
        assert set(node) == {"type"} | FIELDS[node["type"]]
        assert depth <= MAX_DEPTH
        if node["type"] == "link":
            assert is_safe_link(node["href"])
        if node["type"] == "heading":
            assert 2 <= node["level"] <= 6
    assert json.loads(json.dumps(tree)) == tree


class Reader(HTMLParser):
    """Collects the tags, attributes and text of HTML, as a mail program reads it."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.other = set(), [], "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.other.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def check_html(tree):
    """Fail when the HTML of a tree has other tags and attributes than the tree asks for, or loses text."""
    read = Reader(html_of(tree, url_of=BASE.__add__))
    assert read.tags <= HTML_TAGS
    assert read.other == []
    for name, value in read.attributes:
        assert (name == "href" and value.startswith(("http://", "https://", "mailto:"))) or name == "start"
    assert read.text == "".join(text_in_order(tree))


def text_in_order(tree):
    for node in tree:
        yield node.get("text", "")
        yield from text_in_order(node.get("children", ()))


def text(value):
    return {"type": "text", "text": value}


def paragraph(*children):
    return {"type": "paragraph", "children": list(children)}


@pytest.mark.parametrize(
    ("markdown", "tree"),
    [
        ("", []),
        ("Hello", [paragraph(text("Hello"))]),
        ("a **b** *c*", [paragraph(text("a "), {"type": "strong", "children": [text("b")]}, text(" "),
                                   {"type": "emphasis", "children": [text("c")]})]),
        ("a\nb\\\nc", [paragraph(text("a"), {"type": "break"}, text("b"), {"type": "break"}, text("c"))]),
        ("# One\n\n###### Six", [{"type": "heading", "level": 2, "children": [text("One")]},
                                 {"type": "heading", "level": 6, "children": [text("Six")]}]),
        ("> a", [{"type": "quote", "children": [paragraph(text("a"))]}]),
        ("- a\n- b", [{"type": "list", "ordered": False, "start": 1, "children": [
            {"type": "item", "children": [text("a")]}, {"type": "item", "children": [text("b")]}]}]),
        ("0. a", [{"type": "list", "ordered": True, "start": 0, "children": [
            {"type": "item", "children": [text("a")]}]}]),
        ("- a\n\n- b", [{"type": "list", "ordered": False, "start": 1, "children": [
            {"type": "item", "children": [paragraph(text("a"))]},
            {"type": "item", "children": [paragraph(text("b"))]}]}]),
        ("`x`\n\n---\n\n```python\ny < 1\n```", [paragraph({"type": "code", "text": "x"}), {"type": "rule"},
                                                {"type": "code_block", "text": "y < 1\n"}]),
        ("[a](https://example.edu)", [paragraph({"type": "link", "href": "https://example.edu",
                                                 "children": [text("a")]})]),
        ("<https://example.edu>", [paragraph({"type": "link", "href": "https://example.edu",
                                              "children": [text("https://example.edu")]})]),
        ("![a *map*](/map.png)", [paragraph(text("a "), {"type": "emphasis", "children": [text("map")]})]),
        ("a [](/b)", [paragraph(text("a "))]),
        ("&lt;b&gt; \\*", [paragraph(text("<b> *"))]),
    ],
)  # fmt: skip
def test_markdown_becomes_elements(markdown, tree):
    assert parse_markdown(markdown) == tree


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<b>bold</b>",
        "<img src=x onerror=alert(1)>",
        "<!-- a -->",
        "a <i>b</i>",
        "<div>\nx",
    ],
)
def test_html_stays_text(html):
    tree = parse_markdown(html)
    assert "".join(text_in_order(tree)) == html.replace("\n", "")
    assert {node["type"] for node, _ in nodes_of(tree)} <= {"paragraph", "text", "break"}
    check_html(tree)


@pytest.mark.parametrize(
    "url",
    ["https://example.edu", "HTTP://example.edu:8080/a?b#c", "mailto:a@example.edu", "mailto:a@b.example?subject=x",
     "/people", "/people?search=a#b"],
)  # fmt: skip
def test_a_link_leads_to_websites_mail_and_pages_of_the_portal(url):
    assert is_safe_link(url)
    assert [node["href"] for node, _ in nodes_of(parse_markdown(f"[a]({url})")) if node["type"] == "link"] == [url]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", "java&#x0a;script:alert(1)", "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)", "data:text/html,<b>", "vbscript:x", "file:///etc/passwd", "ftp://example.edu",
        "//evil.example", "\\\\evil.example", "https:evil.example", "https:///evil.example",
        "https://bank.example@evil.example", "http://[::1", "mailto:", "mailto:a", "page", "./page", "#part", "?a",
        "https://example.edu/" + "x" * 1000,
    ],
)  # fmt: skip
def test_any_other_link_stays_text(url):
    for markdown in (f"[a]({url})", f"[a](<{url}>)", f"<{url}>", f"[a]\n\n[a]: {url}", f"![a]({url})"):
        tree = parse_markdown(markdown)
        assert "link" not in {node["type"] for node, _ in nodes_of(tree)}, markdown
        check_html(tree)
    assert "".join(text_in_order(parse_markdown(f"[a]({url})"))).startswith("[a](")


def test_a_path_with_a_backslash_leads_to_no_other_site():
    assert not is_safe_link("/\\evil.example")
    assert parse_markdown("[a](/\\evil.example)")[0]["children"][0]["href"] == "/%5Cevil.example"


def test_a_link_to_nothing_is_its_text():
    assert parse_markdown("[a]() [*b*]()") == [paragraph(text("a "), {"type": "emphasis", "children": [text("b")]})]


def test_a_long_text_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr("services.announcements.markdown.parser", None)
    with pytest.raises(UnsuitableText, match=r"1,000,000 characters\. It can have at most 10,000"):
        parse_markdown("*" * 1_000_000)


@pytest.mark.parametrize(
    "markdown",
    [">" * 9_000 + "a", "".join(f"{'  ' * depth}- a\n" for depth in range(60)), "> - " * 20 + "a",
     "*a **b " * 9 + "c" + "** d*" * 9, "- " * 4_000 + "a"],
    ids=["quotes", "lists", "both", "marks", "one line"],
)  # fmt: skip
def test_a_text_that_is_nested_too_deep_is_refused(markdown):
    with pytest.raises(UnsuitableText, match="nested too deep"):
        parse_markdown(markdown)


def test_the_deepest_text_is_accepted_whole():
    tree = parse_markdown("> " * (MAX_DEPTH - 2) + "**a**")
    assert max(depth for _, depth in nodes_of(tree)) == MAX_DEPTH
    assert "".join(text_in_order(tree)) == "a"
    three_lists = "- a\n  - b\n    - **[c](/c)**"
    assert "".join(text_in_order(parse_markdown(three_lists))) == "abc"


@pytest.mark.parametrize(
    "markdown", ["- a\n" * 2_500, "`a` " * 2_500, "\n\na" * 1_001], ids=["items", "code", "paragraphs"]
)
def test_a_text_with_too_many_elements_is_refused(markdown):
    with pytest.raises(UnsuitableText, match=r"too many elements.*at most 2,000"):
        parse_markdown(markdown)


# Texts that cost some parsers of Markdown a time that grows with the square of their length.
HOSTILE = ["*", "[", "![", "[a](", "[a][", "*a", "_a*", "***a ", "`", "` `` ", "<", "<a:", "&", "\\", "](", "[a]: /u\n",
           "- a\n", "> a\n\n", "(((", "[[a]", "a**b__c ", "|a", "~~", "\n"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_linearly_with_the_length(piece):
    once, twice = (function_calls(piece * (length // len(piece))) for length in (1_500, 3_000))
    assert twice <= 2.2 * once + 1_000
    assert twice <= 2_000_000


def function_calls(markdown):
    """Return how many functions parsing calls, Python's and C's."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        parse_markdown(markdown)
    except UnsuitableText:
        pass
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("seed", range(300))
def test_any_text_becomes_a_safe_tree_or_is_refused(seed):
    choose = random.Random(seed)  # noqa: S311 - repeatable, not secret
    markdown = "".join(choose.choice(PIECES) for _ in range(choose.randrange(1, 120)))
    try:
        tree = parse_markdown(markdown)
    except UnsuitableText:
        return
    check_tree(tree)
    check_html(tree)
    words, mail = " ".join(text_in_order(tree)).split(), text_of(tree, url_of=BASE.__add__)
    assert [word for word in words if word not in mail] == []
    assert len(summary_of(tree)) <= SUMMARY_LENGTH


def test_mails_get_html_of_the_tree():
    tree = parse_markdown('# A\n\n**b** <i> "c" [d](/d?e&f)\n\n3. x\n4. y\n\n> `q`')
    assert html_of(tree, url_of=BASE.__add__) == (
        f'<h2>A</h2><p><strong>b</strong> &lt;i&gt; &quot;c&quot; <a href="{BASE}/d?e&amp;f">d</a></p>'
        '<ol start="3"><li>x</li><li>y</li></ol><blockquote><p><code>q</code></p></blockquote>'
    )


def test_mails_get_plain_text_of_the_tree():
    markdown = (
        "# A\n\n**b** [d](/d) <mailto:a@example.edu>\nnext\n\n9. x\n10. y\n    - z\n\n> q\n>\n> r\n\n"
        "```\ncode\n  more\n```\n\n---\n"
    )
    assert text_of(parse_markdown(markdown), url_of=BASE.__add__) == (
        f"A\n\nb d ({BASE}/d) a@example.edu\nnext\n\n9. x\n10. y\n    - z\n\n> q\n> \n> r\n\n    code\n      more\n\n"
        "--------------------"
    )


def test_the_summary_is_one_line_of_text():
    assert summary_of(parse_markdown("# A\n\n**b**\n[c](/c) `d`\n\n- e\n  - f\n\n---\n\n    g")) == "A b c d e f g"
    summary = summary_of(parse_markdown("word " * 100))
    assert len(summary) <= SUMMARY_LENGTH
    assert summary.endswith("word…")
    assert summary_of(parse_markdown("x" * 300)) == "x" * 199 + "…"
