"""The URLs, the same on both sites. The admin and the Redis GUI are on the intranet site only."""

import re
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext_lazy as _

from core.access.views import redis_gui, signed_in
from core.api.files_in_admin import admin_file
from core.api.routing import PluginsResolver
from core.api.views import SchemaView
from core.configuration import prefixes
from core.configuration.prefixes import first_segment, relative
from core.frontend.static_view import static_file
from core.frontend.views import index, portal_file
from core.health.views import live, ready
from core.http.protected import public_file
from core.http.views import not_found
from core.plugins.discovery import Plugin
from services.accounts.sign_in.demo_links import demo_sign_in
from services.accounts.sign_in.views import admin_login, admin_password_change

handler400 = "core.http.views.bad_request"
handler403 = "core.http.views.permission_denied"
handler404 = "core.http.views.not_found"
handler500 = "core.http.views.server_error"


def plugin_urls(plugin: Plugin) -> URLResolver:
    """Mount a plugin's URLs at /api/<name>/, in a namespace of its own.

    AccessMiddleware finds the plugin's audience by this namespace, also for unknown paths: visitors without access
    get the reason, and do not learn which paths exist. An `app_name` in the plugin's own module is ignored, because it
    would name another audience, or none.
    """
    own = own_urls(plugin) if plugin.has("urls") else []
    return path(relative(f"{prefixes.API}{plugin.name}/"), include(([*own, re_path(r"", not_found)], plugin.name)))


def own_urls(plugin: Plugin) -> Any:
    """Return the URLs of a plugin. In development, an app whose URLs cannot be imported says why, and others work."""
    try:
        return import_module(f"{plugin.module}.urls").urlpatterns
    except Exception as error:
        if not settings.DEBUG:
            raise
        from core.development.broken_apps import broken_urls

        return broken_urls(plugin, error)


PLUGIN_URLS = PluginsResolver({plugin.name: plugin_urls(plugin) for plugin in settings.PLUGINS})


def development_urls() -> list[URLPattern]:
    """Return the URLs that production does not have. It has not the files of Swagger UI either."""
    from core.development.swagger import SwaggerView

    return [
        path(relative(f"{prefixes.AUTHENTICATION}demo/<token>/"), demo_sign_in, name="demo-sign-in"),
        path(relative(prefixes.SWAGGER_UI), SwaggerView.as_view(), name="swagger-ui"),
    ]


urlpatterns = [
    PLUGIN_URLS,
    path(relative(prefixes.LIVENESS), live),
    path(relative(prefixes.READINESS), ready),
    path(relative(prefixes.SCHEMA), SchemaView.as_view()),
    path(relative(prefixes.SIGNED_IN), signed_in),
    *([] if settings.CONFIGURATION.environment.is_production else development_urls()),
    path(relative(prefixes.AUTHENTICATION), include("services.accounts.institute.urls")),
    path(relative(prefixes.AUTHENTICATION), include("services.accounts.sign_in.urls")),
]

if settings.SERVES_IDENTITY:
    urlpatterns += [path("", include("services.single_sign_on.provider.urls"))]

if settings.SITE == "intranet":
    admin.site.site_header = admin.site.site_title = settings.PORTAL.name
    admin.site.index_title = _("Administration")
    urlpatterns += [
        path(relative(prefixes.ADMIN_LOGIN), admin_login),
        path(relative(f"{prefixes.ADMIN}password_change/"), admin_password_change),
        path(relative(f"{prefixes.ADMIN}files/<app>/<model>/<field>/<pk>/"), admin_file, name="admin-file"),
        path(relative(prefixes.ADMIN), admin.site.urls),
        path(relative(prefixes.REDIS_GUI), redis_gui),
    ]

urlpatterns += [path(relative(file), portal_file) for file in prefixes.PORTAL_FILES]
if settings.CONFIGURATION.environment.files_url:
    urlpatterns += [path(relative(f"{prefixes.MEDIA}<path:name>"), public_file)]
if not settings.CONFIGURATION.environment.is_production:
    urlpatterns += [path(relative(f"{prefixes.STATIC}<path:path>"), static_file)]

# An unknown path below a prefix is 404. Every other path is the frontend's.
urlpatterns += [
    re_path(rf"^(?:{'|'.join(map(re.escape, map(first_segment, prefixes.PREFIXES)))})(?:/|\Z)", not_found),
    re_path(r"^", index),
]
