"""Reads an SVG file as one path, which is all of it that reaches a browser.

Scripts, styles, links and event handlers therefore cannot pass. What would change the look of the icon without a
trace, such as a colour or a transformation, is refused with a message; what does not, such as a title, is left out.

https://developer.mozilla.org/en-US/docs/Web/SVG/Reference/Element
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

LINES_BOX = 24  # units of the square in which icons are drawn with lines, whose width is in these units
LARGEST_BOX = 1024
LARGEST_FILE = 8_000  # bytes
LONGEST_PATH = 4_000  # characters

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = ("svg", "g")
SHAPES = ("path", "circle", "ellipse", "rect", "line", "polyline", "polygon")
IGNORED_ELEMENTS = ("title", "desc", "metadata")
COLOURS = ("none", "currentColor")
GEOMETRY = frozenset("d cx cy r rx ry x y x1 y1 x2 y2 width height points viewBox".split())  # noqa: SIM905
COLOURED = frozenset({"fill", "stroke"})
IGNORED_ATTRIBUTES = re.compile(
    r"id|class|role|version|focusable|\{.*\}.*|(?:data|aria)-.*|xml.*|stroke-(?:width|line(?:cap|join)|miterlimit)"
    r"|(?:fill|clip)-rule"
)

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
PATH = re.compile(r"\s*[Mm][MmZzLlHhVvCcSsQqTtAaEe0-9.,+\-\s]*")
POINTS = re.compile(rf"\s*{NUMBER}(?:[\s,]+{NUMBER})*\s*")


@dataclass(frozen=True, slots=True)
class Icon:
    """A path in a square whose side has `box` units, drawn with lines or, if `filled`, as areas."""

    path: str
    box: int = LINES_BOX
    filled: bool = False


class SvgError(Exception):
    """A file is no icon: what was found in it, what is allowed, and what to do."""

    def __init__(self, found: str, allowed: str, do: str):
        super().__init__(found)
        self.found, self.allowed, self.do = found, allowed, do


def read_svg(file: Path) -> Icon:
    """Read an icon from a file. Raises SvgError if it is no icon, and OSError if it cannot be read."""
    if file.stat().st_size > LARGEST_FILE:
        raise SvgError("a larger file", f"at most {LARGEST_FILE} bytes", "draw it with fewer points")
    text = file.read_bytes()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise SvgError("a DOCTYPE", "an <svg> element alone", "remove the declarations before it")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - the file is small, of the portal, and declares no entities
    except ElementTree.ParseError as error:
        raise SvgError(str(error), "an SVG file", "save the icon as plain SVG") from error
    if root.tag != f"{SVG}svg":
        raise SvgError(f"<{root.tag}>", 'an <svg xmlns="http://www.w3.org/2000/svg"> element', "save it as plain SVG")
    shapes = list(shapes_in(root, {"fill": "currentColor", "stroke": "none"}))
    path = "".join(path for path, _ in shapes)
    kinds = {filled for _, filled in shapes}
    if not shapes or len(path) > LONGEST_PATH:
        raise SvgError(f"{len(path)} characters of paths", f"1 to {LONGEST_PATH}", "draw it with fewer points")
    if len(kinds) > 1:
        raise SvgError("lines and areas", "one of them", "outline the lines, or give every shape fill=none")
    return Icon(path, box_of(root, filled=kinds == {True}), kinds == {True})


def shapes_in(element: ElementTree.Element, inherited: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield the path of each visible shape, and whether it is filled."""
    name = element.tag.removeprefix(SVG)
    if name in IGNORED_ELEMENTS:
        return
    if name not in (*GROUPS, *SHAPES):
        raise SvgError(f"<{name}>", ", ".join((*GROUPS, *SHAPES)), "draw it with these elements")
    check_attributes(name, element.attrib)
    colours = {**inherited, **{key: element.attrib[key] for key in COLOURED if key in element.attrib}}
    if name in SHAPES and set(colours.values()) != {"none"}:
        if "none" not in colours.values():
            raise SvgError(f"<{name}> with fill and stroke", "one of them", "set the other one to none")
        yield path_of(name, element.attrib), colours["fill"] != "none"
    for child in element if name in GROUPS else ():
        yield from shapes_in(child, colours)


