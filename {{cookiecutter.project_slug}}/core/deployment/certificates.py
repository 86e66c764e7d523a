"""Finds or makes the sites' certificates, by `tls` in portal.yaml.

`self-signed`: a local authority, which is made once, signs one certificate for both domains and renews it in time.
`own-certificate`: .env names the files, which NGINX's user must be able to read. NGINX gets copies, because a file that
is mounted into its container would stay the same there when another one takes its place.
`none`: a proxy in front has the certificates.
"""

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.configuration.loading import Configuration
from core.configuration.portal import SITES, SiteName
from core.configuration.problems import ConfigurationError, Problem

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 365  # of the sites' certificate, from its first second to its last
RENEW_DAYS = 60


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    certificate: Path
    key: Path


def certificate_files(
    configuration: Configuration, *, certificates: Path, authority: Path
) -> dict[SiteName, CertificateFiles] | None:
    """Write the files of each site's certificate to `certificates`, and return them; None without TLS here.

    The folder `authority` has the local authority. A backup holds it, and no other process reads its key. Raises
    ConfigurationError when a file that .env names is missing or unreadable.
    """
    match configuration.portal.tls:
        case "none":
            return None
        case "own-certificate":
            return {site: copy(site, files, certificates) for site, files in own_files(configuration).items()}
        case _:
            hosts = [configuration.portal.site(site).host for site in SITES]
            files = CertificateFiles(certificates / "portal.crt", certificates / "portal.key")
            signer = load_or_make_authority(authority, published=certificates / "authority.crt")
            if not is_current(files, hosts, signer.certificate):
                make_certificate(files, hosts, signer)
            return dict.fromkeys(SITES, files)


def copy(site: SiteName, files: CertificateFiles, directory: Path) -> CertificateFiles:
    copies = CertificateFiles(directory / f"{site}.crt", directory / f"{site}.key")
    copies.certificate.write_bytes(files.certificate.read_bytes())
    write_private(copies.key, files.key.read_bytes())
    return copies


def own_files(configuration: Configuration) -> dict[SiteName, CertificateFiles]:
    problems: list[Problem] = []
    found: dict[SiteName, CertificateFiles] = {}
    for site in SITES:
        variables = (f"{site}_certificate", f"{site}_certificate_key")
        paths: list[str] = [getattr(configuration.environment, variable) for variable in variables]
        wrong = [
            problem
            for variable, path in zip(variables, paths, strict=True)
            if (problem := file_problem(variable.upper(), path))
        ]
        found[site] = CertificateFiles(*map(Path, paths))
        if not wrong and not is_pair(found[site]):
            allowed = "a certificate with the key that it was made for, without a password"
            do = "copy both files of the renewed certificate"
            wrong = [
                Problem(".env", variables[0].upper(), "a certificate that NGINX cannot use with its key", allowed, do)
            ]
        problems += wrong
    if problems:
        raise ConfigurationError(problems)
    return found


def file_problem(variable: str, path: str) -> Problem | None:
    """Return why NGINX could not use a file, or None. This process runs as NGINX's user."""
    user = os.getuid()
    if not path:
        return Problem(".env", variable, "nothing", "the path of a PEM file, because tls is own-certificate")
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        return Problem(
            ".env",
            variable,
            f"a file that user {user} cannot read ({error.strerror})",
            f"a file that NGINX's user {user} can read",
            f"chown {user} FILE && chmod 400 FILE, for the file and its key",
        )
    if b"-----BEGIN" not in content:
        return Problem(".env", variable, "a file that is not in PEM format", "a file with -----BEGIN … in it")
    return None


def is_pair(files: CertificateFiles) -> bool:
    """Return whether the key is the certificate's, and needs no password."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key, password=lambda: b"")
    except (ssl.SSLError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def is_current(files: CertificateFiles, hosts: list[str], authority: x509.Certificate) -> bool:
    """Return whether the certificate is for these hosts, was signed by the authority, and ends in time but not soon."""
    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        certificate.verify_directly_issued_by(authority)
    except (OSError, ValueError, TypeError):
        return False
    except Exception:  # InvalidSignature, whose module changes with releases: another authority signed it
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    lasts = certificate.not_valid_after_utc - datetime.now(UTC) > timedelta(days=RENEW_DAYS)
    is_short = certificate.not_valid_after_utc - certificate.not_valid_before_utc <= timedelta(days=CERTIFICATE_DAYS)
    return files.key.exists() and lasts and is_short and set(names.get_values_for_type(x509.DNSName)) == set(hosts)


def make_certificate(files: CertificateFiles, hosts: list[str], authority: Authority) -> None:
    """Sign a certificate for `hosts` with the local authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        base(hosts[0][:64], authority.certificate.subject, key.public_key(), CERTIFICATE_DAYS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(usage(signs=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    write_private(files.key, private_bytes(key))
    files.certificate.write_bytes(pem(certificate) + pem(authority.certificate))


def load_or_make_authority(directory: Path, *, published: Path) -> Authority:
    """Return the local authority of a folder, and write its certificate to `published` too, for browsers.

    A portal of an earlier release has its certificate there alone.
    """
    key_file, certificate_file = directory / "authority.key", directory / "authority.crt"
    found = load_authority(key_file, certificate_file) or load_authority(key_file, published)
    if found is None:
        found = make_authority()
        write_private(key_file, private_bytes(found.key))
    for file in (certificate_file, published):
        file.write_bytes(pem(found.certificate))
    return found


def load_authority(key_file: Path, certificate_file: Path) -> Authority | None:
    """Return the authority of two files; None unless they are a valid pair."""
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    except (OSError, ValueError):
        return None
    is_valid = certificate.not_valid_after_utc > datetime.now(UTC) and certificate.public_key() == key.public_key()
    return Authority(key, certificate) if is_valid and isinstance(key, ec.EllipticCurvePrivateKey) else None


def make_authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Local authority of an Omniport portal")])
    certificate = (
        base("Local authority of an Omniport portal", name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate)


def base(
    common_name: str, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(hours=1)  # clocks differ
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
    )


def usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def private_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
