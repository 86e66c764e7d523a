"""RP-initiated logout: https://openid.net/specs/openid-connect-rpinitiated-1_0.html"""

from typing import Any

from allauth.idp.oidc.forms import RPInitiatedLogoutForm
from allauth.idp.oidc.views import LogoutView as AllauthLogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from services.single_sign_on.redirects import origin_of

from .pages import allow_form_to, refusal_page

MAX_VALUE = 4000
NOT_REGISTERED = _(
    "The site that sent you here wants to continue at a URL that it has not registered. Tell the people who run it."
)


class LogoutForm(RPInitiatedLogoutForm):  # type: ignore[misc]  # allauth has no types
    """Accepts a registered URL byte for byte. allauth would accept any path of a registered redirect URI's host."""

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        uri = (cleaned or {}).get("post_logout_redirect_uri")
        if cleaned and uri and uri not in cleaned["client"].get_post_logout_redirect_uris():
            raise ValidationError({"post_logout_redirect_uri": NOT_REGISTERED})
        return cleaned


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class LogoutView(AllauthLogoutView):  # type: ignore[misc]  # as above
    form_class = LogoutForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        values = request.POST if request.method == "POST" else request.GET
        if any(len(one) > MAX_VALUE or "\0" in one for one in values.values()):
            return refusal_page(request, NOT_REGISTERED)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def form_invalid(self, form: LogoutForm) -> HttpResponse:
        return refusal_page(self.request, NOT_REGISTERED)

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        response: HttpResponse = super().render_to_response(context, **more)
        if uri := context["form"].cleaned_data.get("post_logout_redirect_uri"):
            allow_form_to(response, origin_of(uri))
        return response
