"""Somebody follows the tutorial with `make dev`: each step shows what its picture shows.

UPDATE_PICTURES=1 renews the pictures of the tutorial. Look at them before you commit them.
"""

import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.browser.conftest import Served
from tests.support.browser import NARROW, Window
from tests.support.checkout import REPOSITORY
from tests.support.installation import Installation, copy_portal
from tests.support.network import HOST
from tests.support.tutorial import NAME, PAGE, follow, steps
from tests.support.waiting import wait_until

PICTURES = REPOSITORY / "{{cookiecutter.project_slug}}" / "docs" / "tutorials" / "pictures"
MOST_BYTES = 40_000
VIEWPORT = {"width": 960, "height": 720}
THING, PLACE = "Red bicycle helmet", "Bicycle stands"

HELMET = """<body style="margin: 0; background: #e9eef3"><svg width="640" height="260" viewBox="-18 4 100 40.6">
<path d="M10 30a22 20 0 0 1 44 0z" fill="#c22f2f"/><path d="M18 28q3-12 12-15M34 28q1-10 0-16M50 28q-2-9-8-13"
stroke="#8f1d1d" stroke-width="2.4" fill="none"/><path d="M8 30h48" stroke="#333" stroke-width="2.6"/>
<path d="M20 31q6 9 12 0" stroke="#333" stroke-width="1.4" fill="none"/></svg></body>"""

# Pillow is a package of the portal.
AS_WEBP = """
import sys
from PIL import Image
Image.open(sys.argv[1]).convert("RGB").save(sys.argv[2], quality=78, method=6)
"""

OLD = """
from datetime import timedelta
from apps.lost_found.models import Entry
for entry in Entry.objects.filter(text="Keys with a red tag"):
    entry.created_at -= timedelta(days=61)
    entry.save(update_fields=["created_at"])
"""


@pytest.fixture
def installation(built_portal: Path, tmp_path: Path) -> Installation:
    return copy_portal(built_portal, tmp_path, packages=True)


@pytest.fixture
def pictures(installation: Installation, tmp_path: Path) -> "Pictures":
    return Pictures(installation, tmp_path)


class Pictures:
    """Takes the pictures in the order of the page."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.folder = folder
        self.names = re.findall(r"\]\(pictures/(.+?)\)", (installation.folder / PAGE).read_text())
        self.taken: list[Path] = []

    def take(self, window: Window) -> None:
        window.page.wait_for_load_state("networkidle")
        window.page.evaluate("document.activeElement.blur()")
        picture = self.folder / self.names[len(self.taken)]
        window.page.screenshot(path=picture.with_suffix(".png"), scale="css", animations="disabled")
        self.installation.run("python", "-c", AS_WEBP, str(picture.with_suffix(".png")), str(picture))
        assert picture.stat().st_size <= MOST_BYTES, picture.name
        self.taken.append(picture)

    def check(self) -> None:
        """Check that each picture of the page was taken, and renew them if UPDATE_PICTURES is set."""
        assert [picture.name for picture in self.taken] == self.names
        for picture in self.taken if "UPDATE_PICTURES" in os.environ else []:
            PICTURES.mkdir(exist_ok=True)
            shutil.copyfile(picture, PICTURES / picture.name)
        assert {picture.name for picture in PICTURES.iterdir()} == set(self.names)


def show(window: Window, path: str, text: str) -> None:
    """Open a page until it has a text: the servers start again after each change."""

    def is_shown() -> bool:
        try:
            window.page.goto(window.url + path)
            window.page.get_by_text(text).first.wait_for(timeout=5_000)
        except Error:
            return False
        return True

    wait_until(is_shown, seconds=120)


def picture_of_a_helmet(browser: Browser) -> bytes:
    page = browser.new_page(viewport={"width": 640, "height": 260})
    page.set_content(HELMET)
    picture = page.screenshot()
    page.close()
    return picture


def test_each_step_of_the_tutorial_shows_its_picture(
    installation: Installation, pictures: Pictures, browser: Browser, open_window
) -> None:
    make, say, found, claim, close, test = list(steps((installation.folder / PAGE).read_text()).values())[:6]
    page_path = f"/{NAME}"
    follow(make, installation)
    with installation.development_server("dev") as server:
        portal = Served(installation, f"http://{HOST}:{server.port}")
        for account in ("student", "faculty", "maintainer"):
            installation.manage("demoas", account)

        def window_of(account: str, **options: object) -> Window:
            window = open_window(portal, **{"viewport": VIEWPORT, **options})
            wait_until(lambda: window.take_session(account) is None, seconds=60)
            return window

        student = window_of("student")
        show(student, page_path, "Nothing here yet")
        student.page.get_by_label("Text").fill("Grey scarf")
        student.page.get_by_role("button", name="Add").click()
        student.page.get_by_role("link", name="Grey scarf").wait_for()
        pictures.take(student)

        follow(say, installation)
        show(student, "/", "Things that people found on campus")
        pictures.take(student)

        follow(found, installation)
        show(student, page_path, "Blue water bottle")
        student.page.get_by_label("What did you find?").fill(THING)
        student.page.get_by_label("Where?").fill(PLACE)
        student.page.get_by_role("button", name="Add").click()
        student.page.get_by_role("link", name=THING).wait_for()
        pictures.take(student)

        follow(claim, installation)
        show(student, page_path, THING)
        student.page.get_by_role("link", name=THING).click()
        file = {"name": "helmet.png", "mimeType": "image/png", "buffer": picture_of_a_helmet(browser)}
        student.page.get_by_label("Photo").set_input_files(file)
        student.page.get_by_role("img", name=THING).wait_for()
        thing = student.page.url.removeprefix(portal.url)
        show(student, page_path, THING)
        faculty = window_of("faculty")
        show(faculty, thing, "This is mine")
        faculty.page.get_by_role("img", name=THING).wait_for()
        pictures.take(faculty)
        faculty.page.get_by_role("button", name="This is mine").click()
        faculty.page.get_by_text("Claimed by").wait_for()
        student.page.get_by_text("Claimed", exact=True).wait_for()  # without a reload
        show(student, "/notifications", THING)
        pictures.take(student)

        installation.manage("shell", "-c", OLD)
        follow(close, installation)
        show(student, page_path, "Closed")
        student.page.get_by_role("link", name="Keys with a red tag").scroll_into_view_if_needed()
        pictures.take(student)
        maintainer = window_of("maintainer")
        show(maintainer, f"/admin/{NAME}/entry/", THING)
        pictures.take(maintainer)

        follow(test, installation)
        phone = window_of("student", viewport=NARROW, color_scheme="dark")
        show(phone, page_path, THING)
        assert phone.overflow() == 0
        phone.check_accessibility()
        expect(phone.page.get_by_text("Claimed", exact=True)).to_be_visible()
        pictures.take(phone)
        for window in (student, faculty, maintainer, phone):
            window.page.close()
            window.problems.clear()  # the browser reports each moment in which the servers started again
    pictures.check()
