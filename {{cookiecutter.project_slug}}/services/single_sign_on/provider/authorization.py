"""The page on which people allow a client to sign them in, and what happens before it."""

import time
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import logout
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from core.access.audience import AccessDecision
from core.access.visitor import visitor_of
from core.audit.events import Event
from core.audit.recording import record
from core.people.models import Person
from core.stores.counters import limit
from services.single_sign_on.access import decide_client, registration_of
from services.single_sign_on.allauth_internals import AdaptableAuthorizationView
from services.single_sign_on.connections import (
    ConsentNeeded,
    connect,
    connection_to,
    consent_needed,
    hidden_parts,
)
from services.single_sign_on.keys import read_id_token
from services.single_sign_on.models import ClientRegistration
from services.single_sign_on.redirects import is_registered, origin_of
from services.single_sign_on.scopes import texts_of

from .consent import ConsentForm, hidden_on_page, sign_page
from .pages import allow_form_to, refusal_page
from .requests import (
    MAX_QUERY,
    AuthorizationRequest,
    RefusedHere,
    RefusedToClient,
    error_redirect,
    issuer,
    read_request,
    with_parameters,
)

# When a page asked to sign in again, signed, as a parameter of the page to return to.
ASKED_AT = "asked_at"
SALT = "services.single_sign_on.again"
AGAIN_SECONDS = 900

SIGN_INS_PER_MINUTE = 60  # of one person, at all clients together: each writes a code and an entry in the audit log
MINUTE = timedelta(minutes=1)

TOO_LONG = gettext_lazy("The request of the site that sent you here is too long. Tell the people who run it.")
TOO_OLD = gettext_lazy("This page is too old. Go back to the site that sent you here, and sign in again.")


# A client, what its page asked, and the hidden parts of the profile that the person gives to it.
Answer = tuple[ClientRegistration, ConsentNeeded | None, list[str]]


