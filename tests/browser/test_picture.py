"""The picture of a portal in README.md and docs/index.md: a student's home page, and a poll on a phone.

UPDATE_PICTURES=1 renews docs/images/portal.png. Look at it before you commit it.
"""

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Served
from tests.support.browser import NARROW, Window
from tests.support.checkout import REPOSITORY
from tests.support.installation import copy_portal
from tests.support.network import HOST

PICTURE = REPOSITORY / "docs" / "images" / "portal.png"
MOST_BYTES = 200_000
DESKTOP = {"width": 1280, "height": 690}
STUDENT, PASSWORD = "anjali.deshpande", "four words of one student"

# What people of the demo directory do, in a portal of its own.
CONTENT = f"""
from datetime import timedelta
from itertools import islice
from django.utils import timezone
from apps.polls.actions import poll_create, vote_cast
from apps.polls.models import Poll
from core.people.models import Person
from services.announcements.actions import announcement_schedule

who = lambda username: Person.objects.get(username=username)
student = who("{STUDENT}")
student.set_password("{PASSWORD}")
student.save()
Poll.objects.all().delete()

def ask(author, question, choices, days, votes, student_votes=False):
    closes_at = timezone.now() + timedelta(days=days)
    poll = poll_create(author=who(author), question=question, choices=list(choices), closes_at=closes_at)
    others = Person.objects.exclude(pk=student.pk).order_by("pk")
    voters = iter([student, *others] if student_votes else others)
    for choice, number in zip(poll.choices.all(), votes, strict=True):
        for person in islice(voters, number):
            vote_cast(person=person, poll=poll, choice=choice)

ask("sean.gallagher", "Which evening for the winter concert?", ["Thursday", "Friday", "Saturday"], 1, [4, 9, 6])
ask("grace.mutua", "Which day suits the open house best?", ["Friday", "Saturday", "Sunday"], 5, [7, 15, 3])
ask("kofi.mensah", "Where should the new bicycle stands go?",
    ["Beside the library", "At the main gate", "Behind the sports hall"], 12, [19, 11, 6], student_votes=True)
announcement_schedule(author=who("maintainer"), title="The timetable of the winter exams is here",
    text="The first exam is on 7 December. Rooms are listed by programme.")
announcement_schedule(author=who("maintainer"), title="Library open until midnight",
    text="From Monday until the end of the exams, also on Saturdays. The quiet rooms can be booked at the desk.")
"""

FRAME = """<!doctype html><title>Portal</title><style>
body {{ margin: 0; inline-size: 1440px; block-size: 690px; background: #dde2ea; position: relative; overflow: hidden }}
img {{ position: absolute; box-shadow: 0 12px 40px #1b254840; display: block }}
.desktop {{ inset: 38px auto auto 38px; inline-size: 1124px; border-radius: 12px }}
.phone {{ inset: auto 38px 34px auto; inline-size: 262px; border-radius: 20px }}
</style><img class="desktop" src="{desktop}" alt=""><img class="phone" src="{phone}" alt="">"""


@pytest.fixture
def college(built_portal: Path, tmp_path: Path) -> Iterator[Served]:
    """A portal with the demo content and the apps of the template alone."""
    installation = copy_portal(built_portal, tmp_path, packages=True)
    shutil.copytree(built_portal / "frontend" / "build", installation.folder / "frontend" / "build", dirs_exist_ok=True)
    with installation.development_server("serve") as server:
        installation.manage("shell", "-c", CONTENT)
        yield Served(installation, f"http://{HOST}:{server.port}")


def as_source(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def take(window: Window, path: str, link: str | None = None) -> str:
    page = window.page
    window.take_session(STUDENT, password=PASSWORD)
    window.open(path)
    if link:
        page.get_by_role("main").get_by_role("link", name=link).click()
        window.wait_for_heading(link)
    page.get_by_role("button", name="Signed in as").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur()")
    return as_source(page.screenshot(scale="css"))


# 256 colours are a third of the bytes. Pillow is a package of the portal.
REDUCE = """
import sys
from PIL import Image
picture = Image.open(sys.argv[1]).convert("RGB")
palette = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=8)
picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(sys.argv[1], optimize=True)
"""


def test_the_picture_of_a_portal_can_be_renewed(college: Served, open_window, browser: Browser, tmp_path: Path) -> None:
    desktop = take(open_window(college, viewport=DESKTOP), "/")
    phone = open_window(college, viewport=NARROW, color_scheme="dark")
    phone = take(phone, "/polls", "Where should the new bicycle stands go?")
    context = browser.new_context(viewport={"width": 1440, "height": 690})
    page = context.new_page()
    page.set_content(FRAME.format(desktop=desktop, phone=phone), wait_until="load")
    picture = tmp_path / "portal.png"
    page.screenshot(path=picture)
    context.close()
    college.installation.run("python", "-c", REDUCE, str(picture))
    assert picture.stat().st_size <= MOST_BYTES
    if "UPDATE_PICTURES" in os.environ:
        shutil.copyfile(picture, PICTURE)
