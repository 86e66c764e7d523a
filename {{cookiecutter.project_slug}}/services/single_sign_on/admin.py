"""Clients have pages and an API of their own. allauth's pages in the admin would make clients without an audience."""

import allauth.idp.oidc.admin  # noqa: F401 - registers them, whatever the order of INSTALLED_APPS
from allauth.idp.oidc.models import Client, Token
from django.contrib import admin

for model in (Client, Token):
    admin.site.unregister(model)
