"""Measure what it costs to make an app: the lines of the tutorial's, and how long `make dev` and `make test` take.

    python benchmarks/extending.py [--changes 5]

The app is made from the page of the tutorial. Then `make dev` runs, and the program changes a text of an open page, and
a Python module of the app, again and again. The times end when the browser shows the text, and when the API answers
from the new module. The quickest and the median are printed.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.support.browser import Window, find_chromium, running_browser  # noqa: E402
from tests.support.installation import Installation, PortalServer, copy_portal  # noqa: E402
from tests.support.network import HOST  # noqa: E402
from tests.support.tutorial import FOLDER, NAME, added_lines, assemble, contents, files_of  # noqa: E402
from tests.support.visitor import Visitor  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402
from tools.generate import main as generate  # noqa: E402

MOST_LINES, MOST_FILES_OUTSIDE = 250, 0
MOST_PAGE_SECONDS, MOST_PYTHON_SECONDS, MOST_TEST_SECONDS = 0.5, 2.0, 15.0


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file}: {old}"
    file.write_text(text.replace(old, new))


def page_changes(installation: Installation, window: Window, changes: int) -> list[float]:
    """Return how long the open page takes to show each change of its source."""
    source = installation.folder / FOLDER / "frontend" / "ListPage.jsx"
    window.open(f"/{NAME}")
    title, times = "Entries", []
    for number in range(changes):
        text = f"Things {number}"

        def change(old: str = title, new: str = text) -> None:
            replace(source, f"title={{t`{old}`}}", f"title={{t`{new}`}}")
            window.page.get_by_role("heading", name=new, exact=True).wait_for(timeout=60_000)

        times.append(seconds_of(change))
        title = text
    return times


def python_changes(installation: Installation, visitor: Visitor, changes: int) -> list[float]:
    """Return how long the API takes to answer from each change of a module."""
    source = installation.folder / FOLDER / "urls.py"
    times = []
    for number in range(changes):
        name = f"version-{number}/"

        def change(name: str = name) -> None:
            replace(source, "urlpatterns = [\n", f'urlpatterns = [\n    path("{name}", EntriesView.as_view()),\n')
            wait_until(lambda: visitor.get(f"/api/{NAME}/{name}").status == 200, seconds=60, every=0.02)

        times.append(seconds_of(change))
    return times


def develop(installation: Installation, server: PortalServer, changes: int) -> tuple[list[float], list[float]]:
    """Sign in, change the page and the module, and return the times of both."""
    installation.manage("demoas", "student")
    visitor = Visitor.local(server.port).sign_in_as("student")
    with running_browser(find_chromium() or sys.exit("no Chromium was found")) as browser:
        page = browser.new_page()
        window = Window(page, url=f"http://{HOST}:{server.port}", folder=installation.folder).sign_in("student")
        return page_changes(installation, window, changes), python_changes(installation, visitor, changes)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--changes", type=int, default=5)
    options = arguments.parse_args()
    portal = generate(REPOSITORY / "var" / "test", [])
    missed = []

    def report(what: str, found: float, most: float, text: str) -> None:
        print(f"| {what} | {text} | at most {most:g} |", flush=True)
        if found > most:
            missed.append(what)

    def report_times(what: str, times: list[float], most: float) -> None:
        report(what, min(times), most, f"{min(times):.2f} s, median {median(times):.2f} s")

    with tempfile.TemporaryDirectory(prefix="extending-") as folder:
        installation = copy_portal(portal, Path(folder), packages=True)
        before = contents(installation.folder)
        made = assemble(installation)
        after = contents(installation.folder)
        files = files_of(installation.folder / FOLDER)
        lines = sum(added_lines(made.get(name, ""), text) for name, text in files.items())
        outside = sum(before.get(name) != after.get(name) for name in before | after)
        print("| what | found | promise |\n|---|---|---|")
        report("lines added after `make app`", lines, MOST_LINES, str(lines))
        report("files outside of the app's folder", outside, MOST_FILES_OUTSIDE, str(outside))
        with installation.development_server("dev") as server:
            pages, modules = develop(installation, server, options.changes)
        report_times("a changed page, until the browser shows it", pages, MOST_PAGE_SECONDS)
        report_times("a changed Python module, until the API answers from it", modules, MOST_PYTHON_SECONDS)
        seconds = seconds_of(lambda: installation.make("test", f"app={NAME}"))
        report("`make test app=lost_found`", seconds, MOST_TEST_SECONDS, f"{seconds:.1f} s")
    print(f"\nAt load {os.getloadavg()[0]:.1f}.")
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
