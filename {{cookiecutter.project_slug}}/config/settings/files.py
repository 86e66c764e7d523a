"""Static files, the frontend's build and uploads. In production the reverse proxy serves them.

https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/
"""

from core.configuration.prefixes import MEDIA, STATIC

from .configuration import BASE_DIRECTORY, ENVIRONMENT, VARIABLE_DIRECTORY

FRONTEND_BUILD = BASE_DIRECTORY / "frontend" / "build"

STATIC_URL = STATIC
STATIC_ROOT = VARIABLE_DIRECTORY / "static"
STATICFILES_DIRS = [("frontend", FRONTEND_BUILD)] if FRONTEND_BUILD.is_dir() else []

STORAGES = {
    # Uploads belong to the audience of an app, so the default storage publishes nothing: core/files/storage.py.
    "default": {"BACKEND": "core.files.storage.ProtectedStorage"},
    # At MEDIA_URL, for everyone.
    "public": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # In production a file's name holds a digest of its content, so that browsers may cache it for ever. collectstatic
    # writes the manifest of these names when the images are built.
    "staticfiles": {
        "BACKEND": "core.frontend.static_files.StaticFilesStorage"
        if ENVIRONMENT.is_production
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}

MEDIA_URL = MEDIA
MEDIA_ROOT = VARIABLE_DIRECTORY / "media"  # public
PROTECTED_ROOT = VARIABLE_DIRECTORY / "protected"  # a view decides who gets a file: core/api/files.py
