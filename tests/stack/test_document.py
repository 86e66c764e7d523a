"""The page that NGINX serves is the portal's and the visitor's before a script runs, and browsers may keep it."""

from collections.abc import Callable

import pytest

from tests.support.compose import SITES, Stack
from tests.support.visitor import Visitor

Visit = Callable[..., Visitor]

# Django's view of the page, for the same portal.yaml.
EXPECTED = """
import json
from django.conf import settings
from core.frontend.document import language_attributes, portal_texts
print(json.dumps([*portal_texts(settings.PORTAL).values(), language_attributes(settings.LANGUAGE_CODE)]))
"""


@pytest.mark.parametrize("site", SITES)
def test_nginx_writes_the_same_into_the_page_as_django(stack: Stack, visit: Visit, site: str) -> None:
    page = visit(site).get("/people").text
    for text in stack.python(EXPECTED):
        assert page.count(text) == 1, text


def test_the_page_is_sent_again_only_when_it_has_changed(visit: Visit) -> None:
    visitor = visit("internet")
    first = visitor.get("/")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Vary"] == "Accept-Language, Cookie"
    assert "Last-Modified" not in first.headers
    headers = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": "Fri, 31 Dec 2100 23:59:59 GMT"}
    same = visitor.get("/polls/1", headers=headers)
    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    visitor.cookies["scheme"] = "dark"
    assert visitor.get("/", headers=headers).status == 200


FILES = {
    "/robots.txt": "text/plain",
    "/manifest.webmanifest": "application/manifest+json",
    "/accent.css": "text/css",
    "/icon.svg": "image/svg+xml",
    "/icon-192.png": "image/png",
    "/icon-512.png": "image/png",
    "/icon-maskable.png": "image/png",
}


@pytest.mark.parametrize("path", FILES)
def test_a_file_of_the_portal_has_its_type(visit: Visit, path: str) -> None:
    response = visit("internet").get(path)
    assert (response.status, response.content_type) == (200, FILES[path])
    assert response.headers["Cache-Control"] == "public, max-age=300"


def test_search_engines_may_read_the_site_for_everyone_only(visit: Visit) -> None:
    assert visit("internet").get("/robots.txt").text == "User-agent: *\nDisallow:\n"
    assert visit("intranet").get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
