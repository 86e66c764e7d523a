"""The addresses, the same on both sites; /admin/ is on the intranet one alone."""

from importlib import import_module

from django.conf import settings
from django.contrib import admin
from django.urls import URLResolver, include, path, re_path

from core.access.views import redis_gui
from core.api.addresses import PREFIX, CitizensResolver
from core.api.views import SchemaView, not_found
from core.discovery import Citizen
from core.frontend.views import index
from core.health.views import live, ready
from core.people.sign_in.views import admin_login

handler400 = "core.api.views.bad_request"
handler403 = "core.api.views.permission_denied"
handler404 = "core.api.views.not_found"
handler500 = "core.api.views.server_error"


def citizen_addresses(citizen: Citizen) -> URLResolver:
    """All of /api/<name>/, in the citizen's own namespace, by which AccessMiddleware knows whose audience to ask.

    So it is asked too for what the citizen does not have: whoever may not in learns why, and not what there is. A name
    that its module gives itself (`app_name`) would lead to another audience, or to none, and is not looked at.
    """
    own = import_module(f"{citizen.module}.urls").urlpatterns if citizen.has("urls") else []
    return path(f"{PREFIX}{citizen.name}/", include(([*own, re_path(r"", not_found)], citizen.name)))


CITIZENS = CitizensResolver({citizen.name: citizen_addresses(citizen) for citizen in settings.CONFIGURATION.citizens})

urlpatterns = [
    CITIZENS,
    path("health/live/", live),
    path("health/ready/", ready),
    path("api/schema/", SchemaView.as_view()),
    path("_allauth/", include("core.people.sign_in.urls")),
]

if settings.SITE == "intranet":
    admin.site.site_header = admin.site.site_title = settings.PORTAL.name
    urlpatterns += [
        path("admin/login/", admin_login),
        path("admin/", admin.site.urls),
        path("redis/", redis_gui),
    ]

# Below these nothing falls through to the frontend; every other address is for its router.
urlpatterns += [
    re_path(r"^(?:api|_allauth|ws|admin|redis|static|media|protected|health)(?:/|\Z)", not_found),
    re_path(r"^", index),
]