def check_attributes(name: str, attributes: Mapping[str, str]) -> None:
    """Raise SvgError for an attribute that would run, load or change something, and for a colour."""
    for key, value in attributes.items():
        if key in COLOURED:
            if value not in COLOURS:
                raise SvgError(f'{key}="{value}"', " or ".join(COLOURS), f'write {key}="currentColor"')
        elif key not in GEOMETRY and not IGNORED_ATTRIBUTES.fullmatch(key):
            allowed = ", ".join(sorted({*GEOMETRY, *COLOURED}))
            raise SvgError(f"<{name}> with the attribute {key}", allowed, "save the icon as plain SVG, without it")


def box_of(root: ElementTree.Element, *, filled: bool) -> int:
    """Return the side of the square in which an icon is drawn."""
    match = re.fullmatch(r"0 0 (\d{1,4}) (\d{1,4})", root.get("viewBox", ""))
    side = int(match[1]) if match and match[1] == match[2] else 0
    if side == LINES_BOX or (filled and 1 <= side <= LARGEST_BOX):
        return side
    square = f"0 0 {LINES_BOX} {LINES_BOX}"
    allowed = f"a square from 0 0, such as {square}" if filled else f"{square}, for an icon that is drawn with lines"
    raise SvgError(f'viewBox="{root.get("viewBox", "")}"', allowed, "scale the drawing to this square")


def path_of(name: str, attributes: Mapping[str, str]) -> str:
    """Return a shape as the data of a path that begins with an absolute command. Raises SvgError for bad geometry."""
    if name == "path":
        data = attributes.get("d", "")
        if not PATH.fullmatch(data):
            raise SvgError(f'd="{data[:40]}"', "the data of a path, which begins with M", "save the icon as plain SVG")
        # The first m of a path is absolute, a later one is relative to the path before.
        return f"M0 0{data.strip()}" if data.lstrip().startswith("m") else data.strip()
    if name in ("polyline", "polygon"):
        points = attributes.get("points", "")
        if not POINTS.fullmatch(points):
            raise SvgError(f'points="{points[:40]}"', "numbers", "save the icon as plain SVG")
        return f"M{points.strip()}" + ("z" if name == "polygon" else "")
    number = {key: number_of(key, value) for key, value in attributes.items() if key in GEOMETRY - {"d", "points"}}
    if name == "line":
        return "M{} {}L{} {}".format(*(short(number.get(key, 0)) for key in ("x1", "y1", "x2", "y2")))
    if name == "rect":
        return rectangle(number)
    x, y = number.get("cx", 0), number.get("cy", 0)
    rx, ry = (number.get("rx", 0), number.get("ry", 0)) if name == "ellipse" else (number.get("r", 0),) * 2
    half = f"a{short(rx)} {short(ry)} 0 1 0"
    return f"M{short(x - rx)} {short(y)}{half} {short(2 * rx)} 0{half} {short(-2 * rx)} 0z"


def rectangle(number: Mapping[str, float]) -> str:
    """Return a rectangle, whose corners may be round, as a path."""
    x, y, width, height = (number.get(key, 0) for key in ("x", "y", "width", "height"))
    rx = min(number.get("rx", number.get("ry", 0)), width / 2)
    ry = min(number.get("ry", rx), height / 2)
    across, down = short(width - 2 * rx), short(height - 2 * ry)
    if not rx or not ry:
        return f"M{short(x)} {short(y)}h{short(width)}v{short(height)}h{short(-width)}z"
    corner = f"a{short(rx)} {short(ry)} 0 0 1"
    return (
        f"M{short(x + rx)} {short(y)}h{across}{corner} {short(rx)} {short(ry)}v{down}"
        f"{corner} {short(-rx)} {short(ry)}h-{across}{corner} {short(-rx)} {short(-ry)}v-{down}"
        f"{corner} {short(rx)} {short(-ry)}z"
    )


def number_of(key: str, value: str) -> float:
    if not re.fullmatch(NUMBER, value.strip()):
        raise SvgError(f'{key}="{value[:40]}"', "a number without a unit", "save the icon as plain SVG")
    return float(value)


def short(number: float) -> str:
    """Write a number with at most three decimals."""
    return f"{number:.3f}".rstrip("0").rstrip(".")
