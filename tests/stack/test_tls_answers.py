"""Every answer to the prompt `tls` makes a configuration that Compose and NGINX take."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dotenv import set_key

from tests.support.compose import SITES, Stack, run

# What the one-shot and NGINX say is looked at; the images that print a banner of their own are not ours.
COMPLAINTS = ("[warn]", "[error]", "[emerg]", "[crit]", "[alert]", "warning")


@pytest.fixture(scope="module")
def other(stack: Stack) -> Iterator[Stack]:
    """A second project of the same images, whose configuration may change. Nothing of it runs on."""
    with stack.another_project("tls") as other:
        yield other


def answer_prompt(other: Stack, tls: str, **variables: str) -> None:
    file = other.portal / "portal.yaml"
    told = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({**told, "tls": tls}))
    for site in SITES:
        for suffix in ("CERTIFICATE", "CERTIFICATE_KEY"):
            variables.setdefault(f"{site.upper()}_{suffix}", "")
    variables.setdefault("TRUSTED_PROXIES", "")
    for name, value in variables.items():
        set_key(other.portal / ".env", name, value, quote_mode="never")


def once(other: Stack, service: str, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return other.compose("run", "--rm", "--no-deps", "--no-TTY", service, *command, check=check)


def check_configuration(other: Stack) -> str:
    """Compose, the one-shot and NGINX take it without a word of fieldError; NGINX's whole configuration."""
    done = other.compose("config", "--quiet")
    assert done.stdout + done.stderr == ""
    assert once(other, "configuration").stdout.startswith("Wrote ")
    tested = once(other, "reverse-proxy", "nginx", "-T")
    assert "test is successful" in tested.stderr
    assert not [line for line in tested.stderr.splitlines() if any(word in line for word in COMPLAINTS)]
    return tested.stdout


@pytest.fixture
def certificates(other: Stack, tmp_path: Path) -> dict[str, Path]:
    """A certificate and a key for each site, as an authority would have signed them; anybody may read them."""
    files = {}
    for site, domain in other.domains.items():
        certificate, key = tmp_path / f"{site}.crt", tmp_path / f"{site}.key"
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        name = ["-subj", f"/CN={domain}", "-addext", f"subjectAltName=DNS:{domain}"]
        run("openssl", "req", "-x509", *kind, *name, "-keyout", key, "-out", certificate)
        for file in (certificate, key):
            file.chmod(0o644)
        files |= {f"{site.upper()}_CERTIFICATE": certificate, f"{site.upper()}_CERTIFICATE_KEY": key}
    return files


def test_self_signed(other: Stack) -> None:
    answer_prompt(other, "self-signed")
    written = check_configuration(other)
    assert written.count("ssl_certificate /var/lib/portal/certificates/portal.crt;") == len(SITES)
    assert "ssl_reject_handshake on;" in written
    assert f":{other.https_port}$request_uri" in written


def test_the_local_authority_stays_the_same_when_the_configuration_is_made_again(other: Stack) -> None:
    answer_prompt(other, "self-signed")
    made = []
    for _ in range(2):
        once(other, "configuration")
        made.append(once(other, "reverse-proxy", "cat", "/var/lib/portal/certificates/authority.crt").stdout)
    assert made[0] == made[1]
    assert "BEGIN CERTIFICATE" in made[0]


def test_own_certificate(other: Stack, certificates: dict[str, Path]) -> None:
    answer_prompt(other, "own-certificate", **{name: str(file) for name, file in certificates.items()})
    written = check_configuration(other)
    for site in SITES:
        assert f"ssl_certificate /run/certificates/{site}.crt;" in written
        assert f"ssl_certificate_key /run/certificates/{site}.key;" in written


def test_own_certificate_that_nginx_cannot_read_is_refused_by_name(other: Stack, certificates: dict[str, Path]) -> None:
    key = certificates["INTRANET_CERTIFICATE_KEY"]
    key.chmod(0o600)
    answer_prompt(other, "own-certificate", **{name: str(file) for name, file in certificates.items()})
    done = once(other, "configuration", check=False)
    assert done.returncode == 1
    for words in (".env", "INTRANET_CERTIFICATE_KEY", "user 101 cannot read", "chown 101"):
        assert words in done.stderr
    assert "INTERNET_CERTIFICATE" not in done.stderr.replace("INTRANET", "")
    assert "Traceback" not in done.stderr


def test_own_certificate_that_nobody_named_is_refused_whole(other: Stack) -> None:
    answer_prompt(other, "own-certificate")
    done = once(other, "configuration", check=False)
    assert done.returncode == 1
    for site in SITES:
        for suffix in ("CERTIFICATE", "CERTIFICATE_KEY"):
            assert f"{site.upper()}_{suffix}" in done.stderr


def test_own_certificate_that_is_none_is_refused(other: Stack, certificates: dict[str, Path]) -> None:
    certificates["INTERNET_CERTIFICATE"].write_text("no certificate")
    answer_prompt(other, "own-certificate", **{name: str(file) for name, file in certificates.items()})
    done = once(other, "configuration", check=False)
    assert done.returncode == 1
    assert "INTERNET_CERTIFICATE" in done.stderr
    assert "PEM" in done.stderr


def test_a_proxy_in_front(other: Stack) -> None:
    answer_prompt(other, "none", TRUSTED_PROXIES="192.0.2.10/32,2001:db8::10/128")
    written = check_configuration(other)
    for network in ("192.0.2.10/32", "2001:db8::10/128"):
        assert f"set_real_ip_from {network};" in written
    assert "real_ip_header X-Forwarded-For;" in written
    assert "ssl_certificate " not in written


def test_a_mistake_in_portal_yaml_stops_the_start_and_is_named(other: Stack) -> None:
    answer_prompt(other, "self-signed")
    file = other.portal / "portal.yaml"
    before = file.read_text()
    file.write_text(before.replace("tls: self-signed", "tls: perhaps"))
    done = once(other, "configuration", check=False)
    file.write_text(before)
    assert done.returncode == 1
    for words in ("portal.yaml", "tls", "perhaps", "own-certificate"):
        assert words in done.stderr
