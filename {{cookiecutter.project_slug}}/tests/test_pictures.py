"""Uploads become two square thumbnails, or are refused."""

import random
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from PIL import ExifTags, Image, ImageCms, ImageFile, PngImagePlugin

from core.files.errors import InvalidPicture
from core.files.pictures import render_sizes

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
SIDES = {"small": 96, "large": 384}


def make_thumbnails(content):
    return render_sizes(content, SIDES, crop=True)


def content_of(image, kind="PNG", **options):
    """Return an image as a file."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain_picture(kind="PNG", *, mode="RGB", size=(60, 40), colour=RED, **options):
    return content_of(Image.new(mode, size, colour), kind, **options)


def opened(content):
    image = Image.open(BytesIO(content))
    image.load()
    return image


def thumbnail(content, size="large"):
    """Return a thumbnail as an image, and check what is true of every thumbnail."""
    files = make_thumbnails(content)
    for name, side in (("small", 96), ("large", 384)):
        image = opened(files[name])
        assert (image.format, image.size, image.mode) == ("WEBP", (side, side), "RGB")
        assert image.getexif() == {}
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)
    return opened(files[size])


def is_like(found, expected, *, tolerance=12):
    return all(abs(one - other) <= tolerance for one, other in zip(found, expected, strict=True))


def colour_at(image, x, y):
    """Return the colour at a position, given as fractions of the width and height."""
    return image.getpixel((int(x * image.width), int(y * image.height)))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (40, 60), (1000, 700)])
def test_a_picture_of_any_format_and_size_becomes_two_thumbnails(kind, size):
    assert is_like(colour_at(thumbnail(plain_picture(kind, size=size)), 0.5, 0.5), RED)


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_picture_is_cropped_to_its_centre(size):
    bands = Image.new("RGB", (900, 300), RED)
    bands.paste(GREEN, (300, 0, 600, 300))
    bands.paste(BLUE, (600, 0, 900, 300))
    image = thumbnail(content_of(bands), size)
    assert all(is_like(colour_at(image, x, 0.5), GREEN) for x in (0.05, 0.5, 0.95))
    image = thumbnail(content_of(bands.rotate(90, expand=True)), size)
    assert all(is_like(colour_at(image, 0.5, y), GREEN) for y in (0.05, 0.5, 0.95))


@pytest.mark.parametrize(
    ("size", "sizes"),
    [((900, 300), [(96, 32), (384, 128)]), ((300, 900), [(32, 96), (128, 384)]), ((50, 20), [(50, 20), (50, 20)])],
)
def test_without_crop_a_picture_keeps_its_shape_and_is_not_enlarged(size, sizes):
    files = render_sizes(plain_picture(size=size), SIDES, crop=False)
    assert [opened(files[name]).size for name in SIDES] == sizes


# Orientation in the EXIF data -> how the stored picture is transposed.
ORIENTATIONS = {
    1: [],
    2: [Image.Transpose.FLIP_LEFT_RIGHT],
    3: [Image.Transpose.ROTATE_180],
    4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE],
    6: [Image.Transpose.ROTATE_90],
    7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_rotated_as_its_exif_data_say(orientation, kind):
    corners = {(0.25, 0.25): RED, (0.75, 0.25): GREEN, (0.25, 0.75): BLUE, (0.75, 0.75): WHITE}
    upright = Image.new("RGB", (240, 240))
    for (x, y), colour in corners.items():
        left, top = int(x * 240) - 60, int(y * 240) - 60
        upright.paste(colour, (left, top, left + 120, top + 120))
    stored = upright
    for step in ORIENTATIONS[orientation]:
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    image = thumbnail(content_of(stored, kind, exif=exif))
    assert all(is_like(colour_at(image, x, y), colour) for (x, y), colour in corners.items())


SECRET = "a private place"


def exif_with_place():
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = SECRET
    exif[ExifTags.Base.Orientation] = 6
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (29.0, 51.0, 50.0)
    return exif


@pytest.mark.parametrize("kind", FORMATS)
def test_metadata_is_removed(kind):
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET)
    text.add_itxt("Author", SECRET, zip=False)
    options = {
        "JPEG": {"exif": exif_with_place(), "comment": SECRET, "xmp": SECRET.encode()},
        "PNG": {"exif": exif_with_place(), "pnginfo": text},
        "WEBP": {"exif": exif_with_place(), "xmp": SECRET.encode()},
        "GIF": {"comment": SECRET},
    }[kind]
    content = plain_picture(kind, **options)
    assert SECRET.encode() in content
    thumbnail(content)
    for file in make_thumbnails(content).values():
        assert SECRET.encode() not in file
        assert not [name for name in (b"EXIF", b"Exif", b"XMP", b"ICCP", b"GPS") if name in file]


def profile_with_red_and_green_swapped():
    """Return an sRGB profile in which red and green are swapped."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_are_converted_from_the_profile(kind):
    content = plain_picture(kind, icc_profile=profile_with_red_and_green_swapped())
    assert is_like(colour_at(thumbnail(content), 0.5, 0.5), GREEN)


