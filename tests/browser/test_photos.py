"""The photo on the account page."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import NARROW, WIDE
from tests.support.pictures import png

PICTURE = {"name": "me.png", "mimeType": "image/png", "buffer": png(640, 480, (200, 30, 30))}
HTML = {"name": "me.png", "mimeType": "image/png", "buffer": b"<!doctype html><script>alert(1)</script>"}

WIDTH = "image => image.decode().then(() => image.naturalWidth)"


@pytest.mark.parametrize(
    ("viewport", "color_scheme", "account"),
    [
        pytest.param(WIDE, "light", "faculty", id="wide-light"),
        pytest.param(NARROW, "dark", "student", id="narrow-dark"),
    ],
)
def test_a_photo_is_cropped_set_shown_in_the_header_and_removed(open_window, viewport, color_scheme, account):
    window = open_window(viewport=viewport, color_scheme=color_scheme).sign_in(account, then="/account")
    page = window.page
    region = page.get_by_role("region", name="Photo")
    region.get_by_role("button", name="Choose photo").press("Enter")
    dialog = page.get_by_role("dialog", name="Your photo")
    field = dialog.get_by_label("Picture file")
    expect(field).to_be_focused()
    field.set_input_files(HTML)
    expect(dialog.get_by_role("alert")).to_contain_text("not a picture that your browser can read")
    window.check_accessibility()

    field.set_input_files(PICTURE)
    dialog.get_by_role("slider", name="Zoom").press("ArrowRight")  # the keyboard does what the pointer does
    square = dialog.get_by_role("img", name="The part of the picture that is used")
    before = dialog.get_by_role("slider", name="Left and right").input_value()
    square.drag_to(square, source_position={"x": 100, "y": 100}, target_position={"x": 160, "y": 100})
    assert float(dialog.get_by_role("slider", name="Left and right").input_value()) < float(before)
    window.check_accessibility()
    dialog.get_by_role("button", name="Use this photo").press("Enter")
    page.get_by_text("Your photo is changed.").wait_for()
    photo = region.get_by_role("img", name="Your photo")
    assert photo.evaluate(WIDTH) == 384
    assert page.get_by_role("banner").locator("img[src*=photo]").first.evaluate(WIDTH) == 96
    window.check_accessibility()

    page.reload()
    assert photo.evaluate(WIDTH) == 384
    region.get_by_role("button", name="Remove photo").press("Enter")
    region.get_by_text("You have no photo yet.").wait_for()
    expect(page.get_by_role("banner").locator("img[src*=photo]")).to_have_count(0)
    window.check_accessibility()
