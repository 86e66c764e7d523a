"""The requests of a sign-in with the institute's account, beside allauth's at /_allauth/."""

from allauth.headless.constants import Client
from django.urls import path

from .views import InstituteSignInView, institute_answer

urlpatterns = [
    path("browser/v1/auth/institute", InstituteSignInView.as_api_view(client=Client.BROWSER), name="institute_sign_in"),
    path("institute/answer", institute_answer, name="institute_answer"),
]
