"""What is known of a language without the portal's settings."""

from django.utils.translation import get_language_info


def direction_of(code: str) -> str:
    """Return in which direction a language that Django ships is written: `rtl` or `ltr`."""
    return "rtl" if get_language_info(code)["bidi"] else "ltr"
