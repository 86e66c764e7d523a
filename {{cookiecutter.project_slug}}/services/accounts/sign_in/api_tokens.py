"""The API tokens of a person: listing, making and revoking them. It belongs to the sign-in API, which no token opens.

Making one requires what a change of a second factor requires: the password, or the second factor of a person who has
one, in the last minutes.
"""

from typing import Any, cast

from allauth.headless.base.response import APIResponse
from allauth.headless.base.views import AuthenticatedAPIView
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from core.audit.events import Event
from core.audit.recording import record
from core.http.clients import UNKNOWN, client_ip
from core.people.models import Person
from core.plugins.registry import installed_plugins
from core.tokens.actions import MOST_DAYS, token_create
from core.tokens.models import MAX_NAME, ApiToken
from core.tokens.selectors import scope_texts, working_tokens
from services.accounts.allauth_internals import (
    Input,
    SecondFactorConfirmationResponse,
    raise_if_reauthentication_required,
)
from services.accounts.notices import notify_of_token

from .second_factor_views import conflict, needs_code

NO_SCOPE = gettext_lazy("Choose at least one thing that the token may do.")


class NewTokenInput(Input):  # type: ignore[misc]  # allauth has no types
    name = forms.CharField(max_length=MAX_NAME)
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS)
    scopes = forms.MultipleChoiceField(
        choices=lambda: list(scope_texts().items()), error_messages={"required": NO_SCOPE}
    )


class TokenInput(Input):  # type: ignore[misc]  # as above
    token = forms.ModelChoiceField(queryset=ApiToken.objects.none())

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["token"].queryset = ApiToken.objects.filter(person=person)


class TokensView(AuthenticatedAPIView):  # type: ignore[misc]  # as above
    """GET lists the tokens that work and all scopes. POST makes one and returns its text, once. DELETE revokes one."""

    input_class = {"POST": NewTokenInput, "DELETE": TokenInput}

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            if needs_code(request):
                return SecondFactorConfirmationResponse(request)
            raise_if_reauthentication_required(request, app="allauth.mfa")
        return cast(HttpResponse, super().handle(request, *args, **kwargs))

    def get_input_kwargs(self) -> dict[str, Any]:
        return {"person": self.request.user} if self.request.method == "DELETE" else {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.answer(request)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = cast(Person, request.user)
        values = self.input.cleaned_data
        try:
            with transaction.atomic():
                token, text = token_create(person=person, **values)
                record(Event.API_TOKEN_MADE, person=person, by=person, **details_of(token))
                notify_of_token(person, token, client_ip(request) or UNKNOWN)
        except ValidationError as error:
            return conflict(request, error)
        return self.answer(request, text=text)

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person, token = cast(Person, request.user), self.input.cleaned_data["token"]
        with transaction.atomic():
            token.delete()
            record(Event.API_TOKEN_REVOKED, person=person, by=person, **details_of(token))
        return self.answer(request)

    def answer(self, request: HttpRequest, **more: str) -> HttpResponse:
        data = {
            "tokens": [describe(token) for token in working_tokens(cast(Person, request.user))],
            "scopes": [
                {"name": name, "app": installed_plugins()[name.partition(".")[0]].title, "text": text}
                for name, text in scope_texts().items()
            ],
            **more,
        }
        return cast(HttpResponse, APIResponse(request, data=data))


def details_of(token: ApiToken) -> dict[str, Any]:
    """Return the details of an entry in the audit log."""
    return {"start": token.start, "name": token.name, "scopes": token.scopes, "expires": token.expires_at}


def describe(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.pk,
        "name": token.name,
        "start": token.start,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }
