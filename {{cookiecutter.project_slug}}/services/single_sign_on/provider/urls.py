"""The URLs of the provider, by the names that allauth gives to its own."""

from django.urls import include, path

from core.configuration.prefixes import DISCOVERY, IDENTITY, IDENTITY_API, relative
from core.frontend.views import index

from .authorization import AuthorizationView, sign_in_again
from .devices import DeviceView
from .logout import LogoutView
from .metadata import ConfigurationView, KeysView
from .photo import PhotoView
from .tokens import DeviceCodeView, IntrospectView, RevokeView, TokenView, UserInfoView

pages = [
    path("authorize", AuthorizationView.as_view(), name="authorization"),
    path("device", DeviceView.as_view(), name="device_authorization"),
    path("logout", LogoutView.as_view(), name="logout"),
]
api = [
    path("keys", KeysView.as_view(), name="jwks"),
    path("token", TokenView.as_view(), name="token"),
    path("userinfo", UserInfoView.as_view(), name="userinfo"),
    path("photo", PhotoView.as_view(), name="photo"),
    path("revoke", RevokeView.as_view(), name="revoke"),
    path("introspect", IntrospectView.as_view(), name="introspect"),
    path("device", DeviceCodeView.as_view(), name="device_code"),
]
provider = [
    path(relative(DISCOVERY), ConfigurationView.as_view(), name="configuration"),
    path(relative(IDENTITY_API), include(api)),
    path(relative(IDENTITY), include(pages)),
]

urlpatterns = [
    path("", include(([path("", include((provider, "oidc")))], "idp"))),
    # allauth's names of its own pages, which HEADLESS_ONLY removes. The first is the frontend's.
    path("sign-in/", index, name="account_login"),
    path(f"{relative(IDENTITY)}sign-in-again", sign_in_again, name="account_reauthenticate"),
]
