"""The mail of a test."""

from collections.abc import Iterator, Sequence
from typing import overload

from django.core import mail
from django.core.mail import EmailMessage

from core.mail.delivery import deliver, take
from core.mail.models import Mail


class SentMail(Sequence[EmailMessage]):
    """The mails that were sent, oldest first. Reading it first sends what waits, as the worker does after a commit.

    The transaction of a test never commits, so nothing else would send it.
    """

    def _sent(self) -> list[EmailMessage]:
        deliver(take(Mail.objects.waiting().filter(tries=0).order_by("pk")))
        return mail.outbox

    @overload
    def __getitem__(self, index: int) -> EmailMessage: ...
    @overload
    def __getitem__(self, index: slice) -> list[EmailMessage]: ...
    def __getitem__(self, index: int | slice) -> EmailMessage | list[EmailMessage]:
        return self._sent()[index]

    def __iter__(self) -> Iterator[EmailMessage]:
        return iter(self._sent())

    def __len__(self) -> int:
        return len(self._sent())

    def __eq__(self, other: object) -> bool:
        return self._sent() == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return repr(mail.outbox)

    def clear(self) -> None:
        """Forget what was sent, and what waits."""
        self._sent().clear()
