"""A renewed certificate is taken up while people use the portal, and maintainers hear of one that ends soon."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from dotenv import set_key

from tests.stack.drills.conftest import make
from tests.support.compose import SITES, Stack, run
from tests.support.mail_server import MailServer
from tests.support.tls import LockedSocket
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

SUBJECT = "A certificate ends soon"
MAIL_NOW = """
from core.stores.session_store import session_store
from services.overview.tasks import mail_problems
for site in ("internet", "intranet"):
    session_store("overview").delete(f"mailed:certificate-{site}")
mail_problems()
"""
PROBLEMS = """
import json
from services.overview.problems import certificate_problems
print(json.dumps([problem.key for problem in certificate_problems()]))
"""


@dataclass
class Certificates:
    """The files that .env names, for both sites, in a folder that a renewal writes to."""

    folder: Path
    domains: dict[str, str]

    def renew(self, *, days: int, sites: tuple[str, ...] = SITES) -> dict[str, str]:
        """Replace the files by new ones, as `install` does. Return site → the new certificate."""
        found = {}
        for site in sites:
            new = {name: self.folder / f"{site}.{name}.new" for name in ("pem", "key")}
            kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days)]
            subject = ["-subj", f"/CN={self.domains[site]}", "-addext", f"subjectAltName=DNS:{self.domains[site]}"]
            run("openssl", "req", "-x509", *kind, *subject, "-keyout", new["key"], "-out", new["pem"])
            for name, file in new.items():
                file.chmod(0o444)
                file.replace(self.folder / f"{site}.{name}")
            found[site] = (self.folder / f"{site}.pem").read_text()
        return found


@pytest.fixture(scope="module")
def certificates(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certificates]:
    """Let the portal use certificates of its own, which end in 20 days. It has its local authority again afterwards."""
    folder = tmp_path_factory.mktemp("certificates")
    for parent in (folder, *folder.parents[:2]):  # NGINX's user reads the files
        parent.chmod(parent.stat().st_mode | 0o011)
    found = Certificates(folder, stack.domains)
    found.renew(days=20)
    file = stack.portal / "portal.yaml"
    before, variables = file.read_text(), {}
    for site in SITES:
        variables[f"{site.upper()}_CERTIFICATE"] = str(folder / f"{site}.pem")
        variables[f"{site.upper()}_CERTIFICATE_KEY"] = str(folder / f"{site}.key")
    try:
        file.write_text(yaml.safe_dump({**yaml.safe_load(before), "tls": "own-certificate"}, allow_unicode=True))
        for name, value in variables.items():
            set_key(stack.portal / ".env", name, value)
        make(stack, "up")
        yield found
    finally:
        file.write_text(before)
        for name in variables:
            set_key(stack.portal / ".env", name, "", quote_mode="never")
        make(stack, "up")


def visitor_of(stack: Stack, site: str) -> Visitor:
    """Return a visitor who accepts any certificate."""
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode, tls.sslsocket_class = False, ssl.CERT_NONE, LockedSocket
    return Visitor(stack.origin(site), stack.https_port, tls)


def served(stack: Stack, site: str) -> str:
    """Return the certificate that a visitor gets."""
    connection = visitor_of(stack, site).connection()
    try:
        return ssl.DER_cert_to_PEM_cert(connection.sock.getpeercert(binary_form=True))
    finally:
        connection.close()


def mails(stack: Stack, mail_server: MailServer) -> Callable[[], int]:
    """Let the worker look for problems, and return a function that counts the mails since then."""
    before = len(mail_server.mails())
    stack.python(MAIL_NOW, service="worker")
    return lambda: sum(mail.subject.endswith(SUBJECT) for mail in mail_server.mails()[before:])


def test_a_renewed_certificate_is_taken_up_without_closing_a_connection(
    stack: Stack, certificates: Certificates, mail_server: MailServer
) -> None:
    count = mails(stack, mail_server)
    wait_until(lambda: count() == len(SITES), seconds=90, every=0.5)

    old = {site: served(stack, site) for site in SITES}
    visitor = visitor_of(stack, "internet")
    kept = visitor.connection()
    assert visitor.get("/api/portal/", connection=kept).status == 200
    with visitor.socket("/ws/portal/") as socket:
        new = certificates.renew(days=90)
        began = time.monotonic()
        make(stack, "certificate")
        print(f"make certificate took {time.monotonic() - began:.0f} s")
        wait_until(lambda: {site: served(stack, site) for site in SITES} == new, seconds=10, every=0.2)
        assert old != new
        socket.ping().wait(timeout=10)
    kept.close()

    assert stack.python(PROBLEMS, service="worker") == [], "the worker has read the new certificates"


def test_a_certificate_without_its_key_changes_nothing(stack: Stack, certificates: Certificates) -> None:
    before = served(stack, "intranet")
    key = (certificates.folder / "intranet.key").read_text()
    certificates.renew(days=90, sites=("intranet",))
    (certificates.folder / "intranet.key").chmod(0o644)
    (certificates.folder / "intranet.key").write_text(key)  # the renewal copied one of the two files
    output = make(stack, "certificate", fails=True)
    assert "a certificate that NGINX cannot use with its key" in output
    assert "the portal uses the certificate as before" in output
    assert served(stack, "intranet") == before
