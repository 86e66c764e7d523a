"""The institute's colour is readable on light and on dark pages, whatever its hue."""

import colorsys
import re

import pytest

from core.configuration.colour import DARK, LIGHT, TINT, accent_of, contrast, mix, parse, write

AA = 4.5  # https://www.w3.org/WAI/WCAG22/Understanding/contrast-minimum.html
TEXT_ON_ACCENT = {"light": (255, 255, 255), "dark": (15, 18, 22)}  # --on-accent in frontend/styles/tokens.css

HUES = [
    write(tuple(round(255 * value) for value in colorsys.hls_to_rgb(hue / 360, lightness, saturation)))
    for hue in range(0, 360, 3)
    for lightness in (0.05, 0.3, 0.5, 0.7, 0.95)
    for saturation in (0.2, 1)
]
NAMED = ["#ffff00", "#ffffff", "#000000", "#00ff00", "#0000ff", "#ff0000", "#808080", "#767676", "#1F5FBF"]


def worst_contrast(shade, backgrounds):
    """Return the lowest contrast of a shade to the backgrounds, and to the surface with a tint of the shade."""
    tinted = mix(backgrounds[0], shade, TINT)
    return min(contrast(shade, background) for background in [*backgrounds, tinted])


@pytest.mark.parametrize("colours", [HUES, NAMED], ids=["hues", "named"])
def test_both_shades_are_readable_as_text_and_below_text(colours):
    for colour in colours:
        on_light, on_dark = map(parse, accent_of(colour))
        assert worst_contrast(on_light, LIGHT) >= AA, colour
        assert worst_contrast(on_dark, DARK) >= AA, colour
        assert contrast(on_light, TEXT_ON_ACCENT["light"]) >= AA, colour
        assert contrast(on_dark, TEXT_ON_ACCENT["dark"]) >= AA, colour


def test_a_readable_colour_stays_as_it_is():
    assert accent_of("#1f5fbf").on_light == "#1f5fbf"
    assert accent_of("#86b2f4").on_dark == "#86b2f4"


def test_a_shade_keeps_the_hue():
    """Yellow becomes a dark yellow on light pages, and not black."""
    red, green, blue = parse(accent_of("#ffff00").on_light)
    assert red == green > blue == 0


def test_every_background_of_the_style_sheet_is_considered(settings):
    tokens = (settings.BASE_DIRECTORY / "frontend" / "styles" / "tokens.css").read_text()
    backgrounds = re.findall(r"--(?:page|surface|surface-high|sunk): light-dark\((#\w+), (#\w+)\)", tokens)
    assert len(backgrounds) >= 3
    for light, dark in backgrounds:
        assert parse("#ffffff" if light == "#fff" else light) in LIGHT
        assert parse(dark) in DARK
    text = re.search(r"--on-accent: light-dark\(#fff, (#\w+)\)", tokens)
    assert parse(text[1]) == TEXT_ON_ACCENT["dark"]
