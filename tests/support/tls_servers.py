"""PostgreSQL, Redis and RabbitMQ that lie elsewhere for a portal: with TLS alone, and an authority of their own.

They are programs of this machine, on an IP address that the test chooses.
"""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.servers import (
    ApplicationStore,
    ChannelLayer,
    Database,
    MessageBroker,
    NotificationStore,
    RedisServer,
    RunningServers,
    Server,
    SessionStore,
    find_program,
)

PEM = serialization.Encoding.PEM
USES = (  # the arguments of x509.KeyUsage, in their order
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


class Authority:
    """A certificate authority. `file` has its certificate, which clients trust."""

    def __init__(self, folder: Path) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The institute's authority")])
        self.file = folder / "authority.pem"
        signs_certificates = x509.KeyUsage(*(use == "key_cert_sign" for use in USES))
        builder = (
            self.builder(self.name, self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .add_extension(signs_certificates, critical=True)
        )
        self.file.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(PEM))

    def builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )  # Python requires it, as RFC 5280 does
        )

    def issue(self, folder: Path, host: str) -> tuple[Path, Path]:
        """Write a certificate for an IP address, and its key, into a folder. Returns their paths."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self.builder(subject, key).add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        paths = folder / "server.crt", folder / "server.key"
        paths[0].write_bytes(certificate.public_bytes(PEM))
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        paths[1].touch(mode=0o600)
        paths[1].write_bytes(private)
        return paths


class TlsServer(Server):
    """A server that accepts no connection without TLS."""

    def __init__(self, folder: Path, host: str, authority: Authority) -> None:
        super().__init__(folder)
        self.host, self.authority = host, authority
        self.certificate, self.key = authority.issue(self.folder, host)
        if self.identity:
            for path in (self.certificate, self.key):
                os.chown(path, self.identity["user"], self.identity["group"])


class TlsRedis(TlsServer, RedisServer):
    def command(self) -> list[str]:
        options = {
            "port": 0,
            "tls-port": self.port,
            "tls-cert-file": self.certificate,
            "tls-key-file": self.key,
            "tls-ca-cert-file": self.authority.file,
            "tls-auth-clients": "no",
        }
        return [*super().command(), *(str(word) for name, value in options.items() for word in (f"--{name}", value))]

    def run(self, *command: str) -> str:
        return super().run("--tls", "--cacert", str(self.authority.file), *command)

    def url(self) -> str:
        return f"rediss://default@{self.host}:{self.port}/0"


class TlsSessionStore(TlsRedis, SessionStore):
    pass


class TlsNotificationStore(TlsRedis, NotificationStore):
    pass


class TlsChannelLayer(TlsRedis, ChannelLayer):
    pass


class TlsApplicationStore(TlsRedis, ApplicationStore):
    pass


class TlsDatabase(TlsServer, Database):
    """Its superuser is not `portal`: infrastructure/postgres/elsewhere.sql creates the portal's roles and database."""

    superuser = "admin"

    def prepare(self) -> None:
        super().prepare()
        (self.folder / "data" / "pg_hba.conf").write_text("hostssl all all all scram-sha-256\n")

    def command(self) -> list[str]:
        settings = {"ssl": "on", "ssl_cert_file": self.certificate, "ssl_key_file": self.key}
        return [*super().command(), *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))]

    def create_roles(self, portal: Path) -> None:
        """Run elsewhere.sql as its administrator does, in the portal's folder."""
        file = "infrastructure/postgres/elsewhere.sql"
        done = subprocess.run(
            [find_program("psql"), "--no-psqlrc", "--quiet", self.administrator_url, "--file", file],
            cwd=portal,
            env={"PATH": os.environ.get("PATH", os.defpath), "PGPASSWORD": self.password},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    @property
    def administrator_url(self) -> str:
        options = f"sslmode=verify-full&sslrootcert={self.authority.file}"
        return f"postgresql://{self.superuser}@{self.host}:{self.port}/postgres?{options}"

    def url(self, database: str = "portal") -> str:
        return f"postgresql://portal@{self.host}:{self.port}/{database}?sslmode=verify-full"


class TlsDatabaseContainer(TlsDatabase):
    """The same, of the image that the portal has, so that pg_restore is not newer than the server."""

    USER = 999  # postgres, in the image
    seconds_to_start = 120.0

    @property
    def container(self) -> str:
        return f"portal-elsewhere-{self.port}"

    def prepare(self) -> None:
        self.folder.chmod(0o755)
        os.chown(self.key, self.USER, self.USER)
        password = self.folder / "password"
        password.write_text(self.password)
        os.chown(password, self.USER, self.USER)

    def command(self) -> list[str]:
        variables = {"POSTGRES_USER": self.superuser, "POSTGRES_PASSWORD_FILE": "/tls/password"}
        return [
            *("docker", "run", "--rm", f"--name={self.container}", f"--publish={self.host}:{self.port}:5432"),
            *(f"--env={name}={value}" for name, value in variables.items()),
            *(f"--volume={self.folder}:/tls:ro", "postgres:latest"),
            *("-c", "ssl=on", "-c", "ssl_cert_file=/tls/server.crt", "-c", "ssl_key_file=/tls/server.key"),
        ]

    def options(self) -> dict:
        return {"cwd": self.folder, "env": dict(os.environ)}

    def stop(self, number: signal.Signals) -> None:
        subprocess.run(["docker", "rm", "--force", "--volumes", self.container], capture_output=True)
        super().stop(number)


class TlsMessageBroker(TlsServer, MessageBroker):
    def prepare(self) -> None:
        super().prepare()
        file = self.folder / "rabbitmq.conf"
        lines = [line for line in file.read_text().splitlines() if not line.startswith("listeners.")]
        options = {"certfile": self.certificate, "keyfile": self.key, "cacertfile": self.authority.file}
        lines += ["listeners.tcp = none", f"listeners.ssl.1 = {self.host}:{self.port}"]
        lines += [f"ssl_options.{name} = {path}" for name, path in options.items()]
        lines += ["ssl_options.verify = verify_none", "ssl_options.fail_if_no_peer_cert = false"]
        file.write_text("".join(f"{line}\n" for line in lines))

    def answers(self) -> bool:
        return "Server startup complete" in self.log_tail()

    def url(self) -> str:
        return f"amqps://portal@{self.host}:{self.port}//"


STORES = (TlsSessionStore, TlsNotificationStore, TlsChannelLayer, TlsApplicationStore)


class TlsServers(RunningServers[TlsServer]):
    """PostgreSQL and the four Redis, and other servers that are named: `servers["database"]` is one."""

    prefix = "portal-elsewhere-"

    def __init__(self, host: str, *others: type[TlsServer], database: type[TlsDatabase] = TlsDatabase) -> None:
        self.host, self.kinds = host, (database, *STORES, *others)

    def start(self) -> None:
        self.authority = Authority(self.folder)
        for kind in self.kinds:
            server = self.by_name[kind.name] = kind(self.folder, self.host, self.authority)
            server.prepare()
            server.start()

    @property
    def database(self) -> TlsDatabase:
        found = self["database"]
        assert isinstance(found, TlsDatabase)
        return found

    @property
    def variables(self) -> dict[str, str]:
        """The variables of .env, without passwords."""
        urls = {f"{name.upper().replace('-', '_')}_URL": server.url() for name, server in self.by_name.items()}
        return {**urls, "CA_CERTIFICATE": str(self.authority.file)}

    @property
    def passwords(self) -> dict[str, str]:
        return {
            f"{name.upper().replace('-', '_')}_PASSWORD": server.password
            for name, server in self.by_name.items()
            if name != "database"  # its administrator's; the roles have the passwords of the portal's .env
        }
