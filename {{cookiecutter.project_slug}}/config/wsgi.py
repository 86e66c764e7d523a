"""HTTP, for Gunicorn: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from core.stores.database import configure_connections  # noqa: E402 - it reads the settings

configure_connections(keep_connections=True)
