"""Makes two shades of the institute's colour: one for light pages, one for dark pages. Both are readable at any hue."""

from functools import cache
from typing import NamedTuple

Rgb = tuple[int, int, int]

BLACK, WHITE = (0, 0, 0), (255, 255, 255)

# The backgrounds of frontend/styles/tokens.css. The accent is text on all of them, and on the first with a tint of
# itself. Text on the accent has the colour of the lightest or the darkest one.
LIGHT = (WHITE, (246, 247, 249), (240, 242, 246))  # --surface and --surface-high, --page, --sunk
DARK = ((32, 38, 46), (24, 28, 34), (19, 23, 28), (15, 18, 22))  # --surface-high, --surface, --sunk, --page
TINT = 0.12  # the strongest share of the accent in a background: a chosen row
MIN_CONTRAST = (
    4.6  # WCAG 2.2 AA requires 4.5; the rest is for rounding, because browsers mix tints in another colour space
)
STEPS = 100


class Accent(NamedTuple):
    """Two CSS colours such as `#1f5fbf`, for light and for dark pages."""

    on_light: str
    on_dark: str


@cache
def accent_of(colour: str) -> Accent:
    """Return the shades of a colour such as `#1f5fbf`: itself where it is readable, else mixed with black or white."""
    rgb = parse(colour)
    return Accent(write(mix_until_readable(rgb, BLACK, LIGHT)), write(mix_until_readable(rgb, WHITE, DARK)))


def mix_until_readable(rgb: Rgb, end: Rgb, backgrounds: tuple[Rgb, ...]) -> Rgb:
    """Mix `rgb` with as little of `end` as makes it readable on all backgrounds."""
    for step in range(STEPS):
        mixed = mix(rgb, end, step / STEPS)
        if is_readable(mixed, backgrounds):
            return mixed
    return end


def is_readable(rgb: Rgb, backgrounds: tuple[Rgb, ...]) -> bool:
    tinted = mix(backgrounds[0], rgb, TINT)
    return min(contrast(rgb, background) for background in (*backgrounds, tinted)) >= MIN_CONTRAST


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Return `one` with a share of `other`, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio, from 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(rgb: Rgb) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (value / 255 for value in rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parse(colour: str) -> Rgb:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def write(rgb: Rgb) -> str:
    return f"#{bytes(rgb).hex()}"
