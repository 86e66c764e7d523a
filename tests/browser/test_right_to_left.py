"""Every screen in a language that runs from right to left, and whose texts are 40 % longer than the English ones."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import NARROW, WIDE, Window
from tests.support.pseudo_locale import LANGUAGE, pseudo
from tests.support.screens import MAIN, OPEN, OTHERS, SIGNED_OUT, Screen

SCREENS = SIGNED_OUT | MAIN | OTHERS

# Text that is wider than its box and cut off without an ellipsis, and elements that stick out of the window.
FAULTS = """() => {
  const faults = []
  const name = (one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.innerText?.slice(0, 40)}`
  for (const one of document.body.querySelectorAll('*')) {
    if (!one.checkVisibility({visibilityProperty: true}) || one.closest('svg, .visually-hidden, [inert]')) continue
    const style = getComputedStyle(one)
    const box = one.getBoundingClientRect()
    if (box.width <= 1 || box.height <= 1 || style.opacity === '0') continue
    const ellipsis = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
    if (one.scrollWidth > one.clientWidth + 1 && ['hidden', 'clip'].includes(style.overflowX) && !ellipsis)
      faults.push(`cut off by ${one.scrollWidth - one.clientWidth} pixels: ${name(one)}`)
    let scroller = one.parentElement
    while (scroller && !['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(scroller).overflowX))
      scroller = scroller.parentElement
    if (!scroller && style.position !== 'fixed' && (box.left < -1 || box.right > innerWidth + 1))
      faults.push(`out of the window, from ${box.left} to ${box.right}: ${name(one)}`)
  }
  return faults
}"""

# Arrows point the other way, and charts and their axes begin on the right.
TURNED = """() => [...document.querySelectorAll('.icon[data-turns], .bar-track, .line-chart-plot > svg')]
  .filter((one) => one.checkVisibility())
  .map((one) => {
    const {scale, transform} = getComputedStyle(one)
    return scale.startsWith('-1') !== transform.startsWith('matrix(-1') ? '' : one.outerHTML
  })
  .filter(Boolean)"""


def check(window: Window, viewports: list[dict]) -> None:
    """Check what the window shows in each width. All faults are reported together."""
    page, faults = window.page, []
    assert page.locator("html").get_attribute("dir") == "rtl"
    for viewport in viewports:
        page.set_viewport_size(viewport)
        place = f"{viewport['width']}"
        if (overflow := window.overflow()) > 0:
            faults.append(f"{place}: {overflow} pixels too wide")
        faults += [f"{place}: {fault}" for fault in page.evaluate(FAULTS)]
        faults += [f"{place}: {violation}" for violation in window.axe_violations()]
        faults += [f"{place}: does not turn: {icon}" for icon in page.evaluate(TURNED)]
    assert faults == []


def show(window: Window, screen: Screen) -> Page:
    """Open a screen as the person who sees most of it, and wait until it is complete."""
    if screen.account:
        window.take_session(screen.account)
    page = window.open(screen.path)
    if isinstance(screen.content, str) and page.locator("html").get_attribute("lang") == "en":
        page.get_by_text(screen.content).first.wait_for()
    page.wait_for_load_state("networkidle")
    if screen.problem:
        window.expect_problems(screen.problem)
    return page


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen(open_window: Callable[..., Window], name: str) -> None:
    window = open_window(viewport=NARROW, locale=LANGUAGE)
    page = show(window, SCREENS[name])
    expect(page.locator("html")).to_have_attribute("lang", LANGUAGE)
    page.locator(".skeleton").first.wait_for(state="detached")
    check(window, [NARROW, WIDE])


@pytest.mark.parametrize("name", OPEN)
def test_what_opens_above_a_screen(open_window: Callable[..., Window], name: str) -> None:
    screen = OPEN[name]
    viewports = [viewport for viewport, exists in ((NARROW, screen.narrow), (WIDE, screen.wide)) if exists]
    window = open_window(viewport=viewports[0])
    page = show(window, screen)
    screen.open(page)
    page.wait_for_load_state("networkidle")
    switch_language(window, page)
    check(window, viewports)


def switch_language(window: Window, page: Page) -> None:
    """Switch this browser to the language as another of its tabs does, while something is open."""
    page.context.add_cookies([{"name": "language", "value": LANGUAGE, "url": window.url}])
    other = page.context.new_page()
    other.goto(window.url + "/robots.txt")
    other.evaluate(f"new BroadcastChannel('portal').postMessage({{kind: 'language', language: '{LANGUAGE}'}})")
    expect(page.locator("html")).to_have_attribute("lang", LANGUAGE)
    other.close()
    page.wait_for_load_state("networkidle")


def test_menus_and_arrow_keys_turn(open_window: Callable[..., Window]) -> None:
    """The drawer is at the side where lines begin."""
    window = open_window(viewport=NARROW, locale=LANGUAGE)
    window.take_session("student")
    page = window.open("/")
    page.get_by_role("button", name=re.compile(pseudo("Menu"))).click()
    drawer = page.get_by_role("dialog")
    drawer.wait_for()
    box = drawer.bounding_box()
    assert box["x"] + box["width"] == NARROW["width"]
    assert box["x"] > 0
