"""One's photo, on the account page: sent, shown there and in the header, and taken off."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_signing_in import REFUSED
from tests.support.browser import NARROW, WIDE
from tests.support.pictures import png

PICTURE = {"name": "me.png", "mimeType": "image/png", "buffer": png(640, 480, (200, 30, 30))}
PAGE = {"name": "me.png", "mimeType": "image/png", "buffer": b"<!doctype html><script>alert(1)</script>"}
LARGE = {"name": "me.png", "mimeType": "image/png", "buffer": b"\0" * (6 << 20)}

WIDTH = "image => image.decode().then(() => image.naturalWidth)"


@pytest.mark.parametrize(
    ("viewport", "color_scheme", "account"),
    [(WIDE, "light", "faculty"), (NARROW, "dark", "student")],
    ids=["wide, light", "narrow, dark"],
)
def test_a_photo_is_sent_shown_and_taken_off(open_window, viewport, color_scheme, account):
    window = open_window(viewport=viewport, color_scheme=color_scheme).sign_in(account, then="/account")
    page = window.page
    region = page.get_by_role("region", name="Photo")
    region.get_by_role("button", name="Choose photo").press("Enter")
    field = region.get_by_label("Picture file")
    expect(field).to_be_focused()
    window.check_accessibility()

    for wrong, words in ((LARGE, "This file has 6 MB."), (PAGE, "not a supported picture")):
        field.set_input_files(wrong)
        region.get_by_role("button", name="Use this photo").press("Enter")
        expect(region.get_by_role("alert")).to_contain_text(words)
        expect(field).to_be_focused()
        window.check_accessibility()
    window.expect_problems(REFUSED)

    field.set_input_files(PICTURE)
    region.get_by_role("button", name="Use this photo").press("Enter")
    region.get_by_text("Your photo is changed.").wait_for()
    shown = region.get_by_role("img", name="Your photo")
    assert shown.evaluate(WIDTH) == 384
    assert page.get_by_role("banner").locator("img.avatar").evaluate(WIDTH) == 96
    window.check_accessibility()

    page.reload()
    assert shown.evaluate(WIDTH) == 384
    region.get_by_role("button", name="Remove photo").press("Enter")
    region.get_by_text("You have no photo yet.").wait_for()
    expect(page.get_by_role("banner").locator("img")).to_have_count(0)
    window.check_accessibility()