@method_decorator([csrf_exempt, never_cache, xframe_options_deny], name="dispatch")
class AuthorizationView(AdaptableAuthorizationView):
    """GET asks for consent, or answers the client at once. POST is the button of that page.

    A client may also send its request by POST, which is redirected to GET.
    """

    form_class = ConsentForm
    template_name = "idp/oidc/authorization_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = cast(HttpResponse, super().dispatch(request, *args, **kwargs))
        except RefusedHere as refused:
            return refusal_page(request, refused.message)
        except RefusedToClient as refused:
            response = error_redirect(refused)
        return with_issuer(response)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY and not has_long_scope(request):
            raise RefusedHere(TOO_LONG)
        asked = read_request(request.GET)
        if response := sign_in_first(request, asked):
            return response
        person = cast(Person, request.user)
        check_audience(asked, decide_client(asked.registration, visitor_of(request)))
        client = asked.registration.client
        connection = connection_to(client, person)
        if asked.id_token:
            check_id_token(asked, connection.subject if connection else None)
        self.registration = asked.registration
        self.needed = consent_needed(connection, client, person, asked.scopes)
        if self.needed is None and "consent" in asked.prompts and not client.skip_consent:
            self.needed = ConsentNeeded(asked.scopes, hidden_parts(person, asked.scopes))
        if self.needed is not None and "none" in asked.prompts:
            raise asked.refuse("consent_required")
        request.META["QUERY_STRING"] = asked.query
        request.GET = QueryDict(asked.query)
        return cast(HttpResponse, super().get(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # A client's request has a response_type, and may have a parameter `request`, as the form of the page does.
        if "request" in request.POST and "response_type" not in request.POST:
            return cast(HttpResponse, csrf_protect(super().post)(request, *args, **kwargs))
        query = request.POST.urlencode()
        if len(query) > MAX_QUERY:
            raise RefusedHere(TOO_LONG)
        return HttpResponseRedirect(f"{request.path}?{query}")

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        """Show the page, unless there is nothing to ask."""
        if self.request.method == "GET" and self.needed is None:
            return self.grant_without_page()
        if self.request.method != "GET":
            raise RefusedHere(TOO_OLD)
        needed = cast(ConsentNeeded, self.needed)
        page = sign_page(
            person_id=self.request.user.pk, client_id=self.client_id, scopes=needed.scopes, hidden=needed.hidden
        )
        context |= {
            "registration": self.registration,
            "texts": texts_of(needed.scopes),
            "hidden": [HIDDEN_TEXTS[part]() for part in needed.hidden],
            "page": page,
        }
        response = cast(HttpResponse, super().render_to_response(context, **more))
        allow_form_to(response, origin_of(self.redirect_uri))
        return response

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        """Note the connection, and answer the client with a code. By POST, check the audience again."""
        person = cast(Person, self.request.user)
        if self.request.method == "GET":
            answer: Answer = (self.registration, None, [])
        else:
            answer = self.read_page(form, person)
        registration, needed, given = answer
        if not limit("single_sign_on", f"sign-ins:{person.pk}", most=SIGN_INS_PER_MINUTE, per=MINUTE).is_allowed:
            raise RefusedToClient(self.redirect_uri, self.state, "temporarily_unavailable", "Too many sign-ins.")
        with transaction.atomic():
            connection = connect(
                client=registration.client,
                person=person,
                scopes=self.requested_scopes,
                consented=needed,
                given_hidden=given,
            )
            response = cast(HttpResponse, super().form_valid(form))
            details = {"client": self.client_id, "name": str(registration), "first": connection.is_first_sign_in}
            record(Event.CLIENT_SIGN_IN, person=person, by=person, **details)
        return response

    def read_page(self, form: ConsentForm, person: Person) -> Answer:
        """Return the answer of a page. Raises RefusedHere for another one, and RefusedToClient outside the audience."""
        registration = registration_of(self.client_id)
        hidden = hidden_on_page(
            form.cleaned_data["page"],
            person_id=person.pk,
            client_id=self.client_id,
            scopes=self.requested_scopes,
        )
        if registration is None or hidden is None:
            raise RefusedHere(TOO_OLD)
        decision = decide_client(registration, visitor_of(self.request))
        is_native = registration.kind == ClientRegistration.Kind.NATIVE
        if not is_registered(self.redirect_uri, registration.client.get_redirect_uris(), is_native=is_native):
            raise RefusedHere(TOO_OLD)
        if not decision or not set(self.requested_scopes) <= set(registration.client.get_scopes()):
            raise RefusedToClient(self.redirect_uri, self.state, "access_denied", reason(decision))
        return registration, ConsentNeeded(self.requested_scopes, hidden), hidden if form.cleaned_data["hidden"] else []


HIDDEN_TEXTS = {
    "entry": lambda: _("your name and username"),
    "email": lambda: _("your email address"),
    "photo": lambda: _("your photo"),
    "roles": lambda: _("your roles"),
}


def has_long_scope(request: HttpRequest) -> bool:
    """Return whether the scope makes the request too long: there is an error of its own for that."""
    return len(request.GET.get("scope", "")) > MAX_QUERY // 2


def sign_in_first(request: HttpRequest, asked: AuthorizationRequest) -> HttpResponse | None:
    """Return a redirect to the portal's own pages while the person must sign in; None when they have."""
    if not request.user.is_authenticated:
        if "none" in asked.prompts:
            raise asked.refuse("login_required")
        parameters = {"next": request.get_full_path()}
        if asked.login_hint:
            parameters["login_hint"] = asked.login_hint
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode(parameters, safe='/')}")
    if asked.prompts & {"login", "select_account"} and not has_signed_in_since(request):
        query = request.GET.copy()
        query[ASKED_AT] = signing.dumps(time.time(), salt=SALT)
        path = f"{request.path}?{query.urlencode()}"
        return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': path}, safe='/')}")
    return None


def has_signed_in_since(request: HttpRequest) -> bool:
    """Return whether the person signed in, or confirmed their identity, after the request asked for it."""
    try:
        asked_at = signing.loads(request.GET.get(ASKED_AT, ""), salt=SALT, max_age=AGAIN_SECONDS)
    except signing.BadSignature:
        return False
    return any(one.get("at", 0) > asked_at for one in get_authentication_records(request, request.user))


def check_audience(asked: AuthorizationRequest, decision: AccessDecision) -> None:
    if not decision:
        raise asked.refuse("access_denied", reason(decision))


def reason(decision: AccessDecision) -> str:
    """Return why a client is not for a person, in the characters that RFC 6749, section 4.1.2.1, allows."""
    with override("en"):
        text = decision.detail
    return "".join(one for one in text if one.isascii() and one.isprintable() and one not in '"\\')


def check_id_token(asked: AuthorizationRequest, subject: str | None) -> None:
    """Refuse a request about another person than the one who has signed in."""
    claims = read_id_token(asked.id_token, client_id=asked.registration.client_id)
    if claims is None:
        raise asked.refuse("invalid_request", "id_token_hint is no ID token for this client.")
    if claims["sub"] != subject:
        raise asked.refuse("login_required")


def with_issuer(response: HttpResponse) -> HttpResponse:
    """Add the issuer to an answer that goes to a client, against mix-up attacks (RFC 9207)."""
    location = response.get("Location", "")
    if location and not location.startswith("/"):
        response["Location"] = with_parameters(location, {"iss": issuer()})
    return response


@never_cache
@csrf_protect
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Ask the person to sign in again, because a client wants it (`prompt=login`), and sign them out for that."""
    path = request.GET.get("next", "")
    if not path.startswith(f"{reverse('idp:oidc:authorization')}?"):
        return refusal_page(request, _("The link to this page is incomplete."))
    sign_in = f"{reverse('account_login')}?{urlencode({'next': path}, safe='/')}"
    if not request.user.is_authenticated:
        return HttpResponseRedirect(sign_in)
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect(sign_in)
    return render(request, "idp/oidc/sign_in_again.html")
