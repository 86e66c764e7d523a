"""Makes HTML and plain text for mails of the tree of an announcement, and the summary for inboxes.

markdown.py describes the tree. Pages make React elements of it instead: frontend/MarkdownTree.jsx.
"""

from collections.abc import Callable, Iterable
from html import escape
from itertools import groupby
from textwrap import indent

from .markdown import Node

UrlOf = Callable[[str], str]

INLINE = {"text", "code", "strong", "emphasis", "link", "break"}
TAGS = {"paragraph": "p", "quote": "blockquote", "item": "li", "strong": "strong", "emphasis": "em"}
SUMMARY_LENGTH = 200  # characters


def html_of(nodes: Iterable[Node], *, url_of: UrlOf) -> str:
    """Return HTML. Every text is escaped. `url_of` makes a URL of each path of the portal."""
    return "".join(html_of_node(node, url_of) for node in nodes)


def html_of_node(node: Node, url_of: UrlOf) -> str:
    inner = html_of(node.get("children", ()), url_of=url_of)
    match node["type"]:
        case "text":
            return escape(node["text"])
        case "code":
            return f"<code>{escape(node['text'])}</code>"
        case "code_block":
            return f"<pre><code>{escape(node['text'])}</code></pre>"
        case "break":
            return "<br>"
        case "rule":
            return "<hr>"
        case "heading":
            return f"<h{node['level']}>{inner}</h{node['level']}>"
        case "list" if node["ordered"]:
            return f'<ol start="{node["start"]}">{inner}</ol>'
        case "list":
            return f"<ul>{inner}</ul>"
        case "link":
            return f'<a href="{escape(absolute(node["href"], url_of))}">{inner}</a>'
        case element:
            return f"<{TAGS[element]}>{inner}</{TAGS[element]}>"


def text_of(nodes: Iterable[Node], *, url_of: UrlOf) -> str:
    """Return plain text: the elements as one writes them in a mail, the addresses of links in brackets behind them."""
    return "\n\n".join(blocks(nodes, url_of))


def blocks(nodes: Iterable[Node], url_of: UrlOf) -> list[str]:
    """Return the text of each paragraph, list, quote and so on. Inline nodes that follow each other are one."""
    found = []
    for is_inline, group in groupby(nodes, lambda node: node["type"] in INLINE):
        if is_inline:
            found.append(line(group, url_of))
        else:
            found += [block(node, url_of) for node in group]
    return found


def block(node: Node, url_of: UrlOf) -> str:
    children = node.get("children", ())
    match node["type"]:
        case "code_block":
            return indent(node["text"].rstrip("\n"), "    ")
        case "rule":
            return "-" * 20
        case "quote":
            return indent(text_of(children, url_of=url_of), "> ", lambda _: True)
        case "list":
            markers = [f"{node['start'] + number}." if node["ordered"] else "-" for number in range(len(children))]
            return "\n".join(item(marker, child, url_of) for marker, child in zip(markers, children, strict=True))
        case _:
            return line(children, url_of)


def item(marker: str, node: Node, url_of: UrlOf) -> str:
    space = " " * (len(marker) + 1)
    return f"{marker} {indent('\n'.join(blocks(node['children'], url_of)), space).removeprefix(space)}"


def line(nodes: Iterable[Node], url_of: UrlOf) -> str:
    return "".join(inline(node, url_of) for node in nodes)


def inline(node: Node, url_of: UrlOf) -> str:
    match node["type"]:
        case "text" | "code":
            return str(node["text"])
        case "break":
            return "\n"
        case "link":
            address = absolute(node["href"], url_of).removeprefix("mailto:")
            label = line(node["children"], url_of).removeprefix("mailto:")
            return label if label == address else f"{label} ({address})"
        case _:
            return line(node["children"], url_of)


def summary_of(nodes: Iterable[Node]) -> str:
    """Return the beginning of the text in one line, at most 200 characters, cut between words."""
    words = " ".join(plain_words(nodes)).split()
    summary = " ".join(words)
    if len(summary) <= SUMMARY_LENGTH:
        return summary
    return summary[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def plain_words(nodes: Iterable[Node]) -> Iterable[str]:
    """Yield the texts without links and marks, each block for itself."""
    for is_inline, group in groupby(nodes, lambda node: node["type"] in INLINE):
        if is_inline:
            yield "".join(plain_text(node) for node in group)
        else:
            for node in group:
                yield node.get("text", "")
                yield from plain_words(node.get("children", ()))


def plain_text(node: Node) -> str:
    if node["type"] == "break":
        return " "
    return str(node.get("text", "")) + "".join(plain_text(child) for child in node.get("children", ()))


def absolute(href: str, url_of: UrlOf) -> str:
    return url_of(href) if href.startswith("/") else href
