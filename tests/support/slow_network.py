"""The first page on a slow network: how long it takes, and what it needs.

The time depends on the machine as well as on the network. So each load on the slow network is compared with one on the
machine's own network: a machine that is slower than an idle one by some time may take that time longer.
"""

from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from playwright.sync_api import Browser

from tests.support.browser import wait_until_true

MOST_SECONDS = 4
IDLE_SECONDS = 0.6  # for the same page without the slow network, on an idle machine with 2 cores
LOADS = 3

# Document, styles, three scripts, catalogue, API.
MOST_REQUESTS = 7
# 112 kB of scripts and 8 kB of styles; and 5 kB for the document, the catalogue's part in English, and the API.
MOST_BYTES = 125_000

# An initial script that saves when the greeting and the apps were first on the page.
SAVE_FIRST_VIEW = """
{
  const look = () => {
    if (document.querySelector('main h1') && document.querySelector('main .items a[href="/people"]'))
      requestAnimationFrame(() => { window.firstView = performance.now() })
    else requestAnimationFrame(look)
  }
  look()
}
"""

# What was loaded until then: the path and the bytes of each response.
LOADED = """
[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter(({responseEnd, initiatorType}) => responseEnd <= window.firstView && initiatorType !== 'other')
  .map(({name, encodedBodySize}) => [new URL(name).pathname, encodedBodySize])
"""


class Network(NamedTuple):
    bits_a_second: int
    latency: int  # milliseconds


SLOW = Network(400_000, 400)


class FirstView(NamedTuple):
    seconds: float
    loaded: dict[str, int]  # path → bytes


def load_home(
    browser: Browser,
    url: str,
    cookies: list[dict],
    *,
    network: Network | None = None,
    slowdown: int = 1,
    **options: object,
) -> FirstView:
    """Load the home page with an empty cache.

    `network` is the machine's own by default. `slowdown` is how many times slower the processor is. `options` are those
    of a context of Playwright.
    """
    context = browser.new_context(**options)
    context.add_cookies(cookies)
    page = context.new_page()
    page.add_init_script(SAVE_FIRST_VIEW)
    session = context.new_cdp_session(page)
    if network:
        bytes_a_second = network.bits_a_second / 8
        speed = {"downloadThroughput": bytes_a_second, "uploadThroughput": bytes_a_second, "latency": network.latency}
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", {"offline": False, **speed})
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.goto(url, wait_until="commit")
    wait_until_true(page, "window.firstView > 0")
    view = FirstView(page.evaluate("window.firstView") / 1000, dict(page.evaluate(LOADED)))
    context.close()
    return view


def check_first_view(load: Callable[..., FirstView]) -> str:
    """Load the page three times, fail unless it is quick and small, and return the figures. `load` takes a network."""
    load(None)  # the server has its caches then
    loads = [(load(SLOW), load(None)) for _ in range(LOADS)]
    loaded = loads[0][0].loaded
    size = sum(loaded.values())
    seconds = median(slow.seconds for slow, _ in loads)
    own_seconds = median(own.seconds for _, own in loads)
    figures = (
        f"first view at 400 kbit/s and 400 ms: {seconds:.1f} s, of which the machine takes {own_seconds:.1f} s; "
        f"{len(loaded)} requests, {size / 1000:.0f} kB"
    )
    assert len(loaded) <= MOST_REQUESTS, loaded
    assert size <= MOST_BYTES, loaded
    assert seconds - max(0, own_seconds - IDLE_SECONDS) <= MOST_SECONDS, figures
    return figures
