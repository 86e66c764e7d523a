"""Why an upload is refused. Each is Django's ValidationError: forms say it at the field, and the API answers 400."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class InvalidFile(ValidationError):
    """The upload is not a file that the field accepts. The message says why, to the person who uploaded it."""


class InvalidPicture(InvalidFile):
    """The upload is not a picture that the portal accepts."""


class FileTooLarge(InvalidFile):
    """The upload has more bytes than the field allows. `core.api.files` answers 413."""

    def __init__(self, most_bytes: int) -> None:
        message = _("A file can have at most %(most)s MB here. Choose a smaller one.")
        super().__init__(message % {"most": most_bytes >> 20})


class DecoderBusy(InvalidFile):
    """Other pictures held the decoder for longer than this request may wait. `core.api.files` answers 503."""

    def __init__(self) -> None:
        super().__init__(_("Many pictures are being uploaded right now. Try again in a few seconds."))
