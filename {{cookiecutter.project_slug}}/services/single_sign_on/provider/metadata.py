"""Discovery and the public keys. Both are the same for everybody, and cost no query."""

from datetime import timedelta
from typing import cast

from allauth.idp.oidc.views import ConfigurationView as AllauthConfigurationView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views import View

from services.single_sign_on.adapter import Adapter
from services.single_sign_on.allauth_internals import public_key
from services.single_sign_on.keys import ALGORITHM, signing_keys

HOUR = int(timedelta(hours=1).total_seconds())


class ConfigurationView(AllauthConfigurationView):  # type: ignore[misc]  # allauth has no types
    def get(self, request: HttpRequest) -> HttpResponse:
        response = cast(HttpResponse, super().get(request))
        patch_cache_control(response, public=True, max_age=HOUR)
        return response


class KeysView(View):
    """In place of allauth's, which reads each key anew from its file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        keys = [{**public_key(key.pem), "use": "sig", "alg": ALGORITHM} for key in signing_keys()]
        response = JsonResponse({"keys": keys})
        response["Access-Control-Allow-Origin"] = "*"
        patch_cache_control(response, public=True, max_age=Adapter().get_jwks_cache_control())
        return response
