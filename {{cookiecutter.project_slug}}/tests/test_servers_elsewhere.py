"""Servers that are none of the portal's containers: their URLs, what production refuses, and what doctor says."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.configuration.environment import Environment
from core.configuration.production import check_servers_elsewhere
from core.configuration.server_urls import server_url
from core.configuration.url_parts import PUBLIC_AUTHORITIES, add_authority, add_password, change_user, hosts
from core.deployment.wait import NotReadyError, check_any, conditions, database_url
from core.health.advice import ADVICE
from core.health.broker import MessageBrokerCheck, WorkerCheck
from core.health.database import DatabaseCheck
from core.health.elsewhere import NOT_ENCRYPTED, readable, reason
from core.health.stores import SessionStoreCheck

DATABASE = "postgresql://portal@db.example.edu:5432/portal?sslmode=verify-full"
INSIDE = {
    "database_url": "postgresql://portal@database:5432/portal",
    "session_store_url": "redis://portal@session-store:6379/0",
    "notification_store_url": "redis://portal@notification-store:6379/0",
    "channel_layer_url": "redis://portal@channel-layer:6379/0",
    "application_store_url": "redis://portal@application-store:6379/0",
    "cache_url": "memcached://cache:11211",
    "message_broker_url": "amqp://portal@message-broker:5672/portal",
}
ELSEWHERE = {
    "database_url": DATABASE,
    "session_store_url": "rediss://portal@sessions.example.edu:6380/0",
    "notification_store_url": "rediss://portal@notifications.example.edu/0",
    "channel_layer_url": "rediss://portal@live.example.edu/0",
    "application_store_url": "redis://portal@apps.example.edu/0",
    "cache_url": "memcached://cache.example.edu",
    "message_broker_url": "amqps://portal@one.example.edu/portal;amqps://portal@two.example.edu:5671/portal",
}


def environment_of(process="configuration", **values):
    return Environment(in_containers=True, portal_process=process, **{**INSIDE, **values})


def problems(**values):
    return {
        one.key: f"{one.found} | {one.allowed} | {one.do}"
        for one in check_servers_elsewhere(environment_of(**values), lambda variable: "the environment")
    }


@pytest.fixture
def authority(tmp_path):
    """The file of a certificate authority."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    file = tmp_path / "ca.pem"
    file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return file


