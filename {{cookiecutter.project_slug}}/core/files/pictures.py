"""Decodes pictures that people upload, and writes them anew in the sizes that pages show.

Only the content decides what a picture is: its name and the declared type are ignored. The result holds pixels alone,
so nothing else that the uploaded file may have been (a page, a script, an archive) is stored.
"""

from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from .errors import InvalidPicture

CONTENT_TYPE = "image/webp"

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


def render_sizes(content: bytes, sizes: Mapping[str, int], *, crop: bool) -> dict[str, bytes]:
    """Return name of the size → WebP file, for `sizes`: name → pixels of the longest side.

    With `crop`, each is the central square of the picture, enlarged where it is smaller. Without, the picture keeps its
    shape, and is not enlarged. An animation becomes its first frame. Raises InvalidPicture when the picture is of
    another format, is broken, or has too many pixels; pixels are counted before any are decoded.
    """
    try:
        with Image.open(BytesIO(content), formats=list(MOST_MEGAPIXELS)) as image:
            check_dimensions(image, content)
            picture = render(image, max(sizes.values()), crop=crop)
        return {size: as_webp(picture, side, crop=crop) for size, side in sizes.items()}
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


def render(image: Image.Image, side: int, *, crop: bool) -> Image.Image:
    """Return the picture, or its central square, upright, opaque, in sRGB and without metadata.

    Reduces the picture first, so that the other steps are fast.
    """
    image.draft(None, (2 * side,) * 2)  # decode a JPEG at no more than the size needed
    profile = image.info.get("icc_profile")
    image = in_resizable_mode(image)
    box = central_square(image) if crop else (0, 0, *image.size)
    size = (side, side) if crop else size_within(image, side)
    picture = image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    with suppress(Exception):  # a picture with broken EXIF data keeps its orientation
        ImageOps.exif_transpose(picture, in_place=True)
    if picture.has_transparency_data:
        background = Image.new("RGBA", picture.size, BACKGROUND)
        picture = Image.alpha_composite(background, picture.convert("RGBA")).convert("RGB")
    picture = in_srgb(picture, profile)
    picture.info.clear()
    return picture


def central_square(image: Image.Image) -> tuple[int, int, int, int]:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return left, top, left + side, top + side


def size_within(image: Image.Image, side: int) -> tuple[int, int]:
    """Return the size of the image when neither side is longer than `side`. It is never enlarged."""
    scale = min(1.0, side / max(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


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


def as_webp(picture: Image.Image, side: int, *, crop: bool) -> bytes:
    file = BytesIO()
    size = (side, side) if crop else size_within(picture, side)
    picture.resize(size, Image.Resampling.LANCZOS).save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()
