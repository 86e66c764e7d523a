"""Pages that Django makes without the frontend are accessible, in both schemes, and in the portal's colours."""

import pytest

from tests.support.browser import NARROW, WIDE

DJANGO_S_OWN = "aria-prohibited-attr"  # the tooltips in forms of the admin


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_admin_has_the_portal_s_colours_and_scheme(open_window, scheme):
    window = open_window(viewport=WIDE, color_scheme="light").sign_in()
    page = window.page
    page.context.add_cookies([{"name": "scheme", "value": scheme, "url": window.url}])
    shades = page.evaluate("document.documentElement.dataset.accent").split()
    for path in ("/admin/", "/admin/core_people/person/"):
        window.open(path)
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
        link = page.locator("#site-name a")
        colour = link.evaluate("element => getComputedStyle(element).color")
        assert colour == rgb(shades[scheme == "dark"]), path
        assert [found for found in window.axe_violations() if not found.startswith(DJANGO_S_OWN)] == []
        page.set_viewport_size(NARROW)
        assert window.overflow() == 0
        assert page.get_by_role("button", name="Sign out").is_visible()
        page.set_viewport_size(WIDE)
    assert window.problems == []


def test_signing_out_of_the_admin_ends_at_the_portal(open_window):
    window = open_window().sign_in()
    window.open("/admin/").get_by_role("button", name="Sign out").click()
    window.page.wait_for_url(f"{window.url}/")
    window.page.get_by_role("link", name="Sign in").first.wait_for()


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide-light", "narrow-dark"])
def test_an_error_page_is_accessible(open_window, viewport, scheme):
    window = open_window(viewport=viewport, color_scheme=scheme)
    window.open("/api/portal/unsubscribe/nothing/")
    window.wait_for_heading("This link does not work")
    window.check_accessibility()
    window.expect_problems("status of 404")
    assert window.problems == []


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(value) for value in bytes.fromhex(colour.removeprefix('#')))})"
