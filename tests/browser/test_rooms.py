"""The app `rooms`, which was made with the portal's documentation alone: two people book rooms at the same time."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import NARROW, NARROWEST, WIDE, Window

ROOM = "Meeting room North"
FREE = re.compile(f"^Book {ROOM}, ")


def open_tomorrow(window: Window) -> Page:
    """Open tomorrow's calendar of one room, by its page and the button to the next day."""
    page = window.open("/rooms")
    page.get_by_role("button", name="Next day").press("Enter")
    page.wait_for_url(re.compile(r"\?day="))
    page.get_by_role("button", name=FREE).first.wait_for()
    return page


def test_a_booking_appears_in_another_window_and_a_second_one_of_its_time_is_refused(
    open_window: Callable[..., Window],
) -> None:
    first, second = open_window().sign_in("faculty"), open_window(viewport=NARROW).sign_in("staff")
    page, other = open_tomorrow(first), open_tomorrow(second)
    for one in (page, other):
        one.get_by_role("button", name=FREE).first.press("Enter")
        expect(one.get_by_role("textbox", name="What for")).to_be_focused()
        one.keyboard.type("Examination")
    box = page.get_by_role("dialog").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(WIDE["width"] / 2, abs=20)  # but for a scroll bar
    heights = {page.get_by_label(label).bounding_box()["height"] for label in ("What for", "From", "Until")}
    assert len(heights) == 1
    page.keyboard.press("Enter")
    page.get_by_text("Room booked").wait_for()
    booked = "Examination · Demo faculty"
    page.get_by_text(booked).wait_for()
    other.get_by_text(booked).wait_for()  # without a reload, behind the dialog

    other.keyboard.press("Enter")
    other.get_by_text("Somebody has just booked this time. Choose another one.").wait_for()
    second.expect_problems("409")
    second.check_accessibility()
    expect(other.get_by_role("textbox", name="What for")).to_have_value("Examination")

    page.get_by_role("button", name=re.compile("^Cancel Examination")).press("Enter")
    page.get_by_role("button", name="Undo").press("Enter")
    page.get_by_text(booked).wait_for()


def test_the_calendars_fit_and_are_in_hindi(open_window: Callable[..., Window]) -> None:
    window = open_window(locale="hi")
    window.take_session("faculty")
    for path, text in (("/rooms", "सभी कमरे"), ("/rooms/1", "अगला सप्ताह"), ("/rooms/mine", "कैलेंडर के लिए सहेजें")):
        page = window.open(path)
        page.get_by_text(text).wait_for()
        page.wait_for_load_state("networkidle")
        assert window.faults_in([(NARROWEST, "dark"), (WIDE, "light")]) == []


def test_ones_own_bookings_are_saved_as_a_calendar(open_window: Callable[..., Window]) -> None:
    page = open_window().sign_in("faculty", then="/rooms/mine").page
    page.get_by_text("Meeting of faculty").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save for a calendar").click()
    assert "SUMMARY:Meeting of faculty" in download.value.path().read_text()
