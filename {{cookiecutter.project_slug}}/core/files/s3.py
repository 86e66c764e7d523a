"""The storages of uploads when `FILES_URL` names an S3-like store. config/settings/files.py chooses them.

NGINX sends the files: it fetches them from the store at an address that Django signs, and that no browser sees.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Never
from urllib.parse import quote, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage
from storages.utils import safe_join

from core.http.protected import FILES_ADDRESS, FILES_LOCATION
from core.stores.outage import ServerDown

from .storage import PublishesNothing

SIGNED_FOR_SECONDS = 60
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 10, 2


@contextmanager
def server_errors() -> Iterator[None]:
    """Turn the errors of the store's client into ServerDown."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise ServerDown(f"the store of files: {error}") from error


class FilesStorage(S3Storage):  # type: ignore[misc]  # the package has no types
    """A folder of the bucket. Raises ServerDown when the store does not answer, or not as it should."""

    def get_default_settings(self) -> dict[str, Any]:
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},  # NGINX knows one host
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS},
            # Stores other than Amazon's need not know the checksums of 2025.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return {**super().get_default_settings(), "client_config": config, "default_acl": None}

    def headers_for_nginx(self, name: str) -> dict[str, str]:
        """Return what lets NGINX send a file. Computes a signature, and asks nothing of the store."""
        key = safe_join(self.location, name)
        url = self.connection.meta.client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket_name, "Key": key}, ExpiresIn=SIGNED_FOR_SECONDS
        )
        parts = urlsplit(url)
        return {"X-Accel-Redirect": FILES_LOCATION, FILES_ADDRESS: f"{parts.path}?{parts.query}"}

    def open(self, name: str, mode: str = "rb") -> Any:
        with server_errors():
            return super().open(name, mode)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        with server_errors():
            return str(super().save(name, content, max_length))

    def delete(self, name: str) -> None:
        with server_errors():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with server_errors():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with server_errors():
            return int(super().size(name))


class ProtectedFilesStorage(PublishesNothing, FilesStorage):
    """Files that have no URL of their own: a view decides who gets one."""

    def url(self, name: str | None, *args: Any, **more: Any) -> Never:
        self.refuse_url(name)


class PublicFilesStorage(FilesStorage):
    """Files that everyone may read, at /media/."""

    def url(self, name: str | None, *args: Any, **more: Any) -> str:
        return f"{settings.MEDIA_URL}{quote(name or '')}"
