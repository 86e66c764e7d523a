"""A mail server that keeps what it receives. A program, and the class that runs it: python mail_server.py - OPTIONS

The program is a process of its own, so that the tests' threads do not delay it. It writes each mail to a file, one JSON
object a line, before it says that it has accepted the mail.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Self

from tests.support.network import is_listening
from tests.support.waiting import wait_until

LARGEST_MAIL = 1 << 20


@dataclass(frozen=True)
class Mail:
    """One copy of a mail, as the server accepted it."""

    at: float  # seconds since 1970
    recipients: tuple[str, ...]
    message_id: str
    subject: str
    text: str


class MailServer:
    """The program, listening on an address of this machine that containers can reach."""

    def __init__(self, host: str, port: int, file: Path) -> None:
        self.host, self.port, self.file = host, port, file
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The portal's MAIL_URL."""
        return f"smtp://{self.host}:{self.port}?security=none"

    def start(self) -> None:
        options = ["--host", self.host, "--port", str(self.port), "--file", str(self.file)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.mail_server", *options], cwd=Path(__file__).parents[2]
        )
        wait_until(lambda: is_listening(self.port, self.host), seconds=20)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None

    def mails(self) -> list[Mail]:
        """Return what has arrived since the file was made, in the order of arrival."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [Mail(**{**mail, "recipients": tuple(mail["recipients"])}) for mail in map(json.loads, lines)]


class Keep:
    """Writes each mail to a file. aiosmtpd calls `handle_DATA`."""

    def __init__(self, file: Path) -> None:
        self.output = file.open("a")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=default)
        body = mail.get_body(("plain",))
        kept = {
            "at": time.time(),
            "recipients": envelope.rcpt_tos,
            "message_id": str(mail["Message-ID"] or ""),
            "subject": str(mail["Subject"] or ""),
            "text": body.get_content() if body else "",
        }
        print(json.dumps(kept), file=self.output, flush=True)
        return "250 kept"


def main() -> None:
    from aiosmtpd.controller import Controller

    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    options = parser.parse_args()
    controller = Controller(Keep(options.file), hostname=options.host, port=options.port, data_size_limit=LARGEST_MAIL)
    controller.start()
    signal.pause()  # until the process is ended


if __name__ == "__main__":
    main()
