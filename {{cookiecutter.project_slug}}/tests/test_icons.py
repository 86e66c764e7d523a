"""Icons of manifests: Lucide's by name, or the app's own file, of which only the shapes reach a browser."""

import re
from pathlib import Path

import pytest

from core.plugins import icons
from core.plugins.checks import check_icons
from core.plugins.discovery import Plugin
from core.plugins.icons import icon_name, icon_problem, icon_shapes, lucide_paths
from core.plugins.manifest import Manifest
from core.plugins.svg import PATH, Icon, SvgError, path_of, read_svg


@pytest.fixture
def svg(tmp_path):
    """Return a function that writes an SVG file: `svg('<path d="M1 1h2"/>', 'fill="none"')`."""

    def svg(content: str, root: str = 'viewBox="0 0 24 24" fill="none" stroke="currentColor"') -> Path:
        file = tmp_path / "icon.svg"
        file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {root}>{content}</svg>')
        return file

    return svg


def library(folder: Path, icon: str) -> Plugin:
    return Plugin("library", "apps", folder, Manifest(title="Library", icon=icon))


def test_each_icon_of_lucide_is_one_path():
    paths = lucide_paths()
    assert len(paths) > 1_500
    assert {"book", "chart-column", "users"} <= paths.keys()
    assert [name for name, path in paths.items() if not PATH.fullmatch(path)] == []
    assert "ISC License" in icons.LUCIDE.with_name("lucide-license.txt").read_text()


@pytest.mark.parametrize(
    ("name", "attributes", "path"),
    [
        ("path", {"d": " M1 2h3 "}, "M1 2h3"),
        ("path", {"d": "m1 2 3 4"}, "M0 0m1 2 3 4"),
        ("line", {"x1": "1", "y1": "2", "x2": "3.5", "y2": "4"}, "M1 2L3.5 4"),
        ("polyline", {"points": "1,2 3,4"}, "M1,2 3,4"),
        ("polygon", {"points": "1 2 3 4 5 6"}, "M1 2 3 4 5 6z"),
        ("circle", {"cx": "12", "cy": "12", "r": "2"}, "M10 12a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z"),
        ("ellipse", {"cx": "12", "cy": "12", "rx": "2", "ry": "1"}, "M10 12a2 1 0 1 0 4 0a2 1 0 1 0 -4 0z"),
        ("rect", {"x": "1", "y": "2", "width": "4", "height": "3"}, "M1 2h4v3h-4z"),
        (
            "rect",
            {"width": "4", "height": "4", "rx": "1"},
            "M1 0h2a1 1 0 0 1 1 1v2a1 1 0 0 1 -1 1h-2a1 1 0 0 1 -1 -1v-2a1 1 0 0 1 1 -1z",
        ),
    ],
)
def test_each_shape_is_a_path(name, attributes, path):
    assert path_of(name, attributes) == path


def test_shapes_of_a_file_are_one_path_and_the_rest_is_left_out(svg):
    drawn = svg(
        '<title>A book</title><!-- drawn by hand --><g id="all" class="x" data-name="y">'
        '<line x1="1" y1="1" x2="2" y2="2" stroke-width="3"/></g><path d="M3 3h1"/><path d="M9 9h9" stroke="none"/>'
    )
    assert read_svg(drawn) == Icon("M1 1L2 2M3 3h1")
    assert read_svg(svg('<path d="M0 0h512v512z"/>', 'viewBox="0 0 512 512"')) == Icon("M0 0h512v512z", 512, True)


SHAPE = '<path d="M1 1h2"/>'


@pytest.mark.parametrize(
    ("content", "root", "found"),
    [
        ("<script>alert(1)</script>", None, "<script>"),
        ("<style>path { d: none }</style>", None, "<style>"),
        ("<image href='https://example.org/x.png'/>", None, "<image>"),
        ("<use href='https://example.org/x.svg#y'/>", None, "<use>"),
        ("<foreignObject/>", None, "<foreignObject>"),
        ("<a href='/'><path d='M1 1h2'/></a>", None, "<a>"),
        ('<path d="M1 1h2" onclick="alert(1)"/>', None, "onclick"),
        ('<path d="M1 1h2" style="fill: url(https://example.org)"/>', None, "style"),
        ('<path d="M1 1h2" fill="url(#x)"/>', None, 'fill="url(#x)"'),
        ('<path d="M1 1h2" stroke="#f00"/>', None, 'stroke="#f00"'),
        ('<g transform="scale(2)"><path d="M1 1h2"/></g>', None, "transform"),
        ('<path d="M1 1url(x)"/>', None, "d="),
        ('<circle cx="12" cy="12" r="50%"/>', None, 'r="50%"'),
        ('<polygon points="1 x"/>', None, "points="),
        ('<path d="M1 1h2" fill="currentColor"/>', None, "fill and stroke"),
        (SHAPE + '<path d="M1 1h2" fill="currentColor" stroke="none"/>', None, "lines and areas"),
        ("", None, "0 characters"),
        (f'<path d="M1 1{"h1" * 3000}"/>', None, "6004 characters"),
        (SHAPE, 'fill="none" stroke="currentColor"', 'viewBox=""'),
        (SHAPE, 'fill="none" stroke="currentColor" viewBox="0 0 48 48"', 'viewBox="0 0 48 48"'),
        (SHAPE, 'viewBox="0 0 24 12"', 'viewBox="0 0 24 12"'),
        (SHAPE, 'onload="alert(1)" viewBox="0 0 24 24"', "onload"),
    ],
)
def test_a_file_that_would_do_more_than_draw_is_refused(svg, content, root, found):
    file = svg(content) if root is None else svg(content, root)
    with pytest.raises(SvgError, match=re.escape(found)):
        read_svg(file)


@pytest.mark.parametrize(
    "text",
    ["", "no xml", "<svg/>", "<html/>", '<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', " " * 8_001],
)
def test_a_file_that_is_no_svg_is_refused(tmp_path, text):
    file = tmp_path / "icon.svg"
    file.write_text(text)
    with pytest.raises(SvgError):
        read_svg(file)


def test_an_unknown_name_gets_the_nearest_ones(settings, tmp_path):
    problem = icon_problem(library(tmp_path, "books"), lucide_paths())
    assert re.fullmatch(r"write book.*, .* or .*", problem.do)
    assert "write" in icon_problem(library(tmp_path, "chart"), lucide_paths()).do
    settings.PLUGINS = [library(tmp_path, name) for name in ("book", "app", "books", "./icon.svg")]
    unknown, missing = check_icons(None)
    assert "books" in unknown.msg
    assert "no such file" in missing.msg


def test_the_portals_answer_has_the_shapes_of_the_icons_that_it_names(reader):
    portal = reader.get("/api/portal/").json()
    names = {app["icon"] for app in portal["apps"]} - {"app"}
    assert names <= portal["icons"].keys()
    assert portal["icons"]["bell"] == {"path": lucide_paths()["bell"], "box": 24, "filled": False}


def test_an_own_icon_reaches_browsers_under_the_name_of_its_app(svg, monkeypatch):
    plugin = library(svg(SHAPE).parent, "./icon.svg")
    monkeypatch.setattr(icons, "installed_plugins", lambda: {"library": plugin})
    icons.installed_shapes.cache_clear()
    try:
        assert icon_shapes([icon_name(plugin), "unknown"]) == {
            "library/icon.svg": {"path": "M1 1h2", "box": 24, "filled": False}
        }
    finally:
        icons.installed_shapes.cache_clear()
