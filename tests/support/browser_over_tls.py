"""Windows of a Chromium that trusts a stack's certificates, as a person's browser trusts those of an institute."""

import base64
import hashlib
import ssl
import subprocess
from socket import create_connection

from tests.support.compose import SITES, Stack
from tests.support.network import HOST


def trusting(*stacks: Stack) -> list[str]:
    """Return the options with which Chromium trusts the certificates of both sites, and finds their domains here.

    A certificate whose errors are merely ignored would not do: passkeys need one that is trusted.
    """
    keys = ",".join(key_of(stack, domain) for stack in stacks for domain in stack.domains.values())
    domains = ",".join(f"MAP {stack.domains[site]} {HOST}" for stack in stacks for site in SITES)
    return [f"--ignore-certificate-errors-spki-list={keys}", f"--host-resolver-rules={domains}"]


def key_of(stack: Stack, domain: str) -> str:
    """Return the hash of the public key in the certificate of a domain, as Chromium takes it."""
    certificate = served_certificate(stack, domain)
    public = openssl("x509", "-pubkey", "-noout", given=certificate.encode())
    key = openssl("pkey", "-pubin", "-outform", "der", given=public)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def served_certificate(stack: Stack, domain: str) -> str:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = context.wrap_socket(create_connection((HOST, stack.https_port)), server_hostname=domain)
    with connection:
        return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True))


def openssl(*arguments: str, given: bytes) -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout
