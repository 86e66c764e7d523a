"""Static files, the frontend's build and uploads.

https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/. In production the reverse proxy serves them.
"""

from core.configuration.prefixes import MEDIA, STATIC

from .configuration import BASE_DIRECTORY, VARIABLE_DIRECTORY, environment

FRONTEND_BUILD = BASE_DIRECTORY / "frontend" / "build"

STATIC_URL = STATIC
STATIC_ROOT = VARIABLE_DIRECTORY / "static"
STATICFILES_DIRS = [("frontend", FRONTEND_BUILD)] if FRONTEND_BUILD.is_dir() else []

# In production a file's name holds a digest of its content, so that browsers may keep it for good. The names stand in
# a manifest, which collectstatic writes when the images are built.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "core.frontend.static_files.StaticFilesStorage"
        if environment.is_production
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

MEDIA_URL = MEDIA
MEDIA_ROOT = VARIABLE_DIRECTORY / "media"  # for everybody
PROTECTED_ROOT = VARIABLE_DIRECTORY / "protected"  # for those to whom a view hands it, by X-Accel-Redirect
