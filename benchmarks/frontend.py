"""Measure what the home page of a person costs a phone on a mobile network, beside the least that its libraries cost.

    python benchmarks/frontend.py [--loads 5]

The least is a page with React, React Router and TanStack Query that reads the same API and shows the same name and
links, built by the same webpack and served by the same server. The two pages are loaded in turn, each time with an
empty cache, in a Chromium with a processor 4 times slower, at 1.6 Mbit/s with 150 ms of latency. The program prints a
Markdown table, and exits with an error when a promise is missed.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from playwright.sync_api import Browser  # noqa: E402

from tests.support.browser import NARROW, find_chromium, running_browser  # noqa: E402
from tests.support.installation import Installation, copy_portal  # noqa: E402
from tests.support.network import HOST  # noqa: E402
from tests.support.slow_network import FirstView, Network, load_home  # noqa: E402
from tests.support.visitor import Visitor  # noqa: E402
from tools.generate import main as generate  # noqa: E402

NETWORK, SLOWDOWN = Network(1_600_000, 150), 4
MOST_SCRIPT, MOST_STYLE = 112_000, 8_000  # bytes
MOST_TIMES = 2  # as long as the least

LEAST = """
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { BrowserRouter, Link, Route, Routes } from 'react-router'

function Home() {
  const queryFn = async () => (await fetch('/api/portal/')).json()
  const { data } = useQuery({ queryKey: ['portal'], queryFn })
  if (!data) return null
  return (
    <main>
      <h1>{data.person.display_name}</h1>
      <ul className="items">
        {data.apps.map(({ name, title }) => (
          <li key={name}>
            <Link to={`/${name}`}>{title}</Link>
          </li>
        ))}
      </ul>
    </main>
  )
}

createRoot(document.getElementById('root')).render(
  <QueryClientProvider client={new QueryClient()}>
    <BrowserRouter>
      <Routes>
        <Route path="*" element={<Home />} />
      </Routes>
    </BrowserRouter>
  </QueryClientProvider>,
)
"""


def build(portal: Path, folder: Path, *, least: bool) -> Installation:
    """Copy the portal and build it. With `least`, its page is the one above."""
    installation = copy_portal(portal, folder, packages=True)
    if least:
        (installation.folder / "frontend" / "main.jsx").write_text(LEAST)
    installation.make("frontend/build")
    return installation


def session_cookies(url: str) -> list[dict]:
    visitor = Visitor.local(int(url.rsplit(":", 1)[1]))
    if visitor.sign_in("student", "welcome-student").status != 200:
        sys.exit("The demo student cannot sign in")
    return [{"name": name, "value": value, "url": url} for name, value in visitor.cookies.items()]


def load(browser: Browser, url: str, cookies: list[dict]) -> FirstView:
    return load_home(browser, url, cookies, network=NETWORK, slowdown=SLOWDOWN, viewport=NARROW)


def size(view: FirstView, ending: str) -> int:
    """Return the bytes of the compressed files with this ending."""
    return sum(size for path, size in view.loaded.items() if path.endswith(ending))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--loads", type=int, default=5)
    options = arguments.parse_args()
    portal = generate(REPOSITORY / "var" / "test", [])
    with tempfile.TemporaryDirectory(prefix="frontend-") as name:
        found = measure(portal, Path(name), options.loads)
    print("| page | JavaScript | CSS | requests | home after | quickest |\n|---|---|---|---|---|---|")
    for page, views in found.items():
        seconds = [view.seconds for view in views]
        script, style = size(views[0], ".js"), size(views[0], ".css")
        figures = f"{script / 1000:.1f} kB | {style / 1000:.1f} kB | {len(views[0].loaded)}"
        print(f"| {page} | {figures} | {median(seconds):.2f} s | {min(seconds):.2f} s |")
    times = min(view.seconds for view in found["portal"]) / min(view.seconds for view in found["least"])
    print(f"\nThe portal's quickest load takes {times:.2f} times as long, at load {os.getloadavg()[0]:.1f}.")
    check(found["portal"][0], times)


def measure(portal: Path, folder: Path, loads: int) -> dict[str, list[FirstView]]:
    """Return page → its loads. The two pages alternate."""
    installations = {name: build(portal, folder / name, least=name == "least") for name in ("portal", "least")}
    with (
        installations["portal"].development_server("serve") as one,
        installations["least"].development_server("serve") as other,
        running_browser(find_chromium() or sys.exit("no Chromium was found")) as browser,
    ):
        urls = {"portal": f"http://{HOST}:{one.port}", "least": f"http://{HOST}:{other.port}"}
        cookies = {name: session_cookies(url) for name, url in urls.items()}
        found: dict[str, list[FirstView]] = {name: [] for name in urls}
        for number in range(loads + 1):
            for name, url in urls.items():
                view = load(browser, url, cookies[name])
                if number:  # the first load warms the servers
                    found[name].append(view)
    return found


def check(view: FirstView, times: float) -> None:
    """Exit when a promise is missed."""
    script, style = size(view, ".js"), size(view, ".css")
    if script > MOST_SCRIPT or style > MOST_STYLE:
        sys.exit(f"Missed: {script} bytes of JavaScript and {style} of CSS; promised: {MOST_SCRIPT} and {MOST_STYLE}")
    if times > MOST_TIMES:
        sys.exit(f"Missed: {times:.2f} times as long as the least; promised: {MOST_TIMES}")


if __name__ == "__main__":
    main()