@pytest.mark.parametrize(
    "profile",
    [b"nonsense", b"\0" * 128, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()],
    ids=["nonsense", "empty", "another space"],
)
def test_an_invalid_profile_is_ignored(profile):
    assert is_like(colour_at(thumbnail(plain_picture(icc_profile=profile)), 0.5, 0.5), RED)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_invalid_exif_data_is_ignored(kind):
    for exif in (b"Exif\0\0nonsense", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12"):
        assert is_like(colour_at(thumbnail(plain_picture(kind, exif=exif)), 0.5, 0.5), RED)


def test_transparent_pixels_become_white():
    half = Image.new("RGBA", (100, 100), (*BLUE, 0))
    half.paste((*RED, 255), (0, 0, 50, 100))
    for content in (content_of(half), content_of(half, "WEBP", lossless=True), content_of(half, "GIF")):
        image = thumbnail(content)
        assert is_like(colour_at(image, 0.25, 0.5), RED)
        assert is_like(colour_at(image, 0.75, 0.5), WHITE)


def test_a_palette_with_a_transparent_colour_is_supported():
    image = Image.new("P", (100, 100), 1)
    image.putpalette([*BLUE, *RED])
    image.paste(0, (50, 0, 100, 100))
    found = thumbnail(content_of(image, transparency=0))
    assert is_like(colour_at(found, 0.25, 0.5), RED)
    assert is_like(colour_at(found, 0.75, 0.5), WHITE)
    found = thumbnail(content_of(image))
    assert is_like(colour_at(found, 0.75, 0.5), BLUE)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, WHITE),
        ("L", 128, (128, 128, 128)),
        ("LA", (128, 255), (128, 128, 128)),
        ("LA", (0, 0), WHITE),
        ("I;16", 128 * 257, (128, 128, 128)),
    ],
)
def test_grey_keeps_its_brightness(mode, colour, expected):
    assert is_like(colour_at(thumbnail(plain_picture(mode=mode, colour=colour)), 0.5, 0.5), expected, tolerance=3)


