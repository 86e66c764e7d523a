"""The page on which people confirm the code of a device, such as a command line on a server."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from core.access.visitor import visitor_of
from core.audit.events import Event
from core.audit.recording import record
from core.people.models import Person
from services.single_sign_on.access import decide_client, registration_of
from services.single_sign_on.allauth_internals import AdaptableDeviceView
from services.single_sign_on.connections import ConsentNeeded, connect, hidden_parts
from services.single_sign_on.scopes import texts_of

from .pages import refusal_page

MAX_CODE = 50


@method_decorator([never_cache, csrf_protect], name="dispatch")
class DeviceView(AdaptableDeviceView):
    """allauth's page, with protection against CSRF, which allauth leaves out, and with the client's audience."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if len(request.GET.get("code", "")) > MAX_CODE:
            request.GET = QueryDict("code=-")
        return cast(HttpResponse, super().dispatch(request, *args, **kwargs))

    def before_confirmation(self, request: HttpRequest, client: Any, scopes: list[str]) -> HttpResponse | None:
        person, registration = cast(Person, request.user), registration_of(client.pk)
        if registration is None:
            return refusal_page(request, "")
        decision = decide_client(registration, visitor_of(request))
        if not decision:
            return refusal_page(request, decision.detail, status=403)
        consent = {"registration": registration, "texts": texts_of(scopes)}
        request.consent = consent  # type: ignore[attr-defined]  # the template reads it
        if request.method == "POST" and request.POST.get("action") == "confirm":
            # The page does not ask about hidden parts, so it gives none.
            needed = ConsentNeeded(scopes, hidden_parts(person, scopes))
            connection = connect(client=registration.client, person=person, scopes=scopes, consented=needed)
            details = {"client": client.pk, "name": client.name, "first": connection.is_first_sign_in, "device": True}
            record(Event.CLIENT_SIGN_IN, person=person, by=person, **details)
        return None
