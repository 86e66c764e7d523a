"""Every answer to the prompt `tls` gives a configuration that Compose and NGINX accept."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dotenv import set_key

from tests.support.compose import SITES, Stack, run

# Words of NGINX's messages. The images' entrypoints print banners, which hold none of them.
WARNINGS = ("[warn]", "[error]", "[emerg]", "[crit]", "[alert]", "warning")


@pytest.fixture(scope="module")
def other(stack: Stack) -> Iterator[Stack]:
    """Prepare a second project of the same images. Tests change its configuration and start none of its services."""
    with stack.another_project("tls") as other:
        yield other


def answer_prompt(other: Stack, tls: str, **variables: str) -> None:
    file = other.portal / "portal.yaml"
    content = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({**content, "tls": tls}))
    for site in SITES:
        for suffix in ("CERTIFICATE", "CERTIFICATE_KEY"):
            variables.setdefault(f"{site.upper()}_{suffix}", "")
    variables.setdefault("TRUSTED_PROXIES", "")
    for name, value in variables.items():
        set_key(other.portal / ".env", name, value, quote_mode="never")


def run_once(other: Stack, service: str, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return other.compose("run", "--rm", "--no-deps", "--no-TTY", service, *command, check=check)


def check_configuration(other: Stack) -> str:
    """Fail unless Compose, the one-shot and NGINX accept it without a warning. Return NGINX's whole configuration."""
    done = other.compose("config", "--quiet")
    assert done.stdout + done.stderr == ""
    assert run_once(other, "configuration").stdout.startswith("Wrote ")
    tested = run_once(other, "reverse-proxy", "nginx", "-T")
    assert "test is successful" in tested.stderr
    assert not [line for line in tested.stderr.splitlines() if any(warning in line for warning in WARNINGS)]
    return tested.stdout


@pytest.fixture
def certificates(other: Stack, tmp_path: Path) -> dict[str, Path]:
    """Make a certificate and a key for each site, in files that everyone can read. Return variable → file."""
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
    nginx_configuration = check_configuration(other)
    assert nginx_configuration.count("ssl_certificate /var/lib/portal/certificates/portal.crt;") == len(SITES)
    assert "ssl_reject_handshake on;" in nginx_configuration
    assert f":{other.https_port}$request_uri" in nginx_configuration


def test_the_local_authority_stays_the_same_when_the_configuration_is_written_again(other: Stack) -> None:
    answer_prompt(other, "self-signed")
    authorities = []
    for _ in range(2):
        run_once(other, "configuration")
        authorities.append(run_once(other, "reverse-proxy", "cat", "/var/lib/portal/certificates/authority.crt").stdout)
    assert authorities[0] == authorities[1]
    assert "BEGIN CERTIFICATE" in authorities[0]


def test_own_certificate(other: Stack, certificates: dict[str, Path]) -> None:
    answer_prompt(other, "own-certificate", **{name: str(file) for name, file in certificates.items()})
    nginx_configuration = check_configuration(other)
    for site in SITES:
        assert f"ssl_certificate /var/lib/portal/certificates/{site}.crt;" in nginx_configuration
        assert f"ssl_certificate_key /var/lib/portal/certificates/{site}.key;" in nginx_configuration


def test_own_certificate_that_nginx_cannot_read_is_refused_by_name(other: Stack, certificates: dict[str, Path]) -> None:
    key = certificates["INTRANET_CERTIFICATE_KEY"]
    key.chmod(0o600)
    answer_prompt(other, "own-certificate", **{name: str(file) for name, file in certificates.items()})
    done = run_once(other, "configuration", check=False)
    assert done.returncode == 1
    for text in (".env", "INTRANET_CERTIFICATE_KEY", "user 101 cannot read", "chown 101"):
        assert text in done.stderr
    assert "INTERNET_CERTIFICATE" not in done.stderr.replace("INTRANET", "")
    assert "Traceback" not in done.stderr


def test_own_certificate_without_files_is_refused_with_every_variable(other: Stack) -> None:
    answer_prompt(other, "own-certificate")
    done = run_once(other, "configuration", check=False)
    assert done.returncode == 1
    for site in SITES:
        for suffix in ("CERTIFICATE", "CERTIFICATE_KEY"):
            assert f"{site.upper()}_{suffix}" in done.stderr


def test_own_certificate_that_is_no_certificate_is_refused(other: Stack, certificates: dict[str, Path]) -> None:
    certificates["INTERNET_CERTIFICATE"].write_text("no certificate")
    answer_prompt(other, "own-certificate", **{name: str(file) for name, file in certificates.items()})
    done = run_once(other, "configuration", check=False)
    assert done.returncode == 1
    assert "INTERNET_CERTIFICATE" in done.stderr
    assert "PEM" in done.stderr


def test_a_proxy_that_ends_tls(other: Stack) -> None:
    answer_prompt(other, "none", TRUSTED_PROXIES="192.0.2.10/32,2001:db8::10/128")
    nginx_configuration = check_configuration(other)
    for network in ("192.0.2.10/32", "2001:db8::10/128"):
        assert f"set_real_ip_from {network};" in nginx_configuration
    assert "real_ip_header X-Forwarded-For;" in nginx_configuration
    assert "ssl_certificate " not in nginx_configuration


@pytest.mark.parametrize("proxies", ["", "10.0.0.0/8", "2001:db8::/32"])
def test_a_proxy_that_is_not_named_or_named_too_widely_is_refused(other: Stack, proxies: str) -> None:
    answer_prompt(other, "none", TRUSTED_PROXIES=proxies)
    done = run_once(other, "configuration", check=False)
    assert done.returncode == 1
    assert "TRUSTED_PROXIES" in done.stderr
    assert "192.0.2.10/32" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_in_portal_yaml_stops_the_start_and_is_named(other: Stack) -> None:
    answer_prompt(other, "self-signed")
    file = other.portal / "portal.yaml"
    before = file.read_text()
    file.write_text(before.replace("tls: self-signed", "tls: perhaps"))
    done = run_once(other, "configuration", check=False)
    file.write_text(before)
    assert done.returncode == 1
    for text in ("portal.yaml", "tls", "perhaps", "own-certificate"):
        assert text in done.stderr
