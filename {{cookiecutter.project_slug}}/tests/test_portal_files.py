"""The files that are made of portal.yaml: robots.txt, the web app manifest, the accent and the icons."""

import json
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from core.configuration.colour import accent_of, parse
from core.configuration.portal import Branding, Site
from core.configuration.prefixes import ICON_192, ICON_512, ICON_MASKABLE, PORTAL_FILES
from core.frontend.portal_files import manifest, robots, short_name


@pytest.fixture
def portal(settings):
    """Return a function: the portal with these values."""
    return lambda **values: settings.PORTAL.model_copy(update=values)


@pytest.mark.parametrize("path", PORTAL_FILES)
def test_every_file_has_its_type_and_can_be_cached(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] in {
        "text/plain", "application/manifest+json", "text/css", "image/svg+xml", "image/png",
    }  # fmt: skip
    assert response["Cache-Control"] == "public, max-age=300"
    assert client.post(path).status_code == 405


@pytest.mark.parametrize(("rings", "allowed"), [([], True), (["campus"], False)])
def test_search_engines_may_read_a_site_that_everyone_may_enter(portal, rings, allowed):
    sites = portal().sites.model_copy(update={"internet": Site(domain="portal.example", rings=rings)})
    assert (b"Disallow: /\n" in robots(portal(sites=sites), "internet")) != allowed


def test_the_manifest_describes_the_portal(portal):
    found = json.loads(manifest(portal(name='A "B" & नमस्ते', language="ar"), "internet"))
    assert found["name"] == 'A "B" & नमस्ते'
    assert (found["lang"], found["dir"]) == ("ar", "rtl")
    assert found["start_url"] == found["scope"] == "/"
    assert found["display"] == "standalone"


def test_the_icons_of_the_manifest_are_served(client, portal):
    for icon in json.loads(manifest(portal(), "internet"))["icons"]:
        response = client.get(icon["src"])
        assert response["Content-Type"] == icon["type"]
        if icon["type"] == "image/png":
            width, height = Image.open(BytesIO(response.content)).size
            assert f"{width}x{height}" == icon["sizes"]
        else:
            assert ElementTree.fromstring(response.content).tag.endswith("svg")  # noqa: S314 - our own file


def test_a_portal_with_a_favicon_of_its_own_uses_it_everywhere(client, settings, portal, tmp_path):
    settings.PORTAL = portal(branding=Branding(favicon="/media/mark.png"))
    found = json.loads(client.get("/manifest.webmanifest").content)["icons"]
    assert found == [{"src": "/media/mark.png", "sizes": "any", "type": "image/png"}]


@pytest.mark.parametrize(("path", "corner"), [(ICON_192, 0), (ICON_512, 0), (ICON_MASKABLE, 255)])
def test_the_mark_has_the_portal_s_colour_and_a_maskable_one_fills_its_square(client, settings, path, corner):
    image = Image.open(BytesIO(client.get(path).content)).convert("RGBA")
    assert image.getpixel((0, 0))[3] == corner
    colour = parse(accent_of(settings.PORTAL.branding.colour).on_light)
    assert image.getpixel((image.width // 2, image.height // 12))[:3] == colour
    assert image.getpixel((image.width // 2, image.height // 8 * 5))[:3] == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Omniport", "Omniport"),
        ("Institute of Technology", "Institute of"),
        ("Universitätsverwaltung", "Universitäts"),
        ("A B", "A B"),
    ],
)
def test_a_short_name_has_the_first_words_that_fit(name, short):
    assert short_name(name) == short


def test_the_accent_is_a_style_sheet(client, settings):
    accent = accent_of(settings.PORTAL.branding.colour)
    style = client.get("/accent.css").text
    assert f"--brand-on-light: {accent.on_light};" in style
    assert f"--brand-on-dark: {accent.on_dark};" in style
