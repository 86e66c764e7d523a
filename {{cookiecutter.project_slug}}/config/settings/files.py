"""Static files, the frontend's build and uploads. In production the reverse proxy serves them.

Uploads are in the folders MEDIA_ROOT and PROTECTED_ROOT, or with `FILES_URL` in an S3-like store.

https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/
"""

from typing import Any

from core.configuration.files_url import FilesServer, parse_files_url
from core.configuration.prefixes import MEDIA, STATIC
from core.configuration.secret_text import SecretText

from .configuration import BASE_DIRECTORY, ENVIRONMENT, VARIABLE_DIRECTORY

FRONTEND_BUILD = BASE_DIRECTORY / "frontend" / "build"

STATIC_URL = STATIC
STATIC_ROOT = VARIABLE_DIRECTORY / "static"
STATICFILES_DIRS = [("frontend", FRONTEND_BUILD)] if FRONTEND_BUILD.is_dir() else []


def s3(server: FilesServer, backend: str, folder: str, *, overwrite: bool) -> dict[str, Any]:
    """https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html"""
    return {
        "BACKEND": f"core.files.s3.{backend}",
        "OPTIONS": {
            "endpoint_url": server.origin,
            "region_name": server.region,
            "bucket_name": server.bucket,
            "location": server.location(folder),
            "access_key": server.access_key,
            "secret_key": SecretText(ENVIRONMENT.files_secret.get_secret_value()),
            "file_overwrite": overwrite,
        },
    }


def uploads(url: str) -> dict[str, dict[str, Any]]:
    """Return the storages of uploads: the default one and the public one."""
    if url:
        server = parse_files_url(url)
        return {
            "default": s3(server, "ProtectedFilesStorage", "protected", overwrite=True),  # the names are random
            "public": s3(server, "PublicFilesStorage", "media", overwrite=False),
        }
    return {
        # Uploads belong to the audience of an app, so the default storage publishes nothing: core/files/storage.py.
        "default": {"BACKEND": "core.files.storage.ProtectedStorage"},
        # At MEDIA_URL, for everyone.
        "public": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }


STORAGES = {
    **uploads(ENVIRONMENT.files_url),
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
