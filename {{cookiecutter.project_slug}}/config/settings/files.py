"""Static files, the frontend's build and uploads.

https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/. In production the reverse proxy serves them.
"""

from .configuration import BASE_DIRECTORY, VARIABLE_DIRECTORY

FRONTEND_BUILD = BASE_DIRECTORY / "frontend" / "build"

STATIC_URL = "/static/"
STATIC_ROOT = VARIABLE_DIRECTORY / "static"
STATICFILES_DIRS = [("frontend", FRONTEND_BUILD)] if FRONTEND_BUILD.is_dir() else []

MEDIA_URL = "/media/"
MEDIA_ROOT = VARIABLE_DIRECTORY / "media"
