"""The addresses, the same on both sites; /admin/ is on the intranet one alone."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from core.access.views import redis_gui
from core.api.views import SchemaView, not_found
from core.frontend.views import index
from core.health.views import live, ready
from core.people.sign_in.views import admin_login

handler400 = "core.api.views.bad_request"
handler403 = "core.api.views.permission_denied"
handler404 = "core.api.views.not_found"
handler500 = "core.api.views.server_error"

CITIZENS = [
    path(f"api/{citizen.name}/", include((f"{citizen.module}.urls", citizen.name)))
    for citizen in settings.CONFIGURATION.citizens
    if citizen.has("urls")
]

urlpatterns = [
    path("health/live/", live),
    path("health/ready/", ready),
    path("api/schema/", SchemaView.as_view()),
    path("_allauth/", include("core.people.sign_in.urls")),
    *CITIZENS,
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
