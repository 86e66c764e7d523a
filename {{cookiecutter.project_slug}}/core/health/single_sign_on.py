"""The health check of the provider at which the institute's other sites sign people in."""

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from .checks import HealthCheck


class SingleSignOnCheck(HealthCheck):
    """Signs a token and verifies it, as the service reports. Core knows no service, so a setting names the function."""

    tier = 2
    service = "single-sign-on"
    title = _("Single sign-on")
    technology = "OpenID Connect"
    needs = ("database",)
    in_readiness = False  # people use the portal itself without it
    watch_seconds = 60.0

    def round_trip(self) -> str:
        return str(import_string(settings.SINGLE_SIGN_ON_REPORT)())
