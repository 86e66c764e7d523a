"""The mail that a portal with embedded backends has written to its folder."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from tests.support.waiting import wait_until


def wait_for_link(portal: Path, recipient: str, pattern: str) -> str:
    """Wait for a mail to `recipient` with text that matches `pattern`. Returns the newest match."""

    def find() -> str | None:
        files = sorted((portal / "var" / "mail").glob("*"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files:
            for part in re.split(rb"\n-{20,}\n", file.read_bytes()):
                mail = message_from_bytes(part.lstrip(), policy=default)
                body = mail.get_body(("plain",))
                if recipient in str(mail["To"]) and body and (found := re.search(pattern, body.get_content())):
                    return found[0]
        return None

    try:
        return wait_until(find, seconds=15, every=0.1)
    except TimeoutError:
        raise AssertionError(f"no mail to {recipient} matches {pattern} in {portal / 'var' / 'mail'}") from None
