"""HTTP, for Gunicorn: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from core.stores.database import serve_requests  # noqa: E402 - it needs the settings

serve_requests(keep_connections=True)
