"""The addresses, the same on both sites; /admin/ is on the intranet one alone."""

from importlib import import_module

from django.conf import settings
from django.contrib import admin
from django.urls import URLResolver, include, path, re_path

from core.access.views import redis_gui
from core.api.routing import PREFIX, PluginsResolver
from core.api.views import SchemaView, not_found
from core.frontend.views import index
from core.health.views import live, ready
from core.plugins.discovery import Plugin
from services.accounts.sign_in.views import admin_login, admin_password_change

handler400 = "core.api.views.bad_request"
handler403 = "core.api.views.permission_denied"
handler404 = "core.api.views.not_found"
handler500 = "core.api.views.server_error"


def plugin_urls(plugin: Plugin) -> URLResolver:
    """All of /api/<name>/, in the plugin's own namespace, by which AccessMiddleware knows whose audience to ask.

    So it is asked too for what the plugin does not have: whoever may not in learns why, and not what there is. A name
    that its module gives itself (`app_name`) would lead to another audience, or to none, and is not looked at.
    """
    own = import_module(f"{plugin.module}.urls").urlpatterns if plugin.has("urls") else []
    return path(f"{PREFIX}{plugin.name}/", include(([*own, re_path(r"", not_found)], plugin.name)))


PLUGIN_URLS = PluginsResolver({plugin.name: plugin_urls(plugin) for plugin in settings.CONFIGURATION.plugins})

urlpatterns = [
    PLUGIN_URLS,
    path("health/live/", live),
    path("health/ready/", ready),
    path("api/schema/", SchemaView.as_view()),
    path("_allauth/", include("services.accounts.sign_in.urls")),
]

if settings.SITE == "intranet":
    admin.site.site_header = admin.site.site_title = settings.PORTAL.name
    urlpatterns += [
        path("admin/login/", admin_login),
        path("admin/password_change/", admin_password_change),
        path("admin/", admin.site.urls),
        path("redis/", redis_gui),
    ]

# Below these nothing falls through to the frontend; every other address is for its router.
urlpatterns += [
    re_path(r"^(?:api|_allauth|ws|admin|redis|static|media|protected|health)(?:/|\Z)", not_found),
    re_path(r"^", index),
]
