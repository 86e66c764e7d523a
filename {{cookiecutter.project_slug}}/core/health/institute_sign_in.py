"""The health check of the institute's provider, where people sign in with the institute's own accounts."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.openid.fetching import SECONDS
from core.openid.provider import Provider

from .checks import HealthCheck


class InstituteSignInCheck(HealthCheck):
    """Asks for the provider's metadata and keys, as a sign-in does. Nobody signs in."""

    tier = 2
    service = "institute-sign-in"
    title = _("Institute sign-in")
    technology = "OpenID Connect"
    in_readiness = False  # people sign in with accounts of the portal without it
    seconds = 2 * SECONDS + 2.0
    watch_seconds = 60.0  # the provider belongs to others

    def round_trip(self) -> str:
        sign_in = settings.PORTAL.institute_sign_in
        if sign_in is None:
            return "not configured"
        provider = Provider(sign_in.issuer)  # of its own, which has no earlier answers
        provider.metadata()
        return f"{sign_in.issuer} has {len(provider.keys())} keys that sign"
