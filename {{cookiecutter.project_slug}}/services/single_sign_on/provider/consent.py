"""The form of the page of consent."""

from typing import Any

from django import forms
from django.core import signing

SALT = "services.single_sign_on.consent"
MAX_AGE_SECONDS = 600  # from the page to its button


class ConsentForm(forms.Form):
    """Everything that the client asks for, or nothing: in place of allauth's form, which lets people pick scopes.

    `request` is allauth's own field. `page` says who was asked what, so that no other page can be answered with it.
    """

    request = forms.CharField(widget=forms.HiddenInput)
    page = forms.CharField(widget=forms.HiddenInput, required=False)
    hidden = forms.BooleanField(required=False)

    def __init__(self, *args: Any, user: Any, requested_scopes: list[str], **more: Any):
        super().__init__(*args, **more)
        self.requested_scopes = requested_scopes

    def clean(self) -> dict[str, Any]:
        return {**(super().clean() or {}), "scopes": self.requested_scopes}


def sign_page(*, person_id: int, client_id: str, scopes: list[str], hidden: list[str]) -> str:
    return signing.dumps([person_id, client_id, sorted(scopes), hidden], salt=SALT)


def hidden_on_page(text: str, *, person_id: int, client_id: str, scopes: list[str]) -> list[str] | None:
    """Return the hidden parts that the page asked about; None if it was another page, or too long ago."""
    try:
        *asked, hidden = signing.loads(text, salt=SALT, max_age=MAX_AGE_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return hidden if asked == [person_id, client_id, sorted(scopes)] else None
