"""Logs: JSON in production, coloured lines in development, always with the request's id and without secrets.

https://www.structlog.org/ and https://django-structlog.readthedocs.io/
"""

from core.logs.configuration import configure_structlog, logging_configuration

from .configuration import ENVIRONMENT

configure_structlog(json=ENVIRONMENT.is_production, quiet=ENVIRONMENT.is_testing)
LOGGING = logging_configuration(json=ENVIRONMENT.is_production, quiet=ENVIRONMENT.is_testing)

DJANGO_STRUCTLOG_CELERY_ENABLED = True
# core/http/request_log.py logs each request in one line, with the IP address that the reverse proxy reports. The person
# is bound by core/access.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # DEBUG, which is not shown
