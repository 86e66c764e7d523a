"""A mail with headers that hold URLs.

Python folds a long header at 78 characters. A URL has no space to fold at, so it would become encoded words, which mail
programs do not decode in List-Unsubscribe. RFC 5322 allows 998 characters in a line.
"""

from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage as PythonMessage
from email.policy import default
from typing import Any

from django.core.mail import EmailMultiAlternatives

URL_HEADERS = ("list-unsubscribe", "list-archive", "list-help", "list-owner", "list-post", "list-subscribe")


class OneLineHeader(UnstructuredHeader):
    """A header that is never folded."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # the registry adds a base class


HEADERS: Any = HeaderRegistry()  # the stubs accept base classes alone
for name in URL_HEADERS:
    HEADERS.map_to_type(name, OneLineHeader)


class MessageWithUrls(EmailMultiAlternatives):
    """Django's message, which does not fold headers with URLs."""

    def message(self, *, policy: Any = default) -> PythonMessage:
        return super().message(policy=policy.clone(header_factory=HEADERS))