def test_cmyk_is_supported():
    assert is_like(colour_at(thumbnail(plain_picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0))), 0.5, 0.5), RED)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_becomes_its_first_frame(kind):
    frames = [Image.new("RGB", (50, 50), colour) for colour in (GREEN, RED, BLUE)]
    content = content_of(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    assert opened(content).n_frames == 3
    assert is_like(colour_at(thumbnail(content), 0.5, 0.5), GREEN)


def test_the_first_of_several_pictures_in_one_file_is_used():
    frames = [Image.new("RGB", (1600, 1200), colour) for colour in (GREEN, RED)]
    content = content_of(frames[0], "MPO", save_all=True, append_images=frames[1:])
    assert is_like(colour_at(thumbnail(content), 0.5, 0.5), GREEN)


def test_a_photo_of_a_phone_is_not_too_large():
    content = plain_picture("JPEG", size=(5712, 4284))
    assert is_like(colour_at(thumbnail(content), 0.5, 0.5), RED)


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"hello",
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
        b"PK\x03\x04",
        b"#define x_width 1\n#define x_height 1\nstatic char x_bits[] = {0x01};",
        plain_picture("BMP"),
        plain_picture("TIFF"),
        plain_picture("ICO"),
        plain_picture("PPM"),
        plain_picture("PCX"),
        plain_picture("TGA"),
        plain_picture("JPEG2000"),
        plain_picture("PDF"),
        plain_picture("EPS"),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_other_formats_are_refused(content):
    with pytest.raises(InvalidPicture, match="not a supported picture"):
        make_thumbnails(content)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", [0.05, 0.5, 0.9])
def test_a_truncated_picture_is_refused(kind, part):
    content = content_of(Image.effect_noise((300, 300), 90).convert("RGB"), kind)
    with pytest.raises(InvalidPicture):
        make_thumbnails(content[: int(len(content) * part)])


@pytest.mark.parametrize("kind", FORMATS)
def test_other_content_of_the_file_is_removed(kind):
    content = plain_picture(kind) + SVG + b"PK\x03\x04<script>alert(1)</script>"
    for file in make_thumbnails(content).values():
        assert b"script" not in file
        assert b"PK\x03\x04" not in file


def png(width, height, *, depth=8, colour_type=2):
    """Return a PNG with this size in its header and almost no pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def gif(width, height):
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + b"\0" * 6
    return head + b"," + struct.pack("<HHHH", 0, 0, width, height) + b"\0\x02\x02D\x01\0;"


def webp(width, height):
    """Return the header of a lossless WebP."""
    bits = (width - 1) | (height - 1) << 14
    data = b"\x2f" + struct.pack("<I", bits) + b"\0" * 64
    body = b"WEBPVP8L" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg(width, height):
    """Return a small JPEG with another size in its header."""
    content = bytearray(plain_picture("JPEG", size=(8, 8)))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


BOMBS = {
    "png, large": png(4200, 4200),
    "png, huge": png(30_000, 30_000),
    "png, largest possible": png(2**31 - 1, 2**31 - 1),
    "png, black and white": png(60_000, 60_000, depth=1, colour_type=0),
    "gif, large": gif(5_000, 5_000),
    "gif, largest possible": gif(65_535, 65_535),
    "webp, large": webp(4_000, 4_000),
    "webp, largest possible": webp(16_384, 16_384),
    "jpeg, large": jpeg(6_000, 5_000),
    "jpeg, largest possible": jpeg(65_535, 65_535),
    "png, wide": png(12_001, 1),
    "png, tall": png(1, 12_001),
    "jpeg, wide": jpeg(12_001, 10),
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS.keys())
def test_a_decompression_bomb_is_refused_before_it_is_decoded(content):
    with patch.object(ImageFile.ImageFile, "load") as load, pytest.raises(InvalidPicture, match="pixels"):
        make_thumbnails(content)
    load.assert_not_called()


# Prints by how many megabytes the peak memory of the process grows while it decodes a picture.
MEASURE = """
import re, sys
from pathlib import Path
from core.files.pictures import render_sizes
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
content = Path(sys.argv[1]).read_bytes()
before = peak()
assert len(render_sizes(content, {"small": 96, "large": 384}, crop=True)) == 2
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak memory from Linux")
@pytest.mark.parametrize(
    ("kind", "mode", "size", "options", "megabytes"),
    [
        ("JPEG", "RGB", (5000, 5000), {}, 40),
        ("JPEG", "RGB", (5000, 5000), {"progressive": True, "subsampling": 0}, 200),
        ("PNG", "RGBA", (4100, 4100), {}, 160),
        ("WEBP", "RGB", (3000, 3000), {}, 160),
    ],
)
def test_the_largest_picture_stays_within_its_memory_limit(tmp_path, kind, mode, size, options, megabytes):
    file = tmp_path / "picture"
    file.write_bytes(content_of(Image.new(mode, size), kind, **options))
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", MEASURE, str(file)],
        cwd=settings.BASE_DIRECTORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) <= megabytes


def test_a_jpeg_with_too_many_scans_is_refused():
    content = plain_picture("JPEG", progressive=True, size=(64, 64))
    at = content.index(b"\xff\xda")
    with pytest.raises(InvalidPicture, match="too many JPEG scans"):
        make_thumbnails(content[:at] + content[at:-2] * 30 + content[-2:])


@pytest.mark.parametrize("kind", FORMATS)
def test_a_broken_picture_is_accepted_or_refused_but_no_other_error(kind):
    generator = random.Random(kind)  # noqa: S311 - the same in each run
    options = {} if kind == "GIF" else {"exif": exif_with_place(), "icc_profile": profile_with_red_and_green_swapped()}
    valid = content_of(Image.effect_noise((40, 40), 90).convert("RGB"), kind, **options)
    outcomes = set()
    for _ in range(50):
        content = bytearray(valid)
        for _ in range(generator.choice([1, 2, 20])):
            content[generator.randrange(len(content))] = generator.randrange(256)
        try:
            outcomes.add(len(make_thumbnails(bytes(content))))
        except InvalidPicture as error:
            outcomes.add(type(error))
    assert InvalidPicture in outcomes <= {2, InvalidPicture}
