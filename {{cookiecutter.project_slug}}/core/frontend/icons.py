"""Draws the portal's own mark in the portal's colour, for portals without a favicon of their own.

The mark is drawn on a grid of 32 by 32. A maskable icon fills its square, because systems cut it to a shape of theirs.
"""

from io import BytesIO

from PIL import Image, ImageDraw

GRID, CORNER, STROKE = 32, 8, 3
ARCH_LEFT, ARCH_RIGHT, ARCH_TOP, FOOT, POST_TOP = 9, 23, 7, 24, 17  # an arch, and a post in its middle
MASKABLE_SHARE = 0.75  # of the mark's size, so that it stays inside the circle that no shape cuts
OVERSAMPLING = 4


def svg_icon(colour: str) -> bytes:
    """Return the mark as SVG."""
    middle, radius = GRID // 2, (ARCH_RIGHT - ARCH_LEFT) // 2
    arch = f"M{ARCH_LEFT} {FOOT}V{ARCH_TOP + radius}a{radius} {radius} 0 0 1 {2 * radius} 0V{FOOT}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GRID} {GRID}">'
        f'<rect width="{GRID}" height="{GRID}" rx="{CORNER}" fill="{colour}"/>'
        f'<path d="{arch}M{middle} {FOOT}V{POST_TOP}" fill="none" stroke="#fff" stroke-width="{STROKE}"'
        ' stroke-linecap="round"/></svg>'
    ).encode()


def png_icon(colour: str, pixels: int, *, maskable: bool = False) -> bytes:
    """Return the mark as a square PNG."""
    size = pixels * OVERSAMPLING
    image = Image.new("RGBA", (size, size), colour if maskable else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    unit = size / GRID
    if not maskable:
        draw.rounded_rectangle((0, 0, size - 1, size - 1), CORNER * unit, fill=colour)
    share = MASKABLE_SHARE if maskable else 1

    def at(x: float, y: float) -> tuple[float, float]:
        return (GRID / 2 + (x - GRID / 2) * share) * unit, (GRID / 2 + (y - GRID / 2) * share) * unit

    half = STROKE / 2
    width = round(STROKE * share * unit)
    diameter = ARCH_RIGHT - ARCH_LEFT
    shoulder = ARCH_TOP + diameter / 2
    outer = (*at(ARCH_LEFT - half, ARCH_TOP - half), *at(ARCH_RIGHT + half, ARCH_TOP + diameter + half))
    draw.arc(outer, 180, 360, "white", width)
    for x, top in ((ARCH_LEFT, shoulder), (ARCH_RIGHT, shoulder), (GRID / 2, POST_TOP)):
        draw.rectangle((*at(x - half, top), *at(x + half, FOOT)), "white")
        for end in (top, FOOT) if x == GRID / 2 else (FOOT,):
            draw.ellipse((*at(x - half, end - half), *at(x + half, end + half)), "white")
    output = BytesIO()
    image.resize((pixels, pixels), Image.Resampling.LANCZOS).save(output, "PNG", optimize=True)
    return output.getvalue()
