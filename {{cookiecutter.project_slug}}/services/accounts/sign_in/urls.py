"""The sign-in API at /_allauth/: the portal's own views first, then allauth's URLs."""

from allauth.headless.constants import Client
from django.urls import include, path

from core.http.views import not_found

from .api_tokens import TokensView
from .passkeys import (
    AuthenticatorsView,
    PasskeyConfirmationView,
    PasskeySecondStepView,
    PasskeySignInView,
    PasskeysView,
)
from .second_factor_views import RecoveryCodesView, ResetPasswordView, SecondFactorSetupView
from .views import ConfigView, ManageEmailView, SecondFactorAgainView, SecondFactorView, SessionsView

urlpatterns = [
    path("browser/v1/config", ConfigView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/auth/sessions", SessionsView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/auth/2fa/authenticate", SecondFactorView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/auth/2fa/reauthenticate", SecondFactorAgainView.as_api_view(client=Client.BROWSER)),
    path(
        "browser/v1/auth/password/reset",
        ResetPasswordView.as_api_view(client=Client.BROWSER),
        name="reset_password",
    ),
    path(
        "browser/v1/auth/webauthn/login",
        PasskeySignInView.as_api_view(client=Client.BROWSER),
        name="login_webauthn",
    ),
    path("browser/v1/auth/webauthn/authenticate", PasskeySecondStepView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/auth/webauthn/reauthenticate", PasskeyConfirmationView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/authenticators", AuthenticatorsView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/authenticators/webauthn", PasskeysView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/authenticators/totp", SecondFactorSetupView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/authenticators/recovery-codes", RecoveryCodesView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/api-tokens", TokensView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/email", ManageEmailView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/phone", not_found),  # the portal stores no phone numbers
    path("", include("allauth.headless.urls")),
]