class TestUrls:
    def test_a_verified_database_gets_the_authorities_that_it_may_have(self):
        assert add_authority(DATABASE, "/ca.pem") == f"{DATABASE}&sslrootcert=/ca.pem"
        assert add_authority(DATABASE, "") == f"{DATABASE}&sslrootcert={PUBLIC_AUTHORITIES}"

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://portal@database:5432/portal",
            "postgresql://portal@db.example.edu/portal?sslmode=disable",
            "postgresql://portal@db.example.edu/portal?sslmode=verify-full&sslrootcert=/own.pem",
            "redis://portal@session-store:6379/0",
            "memcached://cache",
            "amqps://portal@one.example.edu/portal",
        ],
    )
    def test_every_other_url_stays_as_it_is(self, url):
        assert add_authority(url, "/ca.pem") == url

    def test_redis_with_tls_gets_the_authority_beside_the_public_ones(self):
        assert add_authority("rediss://portal@x/0", "/ca.pem") == "rediss://portal@x/0?ssl_ca_certs=/ca.pem"
        assert add_authority("rediss://portal@x/0", "") == "rediss://portal@x/0"

    def test_another_user_leaves_the_rest(self):
        assert change_user(DATABASE, "portal_owner") == DATABASE.replace("portal@", "portal_owner@")
        assert change_user("postgresql://me:mine@db/portal", "portal_owner") == "postgresql://me:mine@db/portal"

    def test_every_node_of_a_cluster_gets_the_password(self):
        environment = environment_of("server", **ELSEWHERE, message_broker_password="p/w")
        assert server_url(environment, "message_broker_url") == (
            "amqps://portal:p%2Fw@one.example.edu/portal;amqps://portal:p%2Fw@two.example.edu:5671/portal"
        )
        assert hosts(ELSEWHERE["message_broker_url"]) == ["one.example.edu", "two.example.edu"]

    def test_migrations_connect_as_the_owner_of_the_tables_and_all_others_do_not(self):
        passwords = {"database_password": "own", "database_owner_password": "owner", "ca_certificate": "/ca.pem"}
        for process, user in (("migrations", "portal_owner:owner"), ("server", "portal:own")):
            found = server_url(environment_of(process, database_url=DATABASE, **passwords), "database_url")
            assert found == f"{DATABASE.replace('portal@', f'{user}@')}&sslrootcert=/ca.pem"

    @pytest.mark.parametrize("process", ["migrations", "server"])
    def test_what_a_process_waits_for_is_what_it_connects_to(self, process):
        variables = {"DATABASE_PASSWORD": "a/b", "DATABASE_OWNER_PASSWORD": "c@d", "CA_CERTIFICATE": "/ca.pem"}
        values = {name.lower(): value for name, value in variables.items()}
        found = database_url(process, {**variables, "DATABASE_URL": DATABASE})
        assert found == server_url(environment_of(process, database_url=DATABASE, **values), "database_url")

    @pytest.mark.parametrize("urls", ["amqp://one/;redis://two", "amqp://one/;", "amqps://one/;amqp://two/"])
    def test_a_cluster_of_different_things_is_refused(self, urls):
        with pytest.raises(ValueError, match="a URL"):
            environment_of(message_broker_url=urls)

    def test_in_development_the_servers_of_env_are_not_touched(self, tmp_path, monkeypatch):
        (tmp_path / ".env").write_text(f"DATABASE_URL={DATABASE}\nSESSION_STORE_URL=rediss://x/0\nLIMIT_WRITES=7\n")
        monkeypatch.setenv("PORTAL_ENVIRONMENT", "development")
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.delenv("SESSION_STORE_URL", raising=False)
        found = Environment(_env_file=tmp_path / ".env")
        assert (found.database_url, found.session_store_url, found.limit_writes) == (None, None, 7)
        monkeypatch.setenv("PORTAL_ENVIRONMENT", "production")
        assert Environment(_env_file=tmp_path / ".env").database_url.get_secret_value() == DATABASE


class TestProduction:
    def test_the_portals_own_servers_need_nothing(self):
        assert problems() == {}

    def test_servers_elsewhere_with_their_files_need_nothing_else(self):
        files = [f"infrastructure/elsewhere/{name}.yaml" for name in ("database", "message-broker")]
        given = {name: ELSEWHERE[name] for name in ("database_url", "message_broker_url")}
        assert problems(**given, compose_file=":".join(["compose.yaml", *files])) == {}

    def test_a_missing_file_is_named_with_the_line_to_write(self):
        found = problems(session_store_url="rediss://portal@x/0", compose_file="compose.yaml:compose.files.yaml")
        line = "COMPOSE_FILE=compose.yaml:compose.files.yaml:infrastructure/elsewhere/session-store.yaml"
        assert f"write {line} into .env" in found["COMPOSE_FILE"]

    def test_a_file_without_a_server_is_named_too(self):
        found = problems(compose_file="compose.yaml:infrastructure/elsewhere/cache.yaml")
        assert "write COMPOSE_FILE=compose.yaml into .env" in found["COMPOSE_FILE"]

    @pytest.mark.parametrize(
        ("field", "url", "allowed"),
        [
            ("database_url", DATABASE.replace("portal@", "portal:secret@"), "DATABASE_PASSWORD of .env"),
            ("session_store_url", "rediss://portal:secret@x/0", "SESSION_STORE_PASSWORD of .env"),
            ("message_broker_url", "amqp://portal@one/;amqp://portal:secret@two/", "MESSAGE_BROKER_PASSWORD of .env"),
            ("database_url", DATABASE.partition("?")[0], "sslmode=verify-full"),
            ("database_url", DATABASE.replace("verify-full", "require"), "sslmode=verify-full"),
            ("database_url", DATABASE.replace("/portal?", "/other?"), "postgresql://portal@HOST:5432/portal"),
            ("database_url", DATABASE.replace("portal@", "postgres@"), "postgresql://portal@HOST:5432/portal"),
        ],
    )
    def test_a_url_that_would_be_unsafe_is_refused_without_its_password(self, field, url, allowed):
        found = problems(**{field: url})[field.upper()]
        assert allowed in found
        assert "secret" not in found

    def test_the_file_of_the_authority_is_read(self, authority):
        assert "CA_CERTIFICATE" not in problems(ca_certificate=str(authority))
        authority.write_text("no certificate")
        assert "PEM file" in problems(ca_certificate=str(authority))["CA_CERTIFICATE"]
        assert "No such file" in problems(ca_certificate=str(authority.with_name("missing")))["CA_CERTIFICATE"]


