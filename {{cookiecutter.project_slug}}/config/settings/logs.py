"""Logs: JSON in production, coloured lines in development, always with the request's id; never a secret.

https://www.structlog.org/ and https://django-structlog.readthedocs.io/
"""

from core.logs.configuration import logging_configuration

from .configuration import environment

LOGGING = logging_configuration(json=environment.is_production, quiet=environment.is_testing)

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # the address is bound by core.logs, from the reverse proxy alone
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # the person is bound by core.access, which knows them anyway
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # DEBUG: one line a request is enough
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = 20  # INFO: a client's mistake is not the portal's
# Only the reverse proxy can reach the servers in production, and it overwrites the header.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
