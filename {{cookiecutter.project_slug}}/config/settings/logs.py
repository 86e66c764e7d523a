"""Logs: JSON in production, coloured lines in development, always with the request's id; never a secret.

https://www.structlog.org/ and https://django-structlog.readthedocs.io/
"""

from core.logs.configuration import configure_structlog, logging_configuration

from .configuration import environment

configure_structlog(json=environment.is_production, quiet=environment.is_testing)
LOGGING = logging_configuration(json=environment.is_production, quiet=environment.is_testing)

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # core.logs tells the address, which is the reverse proxy's word
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # the person is bound by core.access, which knows them anyway
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # DEBUG: core.logs tells of a request, in one line