class TestWaiting:
    def test_one_node_of_a_cluster_is_enough(self):
        asked = []

        def check(node):
            asked.append(node)
            if node != "two":
                raise NotReadyError(node)

        check_any(check, ["one", "two", "three"])
        assert asked == ["one", "two"]
        with pytest.raises(NotReadyError, match="three"):
            check_any(check, ["one", "three"])

    def test_a_cluster_is_one_condition(self):
        (broker,) = conditions("scheduler", {"MESSAGE_BROKER_URL": ELSEWHERE["message_broker_url"]})
        assert [node.hostname for node in broker.check.args[1]] == ["one.example.edu", "two.example.edu"]


class TestDoctor:
    @pytest.fixture
    def elsewhere(self, settings, monkeypatch):
        configuration = settings.CONFIGURATION
        changed = configuration.environment.model_copy(update=environment_of("server", **ELSEWHERE).model_dump())
        monkeypatch.setattr(type(configuration), "environment", changed)

    def test_the_place_of_a_server_and_its_encryption_follow_the_round_trip(self, settings, elsewhere, monkeypatch):
        monkeypatch.setattr(DatabaseCheck, "round_trip", lambda self: "selected")
        monkeypatch.setattr(DatabaseCheck, "encryption", lambda self: "TLS 1.3")
        assert DatabaseCheck().examine() == "selected; at db.example.edu, TLS 1.3"

    def test_the_worker_is_a_container_wherever_the_broker_is(self, elsewhere):
        assert MessageBrokerCheck().is_elsewhere
        assert not WorkerCheck().is_elsewhere

    def test_a_failure_says_which_variable_to_correct(self, elsewhere):
        def fail():
            raise ssl.SSLCertVerificationError("certificate verify failed: Hostname mismatch")

        result = SessionStoreCheck().run(fail)
        assert result.detail.startswith("its certificate is for another name: SESSION_STORE_URL must have the name")
        assert result.advice == "session-store-elsewhere"
        assert "docs/operate/use-servers-elsewhere.md" in str(ADVICE[result.advice].steps[-1])

    def test_a_container_says_what_it_always_said(self):
        check = SessionStoreCheck()
        assert check.examine() == "written, read, deleted"
        assert check.describe(ConnectionError("gone")) == "ConnectionError: gone"

    @pytest.mark.parametrize(
        ("words", "begins"),
        [
            ('server certificate for "a" does not match host name "b"', "its certificate is for another name"),
            ("SSL error: certificate verify failed", "its certificate is of an authority that is not trusted"),
            ("certificate verify failed: certificate has expired", "its certificate has expired"),
            ('FATAL:  password authentication failed for user "portal"', "it refuses the user or the password"),
            ("invalid username-password pair or user is disabled.", "it refuses the user or the password"),
            ("ACCESS_REFUSED - Login was refused", "it refuses the user or the password"),
            ("server does not support SSL, but SSL was required", "it has no TLS at this port"),
            ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "it has no TLS at this port"),
            ("Error -2 connecting to x:1. Name or service not known.", "the name of its host is not known"),
            ("Connection refused", "it does not answer"),
            ("something else", "RuntimeError: something else"),
        ],
    )
    def test_the_words_of_the_clients_become_what_to_do(self, words, begins):
        found = reason(RuntimeError(words), url="DATABASE_URL", password="DATABASE_PASSWORD")
        assert found.startswith(begins)
        assert words in found

    def test_versions_of_tls_are_readable(self):
        assert [readable("TLSv1.3"), readable(None)] == ["TLS 1.3", NOT_ENCRYPTED]


def test_a_password_needs_a_user():
    assert add_password("rediss://x/0", "secret") == "rediss://x/0"
