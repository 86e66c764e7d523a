"""The fields and rules that the portal adds to allauth's sign-up."""

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.people.models import Person


class SignUpForm(forms.Form):
    """An optional display name, a check of the email's domain, and one of the password by the person's names."""

    display_name = forms.CharField(max_length=Person._meta.get_field("display_name").max_length, required=False)

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        sign_up = settings.PORTAL.sign_up
        if sign_up is not None and (email := data.get("email")) and not sign_up.admits(str(email)):
            domains = ", ".join(sign_up.domains)
            self.add_error(
                "email",
                forms.ValidationError(_("Use an email address at %(domains)s.") % {"domains": domains}, code="domain"),
            )
        if password := data.get("password"):
            names = {field: str(data.get(field, "")) for field in ("username", "email", "display_name")}
            try:
                validate_password(str(password), Person(**names))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def signup(self, request: HttpRequest, user: Person) -> None:
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])
