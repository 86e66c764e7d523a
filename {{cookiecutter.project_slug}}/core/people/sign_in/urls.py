"""The sign-in API, mounted at /_allauth/: allauth's addresses, the portal's own views first."""

from allauth.headless.constants import Client
from django.urls import include, path

from .views import ConfigView, ManageEmailView, SessionsView

urlpatterns = [
    path("browser/v1/config", ConfigView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/auth/sessions", SessionsView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/email", ManageEmailView.as_api_view(client=Client.BROWSER)),
    path("", include("allauth.headless.urls")),
]
