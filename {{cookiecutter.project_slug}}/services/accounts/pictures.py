"""Decodes pictures that people upload and writes them anew as small squares.

Only the content decides what a picture is: its name and the declared type are ignored. The result holds pixels alone,
so nothing else that the uploaded file may have been (a page, a script, an archive) is stored.
"""

from contextlib import suppress
from io import BytesIO
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

SIDES = MappingProxyType({"small": 96, "large": 384})  # name of the size -> pixels a side
CONTENT_TYPE = "image/webp"

LARGEST_UPLOAD = 5 * 1024 * 1024  # bytes
LONGEST_SIDE = 12_000  # pixels
# Accepted formats and the megapixels of each. A few kilobytes can hold a huge picture. Decoding this many pixels takes
# up to 200 MB: JPEG is reduced while it is decoded, and WebP needs four times the memory of the picture.
MOST_MEGAPIXELS = MappingProxyType({"JPEG": 25, "PNG": 17, "WEBP": 9, "GIF": 17})
# Each scan of a progressive JPEG passes over the whole picture. Encoders write one to twelve.
MOST_JPEG_SCANS = 100
JPEG_SCAN = b"\xff\xda"

MAKE_IT_SMALLER = gettext_lazy("Make it smaller in a photo editor, and upload it again.")

QUALITY = 82
BACKGROUND = "white"


class InvalidPicture(ValueError):
    """The upload is not a picture that the portal accepts. The message says why, to the person who uploaded it."""


class TooLarge(ValueError):
    """The upload has more than LARGEST_UPLOAD bytes."""

    def __init__(self) -> None:
        super().__init__(f"A photo can have at most {LARGEST_UPLOAD >> 20} MB. Choose a smaller one.")


def make_thumbnails(content: bytes) -> dict[str, bytes]:
    """Crop a picture to its central square. Returns name of the size (a key of SIDES) -> WebP file.

    An animation becomes its first frame. Raises TooLarge. Raises InvalidPicture when the picture is of another format,
    is broken, or has too many pixels; pixels are counted before any are decoded.
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
    except UnidentifiedImageError as error:
        raise InvalidPicture(_("This file is not a supported picture. Upload a JPEG, PNG, WebP or GIF.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidPicture(f"{_('The picture has too many pixels.')} {MAKE_IT_SMALLER}") from error
    except Exception as error:  # each of Pillow's decoders raises errors of its own for broken files
        raise InvalidPicture(
            _("The picture is damaged. Save it again in a photo editor, or choose another.")
        ) from error


def check_dimensions(image: Image.Image, content: bytes) -> None:
    """Check the size in pixels and the number of JPEG scans. Raises InvalidPicture."""
    width, height = image.size
    # MPO is a JPEG followed by further pictures, as phones write it.
    image_format = "JPEG" if image.format == "MPO" else str(image.format)
    most = MOST_MEGAPIXELS[image_format]
    if width * height > most * 1_000_000 or max(width, height) > LONGEST_SIDE:
        message = _(
            "The picture has %(width)s x %(height)s pixels. A %(format)s can have at most %(most)s million, and"
            " %(side)s a side."
        ) % {"width": width, "height": height, "format": image_format, "most": most, "side": LONGEST_SIDE}
        raise InvalidPicture(f"{message} {MAKE_IT_SMALLER}")
    if image_format == "JPEG" and content.count(JPEG_SCAN) > MOST_JPEG_SCANS:
        raise InvalidPicture(
            _("The picture has too many JPEG scans. Save it again in a photo editor, or choose another.")
        )


def render_square(image: Image.Image) -> Image.Image:
    """Return the central square, upright, opaque, in sRGB and without metadata.

    Reduces the picture first, so that the other steps are fast.
    """
    image.draft(None, (2 * SIDES["large"],) * 2)  # decode a JPEG at no more than the size needed
    profile = image.info.get("icc_profile")
    image = in_resizable_mode(image)
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.resize(
        (SIDES["large"],) * 2,
        Image.Resampling.LANCZOS,
        box=(left, top, left + side, top + side),
        reducing_gap=3.0,
    )
    with suppress(Exception):  # a picture with broken EXIF data keeps its orientation
        ImageOps.exif_transpose(square, in_place=True)
    if square.has_transparency_data:
        background = Image.new("RGBA", square.size, BACKGROUND)
        square = Image.alpha_composite(background, square.convert("RGBA")).convert("RGB")
    square = in_srgb(square, profile)
    square.info.clear()
    return square


def in_resizable_mode(image: Image.Image) -> Image.Image:
    """Convert to a mode that Pillow can resize: no palette, and eight bits a channel."""
    if image.mode in ("I;16", "I;16B", "I"):  # PNG's 16-bit grey, which Pillow's own conversion would clip
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the picture's ICC profile to sRGB. Without a valid profile, take the values as sRGB."""
    if profile:
        with suppress(ImageCms.PyCMSError):
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode="RGB")  # type: ignore[return-value]  # None only with inPlace
    return image.convert("RGB")


def as_webp(square: Image.Image, side: int) -> bytes:
    file = BytesIO()
    square.resize((side, side), Image.Resampling.LANCZOS).save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()
