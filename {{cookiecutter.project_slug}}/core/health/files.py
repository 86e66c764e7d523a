"""The health check of the S3-like store for uploads."""

import secrets

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _

from core.configuration.files_url import parse_files_url

from .checks import HealthCheck, check_same
from .elsewhere import NOT_ENCRYPTED


class FilesCheck(HealthCheck):
    tier = 2
    service = "files"
    title = _("Store of uploads")
    technology = "S3"
    in_readiness = False  # everything but uploads works without it
    seconds = 12.0
    watch_seconds = 60.0  # each round trip is four requests, for which a store may charge

    def round_trip(self) -> str:
        storage, value = storages["default"], secrets.token_bytes(8)
        name = storage.save(f"health/{secrets.token_hex(8)}.txt", ContentFile(value))
        try:
            with storage.open(name) as file:
                check_same(value, file.read())
        finally:
            storage.delete(name)
        server = parse_files_url(settings.CONFIGURATION.environment.files_url)
        return f"written, read, deleted; at {server.address}, {'TLS' if server.is_encrypted else NOT_ENCRYPTED}"
