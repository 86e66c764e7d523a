"""Turns the Markdown of an announcement into a tree of the few elements that announcements have.

The tree is data, such as

    [{"type": "paragraph", "children": [{"type": "strong", "children": [{"type": "text", "text": "Monday"}]}]}]

The page makes React elements of it, and mails get HTML and text of it (rendering.py). So HTML that somebody types is
never more than text. The elements, with what they have beside `type`:

    paragraph, quote, strong, emphasis, item    children
    heading                                     level (2 to 6), children
    list                                        ordered, start, children: items
    link                                        href, children
    text, code, code_block                      text
    break, rule                                 nothing

Markdown is CommonMark (https://commonmark.org). A new line is shown as one. Of an image, only the description is left.
"""

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

Node = dict[str, Any]

MAX_CHARACTERS = 10_000
MAX_DEPTH = 8  # elements inside each other, without the items of lists
MAX_NODES = 2_000
MAX_LINK = 1_000  # characters

# At this number of open tokens, the parser stops reading elements inside others. A list has two for each level, so the
# tree is refused as too deep before anything is missing in it. Its cost for a row of brackets grows with the number.
MAX_OPEN_TOKENS = 2 * MAX_DEPTH + 4

TITLE_LEVEL = 1  # the title of the announcement is the heading of the page
DEEPEST_HEADING = 6

ELEMENTS = {
    "paragraph_open": "paragraph",
    "blockquote_open": "quote",
    "list_item_open": "item",
    "strong_open": "strong",
    "em_open": "emphasis",
}
MAIL_ADDRESS = re.compile(r"[^\s@?]+@[^\s@?]+(?:\?\S*)?")


class UnsuitableText(ValueError):
    """The text is too long, nested too deep, or has too many elements. The message is for its author."""


def parse_markdown(text: str) -> list[Node]:
    """Return the tree of a Markdown text, in a time that grows linearly with its length.

    Raises UnsuitableText.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnsuitableText(
            _("The text has %(number)s characters. It can have at most %(most)s.")
            % {"number": f"{len(text):,}", "most": f"{MAX_CHARACTERS:,}"}
        )
    tree = Tree()
    for token in parser().parse(text):
        tree.add_all(token.children or []) if token.type == "inline" else tree.add(token)
    return tree.nodes


@cache
def parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_OPEN_TOKENS})
    markdown.validateLink = is_safe_link  # type: ignore[method-assign]  # its own way to decide this
    return markdown


def is_safe_link(url: str) -> bool:
    """Return whether a link leads to a website, to a mail address or to a path of the portal.

    What looks like any other link stays text, as its author typed it.
    """
    if len(url) > MAX_LINK or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        return False
    if url.startswith("/"):
        return not url.startswith("//")
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return MAIL_ADDRESS.fullmatch(url.removeprefix("mailto:")) is not None
    # A name in front of the host, as in https://bank.example@evil.example, only misleads.
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


class Tree:
    """The nodes so far, and those that are still open."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.open: list[Node | None] = []  # None is a token that opens no element
        self.count = 0

    def add(self, token: Token) -> None:
        """Add what a token of the parser stands for."""
        if token.nesting == 1:
            self.open_node(node_of(token))
        elif token.nesting == -1:
            self.close_node()
        elif token.type == "image":
            self.add_all(token.children or [])
        elif (node := leaf_of(token)) is not None:
            self.append(node)

    def add_all(self, tokens: list[Token]) -> None:
        for token in tokens:
            self.add(token)

    def open_node(self, node: Node | None) -> None:
        if node is not None:
            self.append(node)
        self.open.append(node)
        if sum(node is not None and node["type"] != "item" for node in self.open) > MAX_DEPTH:
            raise UnsuitableText(
                _("Lists, quotes and other elements are nested too deep: at most %(most)s can be inside each other.")
                % {"most": MAX_DEPTH}
            )

    def close_node(self) -> None:
        node = self.open.pop()
        if node is not None and node["type"] == "link" and not node["children"]:
            self.siblings().pop()  # nobody could see it

    def siblings(self) -> list[Node]:
        """Return the list to which the next node belongs."""
        parent = next((node for node in reversed(self.open) if node is not None), None)
        siblings: list[Node] = self.nodes if parent is None else parent["children"]
        return siblings

    def append(self, node: Node) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise UnsuitableText(
                _("The text has too many elements, such as links and items of lists: at most %(most)s are possible.")
                % {"most": f"{MAX_NODES:,}"}
            )
        siblings = self.siblings()
        if node["type"] == "text" and siblings and siblings[-1]["type"] == "text":
            siblings[-1]["text"] += node["text"]
        else:
            siblings.append(node)


def node_of(token: Token) -> Node | None:
    """Return the element that a token opens, None when it opens none."""
    if token.hidden:  # the paragraph of an item of a list without blank lines
        return None
    if element := ELEMENTS.get(token.type):
        return {"type": element, "children": []}
    if token.type == "heading_open":
        level = min(int(token.tag[1:]) + TITLE_LEVEL, DEEPEST_HEADING)
        return {"type": "heading", "level": level, "children": []}
    if token.type in {"bullet_list_open", "ordered_list_open"}:
        ordered = token.type == "ordered_list_open"
        return {"type": "list", "ordered": ordered, "start": int(token.attrs.get("start", 1)), "children": []}
    if token.type == "link_open":
        href = str(token.attrGet("href") or "")
        # The parser does not ask about a link to nothing. Its text stays.
        return {"type": "link", "href": href, "children": []} if is_safe_link(href) else None
    raise NotImplementedError(token.type)


def leaf_of(token: Token) -> Node | None:
    """Return the node of a token without content of its own, None when it is nothing that one sees."""
    if token.type == "text":
        return {"type": "text", "text": token.content} if token.content else None
    if token.type == "code_inline":
        return {"type": "code", "text": token.content}
    if token.type in {"fence", "code_block"}:
        return {"type": "code_block", "text": token.content}
    if token.type in {"softbreak", "hardbreak"}:
        return {"type": "break"}
    if token.type == "hr":
        return {"type": "rule"}
    raise NotImplementedError(token.type)
