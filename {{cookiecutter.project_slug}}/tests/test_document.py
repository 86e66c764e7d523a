"""The page that Django serves: it is right before a script runs, and browsers keep it while it stays the same."""

import html

import pytest
from django.test import override_settings

from core.configuration.portal import Branding

PAGE = (
    '<html lang="en" dir="ltr" data-scheme="" data-accent=""><head>'
    '<meta name="description" content=""><link rel="icon" href="/icon.svg"><title>Portal</title></head></html>'
)


@pytest.fixture
def get_page(client, settings, tmp_path):
    """Return a function that gets the page with a cookie, for a portal with these values."""
    (tmp_path / "index.html").write_text(PAGE)
    settings.FRONTEND_BUILD = tmp_path

    def get_page(path="/", scheme=None, headers=None, **portal):
        if scheme:
            client.cookies["scheme"] = scheme
        with override_settings(PORTAL=settings.PORTAL.model_copy(update=portal)):
            return client.get(path, headers=headers)

    return get_page


def test_the_page_has_the_portal_s_name_and_description(get_page):
    page = get_page(name="A & <B>", description='The "portal"').text
    assert "<title>A &#38; &#60;B&#62;</title>" in page
    assert 'name="description" content="The &#34;portal&#34;"' in page


def test_a_portal_without_a_description_is_described_by_its_name(get_page, settings):
    page = html.unescape(get_page(name="Atlas", description="").text)
    assert settings.PORTAL.institute.name.split()[0] in page


def test_the_page_has_both_shades_of_the_accent(get_page):
    assert 'data-accent="#1f5fbf #' in get_page(branding=Branding(colour="#1f5fbf")).text
    assert ' #ffff00"' in get_page(branding=Branding(colour="#ffff00")).text


@pytest.mark.parametrize(
    ("cookie", "written"), [("dark", "dark"), ("light", "light"), (None, ""), ('"><script>', ""), ("blue", "")]
)
def test_the_page_has_the_scheme_of_the_cookie(get_page, cookie, written):
    assert f'data-scheme="{written}"' in get_page(scheme=cookie).text


def test_the_page_has_the_language_and_its_direction(get_page, settings):
    settings.LANGUAGE_CODE = "ar"
    settings.LANGUAGES = [("ar", "Arabic")]
    assert '<html lang="ar" dir="rtl"' in get_page(headers={"Accept-Language": "en"}).text


def test_browsers_keep_the_page_and_ask_whether_it_is_the_same(get_page):
    first = get_page()
    assert first["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Cookie"} <= set(first["Vary"].split(", "))
    headers = {"If-None-Match": first["ETag"]}
    same = get_page("/people", headers=headers)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    for changes in ({"name": "Another"}, {"scheme": "dark"}):
        assert get_page(headers=headers, **changes).status_code == 200


def test_only_reading_the_page_is_allowed(client):
    assert client.post("/").status_code == 405


def test_the_favicon_of_the_page_is_the_portal_s(get_page):
    assert 'href="/icon.svg"' in get_page().text
    assert 'href="/media/a&#34;b.png"' in get_page(branding=Branding(favicon='/media/a"b.png')).text
