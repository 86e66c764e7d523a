"""Pictures that people send: read with suspicion, and painted anew as small squares that hold nothing but pixels.

What a picture is, its content alone says: neither its name nor what its sender calls it. Nothing of the file that was
sent is kept, so what else it may have been (a page, a script, an archive) is gone with it.
"""

from contextlib import suppress
from io import BytesIO
from types import MappingProxyType

from PIL import Image, ImageCms, ImageOps

SIDES = MappingProxyType({"small": 96, "large": 384})  # pixels, by the name of the size
CONTENT_TYPE = "image/webp"

LARGEST_UPLOAD = 5 * 1024 * 1024  # bytes
LONGEST_SIDE = 12_000  # pixels
# A few kilobytes can be the picture of a whole wall. To read as many pixels as these takes up to 200 MB for a moment:
# JPEG is shrunk while it is decoded, and decoding WebP takes the picture four times over. The keys are all the kinds of
# picture that are taken.
MOST_MEGAPIXELS = MappingProxyType({"JPEG": 25, "PNG": 17, "WEBP": 9, "GIF": 17})
# A JPEG may be stored in several passes, each of which goes over the whole picture; usual are one to twelve.
MOST_JPEG_SCANS = 100
JPEG_SCAN = b"\xff\xda"

SMALLER = "Make it smaller in a program for pictures."

QUALITY = 82
BACKGROUND = "white"


class InvalidPicture(ValueError):
    """What was sent is no picture that the portal takes; the message says why, to whoever sent it."""


class TooLarge(ValueError):
    """What was sent has more bytes than an upload may have."""

    def __init__(self) -> None:
        super().__init__(f"A photo may have {LARGEST_UPLOAD >> 20} MB at most. Choose a smaller one.")


def squares(content: bytes) -> dict[str, bytes]:
    """The middle of a picture as WebP files, by the name of their size in SIDES.

    Of a picture that moves, its first frame. Raises TooLarge, and InvalidPicture for what cannot be read to its end, is of
    another kind, or has too many pixels; those are counted before any is decoded.
    """
    if len(content) > LARGEST_UPLOAD:
        raise TooLarge
    try:
        with Image.open(BytesIO(content), formats=list(MOST_MEGAPIXELS)) as image:
            check_dimensions(image, content)
            square = render_square(image)
        return {size: as_webp(square, side) for size, side in SIDES.items()}
    except InvalidPicture:
        raise
    except Image.UnidentifiedImageError as error:
        raise InvalidPicture(
            "This is no picture of a kind that the portal takes. Send a JPEG, PNG, WebP or GIF."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidPicture(f"The picture has far too many pixels. {SMALLER}") from error
    except Exception as error:  # of what is broken, each of Pillow's decoders complains in its own way
        raise InvalidPicture("The picture cannot be read to its end. Save it anew, or send another.") from error


def check_dimensions(image: Image.Image, content: bytes) -> None:
    width, height = image.size
    kind = "JPEG" if image.format == "MPO" else str(image.format)  # MPO: a JPEG with others behind it, as phones write
    most = MOST_MEGAPIXELS[kind]
    if width * height > most * 1_000_000 or max(width, height) > LONGEST_SIDE:
        raise InvalidPicture(
            f"The picture has {width} x {height} pixels. A {kind} may have {most} million, and {LONGEST_SIDE} a side."
            f" {SMALLER}"
        )
    if kind == "JPEG" and content.count(JPEG_SCAN) > MOST_JPEG_SCANS:
        raise InvalidPicture(
            "The picture is stored in more passes than a picture needs. Save it anew, or send another."
        )


def render_square(image: Image.Image) -> Image.Image:
    """The middle of a picture as the largest square, upright, opaque, in sRGB, and without anything else.

    It is made small first, so that all that follows is quick.
    """
    image.draft(None, (2 * SIDES["large"],) * 2)  # a JPEG is decoded no larger than it takes
    profile = image.info.get("icc_profile")
    image = in_full_colours(image)
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.resize(
        (SIDES["large"],) * 2,
        Image.Resampling.LANCZOS,
        box=(left, top, left + side, top + side),
        reducing_gap=3.0,
    )
    with suppress(Exception):  # where the camera's notes cannot be read, the picture stays as it lies
        ImageOps.exif_transpose(square, in_place=True)
    if square.has_transparency_data:
        background = Image.new("RGBA", square.size, BACKGROUND)
        square = Image.alpha_composite(background, square.convert("RGBA")).convert("RGB")
    square = in_srgb(square, profile)
    square.info.clear()
    return square


def in_full_colours(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be made smaller: no palette, and eight bits for a colour."""
    if image.mode in ("I;16", "I;16B", "I"):  # PNG's grey with sixteen bits, of which Pillow would cut off the bright
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as the picture's own profile means them; as they stand without one, or when it makes no sense."""
    if profile:
        with suppress(ImageCms.PyCMSError):
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode="RGB")  # type: ignore[return-value]
    return image.convert("RGB")


def as_webp(square: Image.Image, side: int) -> bytes:
    file = BytesIO()
    square.resize((side, side), Image.Resampling.LANCZOS).save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()
