"""The configuration is checked at start, all at once. An error says where, what was found and what is allowed."""

import shutil
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings as portal_settings

from core.configuration.environment import Environment
from core.configuration.loading import read_portal
from core.configuration.problems import ConfigurationError
from core.configuration.processes import PASSWORDS, SECRETS_OF_PROCESS
from core.configuration.production import WITH_PASSWORD, check_institute_sign_in, mail_keys, signing_key
from core.configuration.values import ascii_domain
from core.plugins.loading import load

PORTAL = {
    "name": "Portal",
    "institute": {"name": "Institute", "url": "https://example.edu"},
    "maintainers": {"name": "Maintainers", "email": "portal@example.edu"},
    "language": "en",
    "time_zone": "UTC",
    "sites": {"internet": {"domain": "portal.example.edu"}, "intranet": {"domain": "intranet.portal.example.edu"}},
    "tls": "none",
}

SECRET = "s3cret-" * 10
# Secrets without which a portal starts.
OPTIONAL = {
    "mail_url",
    "institute_sign_in_secret",
    "files_secret",
    "backup_bucket_access_key",
    "backup_bucket_secret_key",
}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Return the folder of an empty portal, in a process whose environment sets no variable of the portal."""
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    write_portal(tmp_path)
    return tmp_path


def write_portal(folder, **changes):
    (folder / "portal.yaml").write_text(yaml.safe_dump(PORTAL | changes, allow_unicode=True))


def configuration_of(folder):
    configuration, _ = load(folder)
    return configuration


def plugins_of(folder):
    _, plugins = load(folder)
    return plugins


def problems(folder) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    return str(caught.value)


def test_the_portals_own_portal_yaml_is_valid():
    assert portal_settings.PORTAL.name


def test_compose_gives_each_process_the_secrets_that_it_uses():
    compose = yaml.safe_load((portal_settings.BASE_DIRECTORY / "compose.yaml").read_text())
    processes = {
        one["environment"]["PORTAL_PROCESS"]: one
        for one in compose["services"].values()
        if "PORTAL_PROCESS" in one.get("environment", ())
    }
    assert set(processes) == set(SECRETS_OF_PROCESS)
    for name, service in processes.items():
        assert set(service["secrets"]) == SECRETS_OF_PROCESS[name]
        named = {key: value for key, value in service["environment"].items() if str(value).startswith("/run/secrets/")}
        assert named == {f"{one.upper()}_FILE": f"/run/secrets/{one}" for one in SECRETS_OF_PROCESS[name]}


def test_compose_sets_only_variables_that_the_portal_reads():
    compose = yaml.safe_load((portal_settings.BASE_DIRECTORY / "compose.yaml").read_text())
    backend = {name: one for name, one in compose["services"].items() if "-backend:" in one.get("image", "")}
    known = {name.upper() for name in Environment.model_fields} | Environment.file_variables()
    # Compose alone reads the first, and core/deployment/listening.py the second.
    known |= {"PORTAL_DIGEST", "FRONT_NETWORK"}
    assert "intranet-server" in backend
    assert {
        name: set(one["environment"]) - known for name, one in backend.items() if set(one["environment"]) - known
    } == {}


def test_development_needs_portal_yaml_only(folder):
    configuration = configuration_of(folder)
    assert configuration.environment.portal_environment == "development"
    assert configuration.is_embedded("SESSION_STORE_URL")


def test_all_problems_are_reported_at_once(folder):
    write_portal(folder, time_zone="Mars/Olympus", tls="maybe")
    (folder / ".env").write_text("MAIL_URL=http://localhost/x\nPUBLISH_HTTP_PORT=high\n")
    (folder / "apps" / "polls").mkdir(parents=True)
    (folder / "apps" / "polls" / "manifest.yaml").write_text("title: ''\n")
    report = problems(folder)
    for text in (
        "5 problems",
        "portal.yaml: time_zone",
        "found    'Mars/Olympus'",
        "Asia/Kolkata",
        "portal.yaml: tls",
        "self-signed, own-certificate or none",
        ".env, line 1: MAIL_URL",
        "smtp://",
        ".env, line 2: PUBLISH_HTTP_PORT",
        "apps/polls/manifest.yaml: title",
    ):
        assert text in report


@pytest.mark.parametrize(
    ("text", "key", "suggestion"),
    [
        ("SECRT_KEY=x\n", "SECRT_KEY", "SECRET_KEY"),
        ("# a comment\nPUBLISH_PORT=80\n", "PUBLISH_PORT", "PUBLISH_HTTP_PORT"),
    ],
)
def test_an_unknown_key_of_env_is_refused_with_the_nearest_known_one(folder, text, key, suggestion):
    (folder / ".env").write_text(text)
    report = problems(folder)
    assert f".env, line {text.count(chr(10))}: {key}" in report
    assert f"rename it to {suggestion}" in report


def test_an_unknown_key_of_portal_yaml_is_refused_with_the_nearest_known_one(folder):
    write_portal(folder, instiute={})
    assert "rename it to institute" in problems(folder)


def test_the_environment_takes_precedence_over_env(folder, monkeypatch):
    (folder / ".env").write_text("MAIL_FROM=file@example.edu\nSITE=intranet\n")
    monkeypatch.setenv("SITE", "internet")
    environment = configuration_of(folder).environment
    assert (environment.site, environment.mail_from) == ("internet", "file@example.edu")


def test_the_environment_may_hold_unknown_variables(folder, monkeypatch):
    monkeypatch.setenv("SECRT_KEY", "another program's")
    load(folder)


def test_a_refused_variable_of_the_environment_is_named(folder, monkeypatch):
    monkeypatch.setenv("SITE", "extranet")
    assert "the environment: SITE" in problems(folder)


def test_an_empty_url_counts_as_absent(folder, monkeypatch):
    monkeypatch.setenv("CACHE_URL", "")
    assert configuration_of(folder).is_embedded("CACHE_URL")


def test_dollars_and_braces_in_env_are_text(folder):
    (folder / ".env").write_text("SECRET_KEY='a${HOME}$b'\n")
    assert configuration_of(folder).environment.secret_key.get_secret_value() == "a${HOME}$b"


@pytest.mark.parametrize(
    ("languages", "expected"),
    [(None, ["en"]), ([], ["en"]), (["hi"], ["en", "hi"]), (["hi", "en", "hi"], ["en", "hi"])],
)
def test_the_default_language_is_always_the_first_of_the_languages(folder, languages, expected):
    write_portal(folder, **({} if languages is None else {"languages": languages}))
    assert configuration_of(folder).portal.languages == expected


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("name", "", "at least 1 characters"),
        ("name", "x" * 201, "at most 200 characters"),
        ("name", 7, "text"),
        ("language", "tlh", "Django ships"),
        ("languages", ["en", "tlh"], "Django ships"),
        ("languages", "en", "list"),
        ("institute", {"name": "I", "url": "ftp://x"}, "https://"),
        ("institute", "I", "a group of keys"),
        ("maintainers", {"name": "M", "email": "nobody"}, "email"),
        ("rings", {"campus": ["10.0.0.1/8"]}, "10.0.0.0/8"),
        ("rings", {"campus": ["everywhere"]}, "2001:db8::/32"),
        ("branding", {"colour": "red"}, "#1f5fbf"),
        ("branding", {"logo": "https://evil.example/x.png"}, "pattern"),
        ("sites", {"internet": {"domain": "http://x"}, "intranet": {"domain": "y"}}, "without scheme"),
        ("sites", {"internet": {"domain": "x.y"}, "intranet": {"domain": "X.Y"}}, "two different domains"),
        ("sites", {"internet": {"domain": "x"}, "intranet": {"domain": "y", "rings": ["moon"]}}, "under rings"),
    ],
)
def test_bad_values_of_portal_yaml_are_refused(folder, key, value, allowed):
    write_portal(folder, **{key: value})
    report = problems(folder)
    assert "portal.yaml" in report
    assert allowed in report


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [", "portal.yaml"),
        ("name: a\nname: b\n", "a second time"),
        ("- a list\n", "a group of keys"),
        ("!!python/object/apply:os.system [id]\n", "portal.yaml"),
        ("x: " + "y" * 300_000, "at most"),
        ("", "a group of keys"),
    ],
)
def test_a_file_that_is_not_a_yaml_mapping_is_refused(folder, text, message):
    (folder / "portal.yaml").write_text(text)
    assert message in problems(folder)


def test_a_missing_portal_yaml_is_reported(folder):
    (folder / "portal.yaml").unlink()
    assert "portal.yaml: (the whole file)" in problems(folder)


def test_domains_in_any_script_become_ascii_host_names(folder):
    write_portal(folder, sites={"internet": {"domain": "bücher.example"}, "intranet": {"domain": "संस्थान.भारत"}})
    sites = configuration_of(folder).portal.sites
    assert sites.internet.host == "xn--bcher-kva.example"
    assert sites.intranet.host.startswith("xn--")


@pytest.mark.parametrize("domain", ["", "a b", "*.x", "x:80", "x/y", "-x.y", "x_y", ".x", "x.", "10.0.0.1", "x" * 64])
def test_other_text_is_not_a_domain(domain):
    with pytest.raises(ValueError):  # noqa: PT011 - idna raises subclasses of its own
        ascii_domain(domain)


@pytest.mark.parametrize(
    ("sign_up", "admitted", "refused"),
    [
        (False, [], []),
        (True, ["asha@anything.example"], ["asha@", ""]),
        ({"domains": ["example.edu", "bücher.example"]},
         ["asha@EXAMPLE.edu", "asha@bücher.example", "asha@xn--bcher-kva.example"],
         ["asha@sub.example.edu", "asha@example.edu.evil.example", "asha@notexample.edu"]),
    ],
)  # fmt: skip
def test_sign_up_is_for_nobody_everyone_or_some_domains(folder, sign_up, admitted, refused):
    write_portal(folder, sign_up=sign_up)
    found = configuration_of(folder).portal.sign_up
    assert (found is None) is (sign_up is False)
    for email in admitted:
        assert found.admits(email), email
    for email in refused:
        assert not found.admits(email), email


def test_the_lifetimes_of_a_sign_in_have_defaults_and_limits(folder):
    write_portal(folder)
    found = configuration_of(folder).portal.security
    assert (found.session_days, found.second_factor_hours) == (30, 12)
    write_portal(folder, security={"session_days": 7})
    found = configuration_of(folder).portal.security
    assert (found.session_days, found.second_factor_hours) == (7, 12)


@pytest.mark.parametrize("value", [0, 366, 1.5, "7", True, None])
def test_a_lifetime_outside_its_limits_is_refused(folder, value):
    write_portal(folder, security={"session_days": value, "second_factor_hours": 12})
    assert "portal.yaml: security.session_days" in problems(folder)
    write_portal(folder, security={"second_factor_hours": value if value != 366 else 169})
    assert "portal.yaml: security.second_factor_hours" in problems(folder)


def test_the_limits_of_notifications_have_defaults(folder):
    write_portal(folder)
    found = configuration_of(folder).portal.notifications
    assert (found.inbox, found.keep_days) == (200, 90)


@pytest.mark.parametrize("value", [0, 3651, 1.5, "200", True, None])
def test_a_limit_of_notifications_outside_its_range_is_refused(folder, value):
    write_portal(folder, notifications={"inbox": value})
    assert "portal.yaml: notifications.inbox" in problems(folder)
    write_portal(folder, notifications={"keep_days": value})
    assert "portal.yaml: notifications.keep_days" in problems(folder)


@pytest.mark.parametrize(
    ("sign_up", "message"),
    [
        ("yes please", "false, true, or {domains: [example.edu]}"),
        ({}, "false, true, or {domains: [example.edu]}"),
        ({"domains": []}, "sign_up.domains"),
        ({"domains": ["https://example.edu"]}, "a host name such as portal.example.edu"),
        ({"domain": ["example.edu"]}, "domains"),
    ],
)
def test_an_invalid_sign_up_is_refused(folder, sign_up, message):
    write_portal(folder, sign_up=sign_up)
    report = problems(folder)
    assert "portal.yaml: sign_up" in report
    assert message in report


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ({"title": "Student", "details": {"type": "string"}}, "a JSON Schema of an object"),
        ({"title": "Student", "details": {"type": "object", "properties": {"a": {"type": "text"}}}},
         "properties.a.type"),
        ({"title": "Student", "details": {"type": "object", "required": "a"}}, "required is wrong"),
        ({"title": "Student", "details": {"type": "object", "properties": {"a": {"$ref": "https://a.example/b"}}}},
         "https://a.example/b is not in it"),
        ({"title": "Student", "details": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}},
         "#/$defs/a is not in it"),
        ({"title": "Student", "directory": ["department"]}, "directory has department"),
        ({"details": {"type": "object"}}, "roles.student.title"),
    ],
)  # fmt: skip
def test_an_invalid_role_is_refused(folder, role, message):
    write_portal(folder, roles={"student": role})
    report = problems(folder)
    assert "portal.yaml: roles.student" in report
    assert message in report


def test_details_may_refer_to_their_own_definitions(folder):
    details = {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"type": "string"}}}
    write_portal(folder, roles={"student": {"title": "Student", "details": details, "directory": ["a"]}})
    assert configuration_of(folder).portal.roles["student"].directory == ["a"]


class TestProduction:
    @pytest.fixture
    def production(self, folder, monkeypatch):
        monkeypatch.setenv("PORTAL_ENVIRONMENT", "production")
        monkeypatch.setenv("SECRET_KEY", SECRET)
        monkeypatch.setenv("ENCRYPTION_KEYS", f"{SECRET[::-1]}, {SECRET}")
        for name in WITH_PASSWORD:
            scheme = {"database_url": "postgresql", "message_broker_url": "amqp"}.get(name, "redis")
            monkeypatch.setenv(name.upper(), f"{scheme}://portal:{'p' * 32}@server/0")
        monkeypatch.setenv("CACHE_URL", "memcached://cache:11211")
        return folder

    def test_a_complete_production_starts(self, production):
        assert configuration_of(production).environment.is_production

    def test_the_keys_of_mail_are_made_of_the_encryption_keys(self, production, monkeypatch):
        found = mail_keys(configuration_of(production).environment)
        digests = [sha256(f"portal mail {key}".encode()).hexdigest() for key in (SECRET[::-1], SECRET)]
        assert found == digests
        # The worker has them alone.
        monkeypatch.setenv("PORTAL_PROCESS", "worker")
        monkeypatch.delenv("ENCRYPTION_KEYS")
        assert "MAIL_KEYS\n  found    nothing" in problems(production)
        monkeypatch.setenv("MAIL_KEYS", ",".join(digests))
        assert mail_keys(configuration_of(production).environment) == digests

    @pytest.mark.parametrize("name", [*WITH_PASSWORD, "cache_url"])
    def test_embedded_backends_are_refused(self, production, monkeypatch, name):
        monkeypatch.delenv(name.upper())
        assert f"{name.upper()}\n  found    nothing, which is the embedded backend" in problems(production)

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("DEBUG", "true"),
            ("SECRET_KEY", "short"),
            ("SECRET_KEY", "a" * 60),
            ("SECRET_KEY", None),
            ("ENCRYPTION_KEYS", "short"),
            ("ENCRYPTION_KEYS", "a" * 60),
            ("ENCRYPTION_KEYS", f"{SECRET},short"),
            ("ENCRYPTION_KEYS", " , "),
            ("ENCRYPTION_KEYS", None),
            ("DATABASE_URL", "sqlite:///x"),
            ("DATABASE_URL", "postgresql://portal:short@database/portal"),
            ("SESSION_STORE_URL", "redis://session-store/0"),
            ("MESSAGE_BROKER_URL", "amqp://guest:guest@message-broker/"),
            ("MAIL_URL", "smtp://mail.example.edu"),
            ("MAIL_URL", "smtp://portal:password@mail.example.edu:587"),
            ("MAIL_URL", "smtp://127.0.0.1:25"),
        ],
    )
    def test_unsafe_values_are_refused(self, production, monkeypatch, variable, value):
        if value is None:
            monkeypatch.delenv(variable)
        else:
            monkeypatch.setenv(variable, value)
        assert f": {variable}\n" in problems(production)

    def test_mail_without_tls_is_refused_with_what_is_allowed(self, production, monkeypatch):
        monkeypatch.setenv("MAIL_URL", "smtp://portal:hunter2@mail.example.edu")
        report = problems(production)
        assert "MAIL_URL\n  found    smtp:// without TLS\n  allowed  smtps://…, or smtp://…?security=starttls" in report
        assert "smtp://…?security=none" in report
        assert "hunter2" not in report

    @pytest.mark.parametrize(
        "url",
        [
            "smtps://portal:password@mail.example.edu",
            "smtp://mail.example.edu?security=starttls",
            "smtp://mail.example.edu:25?security=none",
            "",
        ],
    )
    def test_mail_with_tls_or_expressly_without_it_is_accepted(self, production, monkeypatch, url):
        monkeypatch.setenv("MAIL_URL", url)
        load(production)

    @pytest.mark.parametrize("site", ["intranet", "internet"])
    def test_rings_behind_a_proxy_that_nobody_named_are_refused(self, production, monkeypatch, site):
        sites = {**PORTAL["sites"], site: {**PORTAL["sites"][site], "rings": ["campus"]}}
        write_portal(production, rings={"campus": ["10.0.0.0/8"]}, sites=sites)
        report = problems(production)
        assert "TRUSTED_PROXIES\n  found    nothing, with tls: none and rings (campus) in portal.yaml" in report
        assert "  allowed  the IP addresses of the proxies that end TLS, such as 192.0.2.10/32" in report
        assert "  do       set TRUSTED_PROXIES in .env" in report
        monkeypatch.setenv("TRUSTED_PROXIES", "192.0.2.10/32")
        load(production)

    def test_rings_that_only_an_app_uses_are_refused_as_well(self, production):
        write_portal(production, rings={"library": ["10.0.0.0/8"]})
        assert "TRUSTED_PROXIES" in problems(production)

    @pytest.mark.parametrize("tls", ["self-signed", "own-certificate"])
    def test_rings_need_no_proxy_where_tls_ends_in_the_portal(self, production, tls):
        write_portal(production, tls=tls, rings={"campus": ["10.0.0.0/8"]})
        load(production)

    def test_a_portal_without_rings_needs_no_proxy(self, production):
        load(production)


def test_development_runs_without_the_proxy(folder):
    write_portal(folder, rings={"campus": ["10.0.0.0/8"]})
    load(folder)


@pytest.mark.parametrize("network", ["0.0.0.0/0", "10.0.0.0/8", "172.16.0.0/15", "::/0", "2001:db8::/47", "fc00::/7"])
def test_a_trusted_proxy_that_is_half_a_campus_is_refused(folder, network):
    (folder / ".env").write_text(f"TRUSTED_PROXIES=192.0.2.10/32, {network}\n")
    report = problems(folder)
    assert f".env, line 1: TRUSTED_PROXIES.1\n  found    {network!r}" in report
    assert f"a network of /{48 if ':' in network else 16} or narrower" in report
    assert "such as 192.0.2.10/32" in report


def test_a_trusted_proxy_is_not_every_ipv4_address_in_the_form_of_ipv6(folder):
    (folder / ".env").write_text("TRUSTED_PROXIES=::ffff:0:0/96\n")
    assert "an IPv4 network as IPv4" in problems(folder)


@pytest.mark.parametrize("network", ["192.0.2.10/32", "172.16.0.0/16", "2001:db8::/48", "2001:db8::10"])
def test_a_proxy_or_a_narrow_network_of_proxies_is_trusted(folder, network):
    (folder / ".env").write_text(f"TRUSTED_PROXIES={network}\n")
    load(folder)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://mail.example.edu?security=start-tls",
        "smtp://mail.example.edu?security=",
        "smtp://mail.example.edu?tls=starttls",
        "smtp://mail.example.edu?security=none&security=starttls",
        "smtps://mail.example.edu?security=none",
    ],
)
def test_a_misspelt_option_of_the_mail_server_is_refused(folder, monkeypatch, url):
    monkeypatch.setenv("MAIL_URL", url)
    report = problems(folder)
    assert "the environment: MAIL_URL" in report
    assert "smtp://…?security=starttls or smtp://…?security=none" in report


class TestProcesses:
    """Each process of the containers has only the secrets that it uses."""

    @pytest.fixture
    def container(self, folder, monkeypatch) -> Callable[..., Path]:
        """Return a function that makes this process the one that compose.yaml calls `name`, with these secrets."""

        def container(name: str, secrets: Iterable[str]) -> Path:
            monkeypatch.setenv("PORTAL_ENVIRONMENT", "production")
            monkeypatch.setenv("PORTAL_PROCESS", name)
            for field in WITH_PASSWORD:
                scheme = {"database_url": "postgresql", "message_broker_url": "amqp"}.get(field, "redis")
                monkeypatch.setenv(field.upper(), f"{scheme}://portal@server/0")
            monkeypatch.setenv("CACHE_URL", "memcached://cache:11211")
            for secret in secrets:
                (folder / secret).write_text(f"smtps://u:{SECRET}@host" if secret == "mail_url" else SECRET + secret)
                monkeypatch.setenv(f"{secret.upper()}_FILE", str(folder / secret))
            return folder

        return container

    @pytest.mark.parametrize("name", SECRETS_OF_PROCESS)
    def test_a_process_starts_with_its_own_secrets(self, container, name):
        configuration = configuration_of(container(name, SECRETS_OF_PROCESS[name]))
        for field, password in PASSWORDS.items():
            used = "database_owner_password" if (name, field) == ("migrations", "database_url") else password
            url = urlsplit(configuration.url(field.upper()))
            assert url.password == (SECRET + used if used in SECRETS_OF_PROCESS[name] else None)
        assert bool(signing_key(configuration.environment)) == ("secret_key" in SECRETS_OF_PROCESS[name])

    @pytest.mark.parametrize(
        ("name", "secret"),
        [(name, one) for name, secrets in SECRETS_OF_PROCESS.items() for one in sorted(secrets - OPTIONAL)],
    )
    def test_a_process_without_one_of_its_secrets_is_refused(self, container, name, secret):
        report = problems(container(name, SECRETS_OF_PROCESS[name] - {secret}))
        assert secret.upper() in report
        assert "1 problem" in report or "a problem" in report

    def test_a_weak_secret_in_a_file_is_refused_by_its_file(self, container, monkeypatch):
        folder = container("server", SECRETS_OF_PROCESS["server"])
        (folder / "secret_key").write_text("short")
        (folder / "database_password").write_text("brief")
        report = problems(folder)
        assert f"SECRET_KEY_FILE ({folder / 'secret_key'}): SECRET_KEY" in report
        assert f"DATABASE_PASSWORD_FILE ({folder / 'database_password'}): DATABASE_PASSWORD" in report
        assert "short" not in report
        assert "brief" not in report


class TestInstituteSignIn:
    KEYS = {"name": "Institute", "issuer": "https://sso.example.edu", "client_id": "portal"}
    ROLES = {"roles": {"student": {"title": "Student"}, "maintainer": {"title": "Maintainer"}}}

    def write(self, folder, **changes):
        write_portal(folder, institute_sign_in={**self.KEYS, **changes}, **self.ROLES)

    def test_is_absent_by_default(self, folder):
        assert configuration_of(folder).portal.institute_sign_in is None

    def test_keys(self, folder):
        mapping = {"claim": "groups", "values": {"all students": "student"}}
        self.write(folder, scopes=["email", "groups"], email_domains=["example.edu"], create=True, roles=mapping)
        sign_in = configuration_of(folder).portal.institute_sign_in
        assert (sign_in.scopes, sign_in.create, sign_in.roles.values) == (
            ["email", "groups"],
            True,
            {"all students": "student"},
        )
        assert [sign_in.accepts(email) for email in ("a@EXAMPLE.edu", "a@sub.example.edu", "a@", "")] == [
            True,
            False,
            False,
            False,
        ]

    @pytest.mark.parametrize(
        ("changes", "key"),
        [
            ({"issuer": "http://sso.example.edu"}, "institute_sign_in.issuer"),
            ({"issuer": "https://"}, "institute_sign_in.issuer"),
            ({"issuer": "https://sso.example.edu:port"}, "institute_sign_in.issuer"),
            ({"issuer": "https://user@sso.example.edu"}, "institute_sign_in.issuer"),
            ({"issuer": "https://sso.example.edu/?a=b"}, "institute_sign_in.issuer"),
            ({"issuer": "ldap://localhost"}, "institute_sign_in.issuer"),
            ({"name": ""}, "institute_sign_in.name"),
            ({"client_id": "p\u00f6rtal"}, "institute_sign_in.client_id"),
            ({"scopes": ["a b"]}, "institute_sign_in.scopes.0"),
            ({"email_domains": ["@example.edu"]}, "institute_sign_in.email_domains.0"),
            ({"client_secret": "never here"}, "institute_sign_in.client_secret"),
            ({"roles": {"claim": "groups", "values": {}}}, "institute_sign_in.roles.values"),
            ({"roles": {"claim": "groups", "values": {"a": "maintainer"}}}, "institute_sign_in.roles.values.a"),
            ({"roles": {"claim": "groups", "values": {"a": "unknown"}}}, "institute_sign_in.roles.values has unknown"),
        ],
    )
    def test_a_wrong_value_is_refused(self, folder, changes, key):
        self.write(folder, **changes)
        assert key in problems(folder)

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9000", "sso.localhost", "[::1]:9000"])
    def test_plain_http_is_for_this_machine(self, folder, host):
        self.write(folder, issuer=f"http://{host}")
        assert configuration_of(folder).portal.institute_sign_in


class TestInstituteSignInInProduction:
    FILES = "compose.yaml:compose.institute-sign-in.yaml"

    @pytest.fixture
    def found(self, folder, monkeypatch):
        """Return a function that returns what is found in the variables of a process."""

        def found(process, *, sign_in=None, **variables):
            write_portal(folder, **({"institute_sign_in": {**TestInstituteSignIn.KEYS, **sign_in}} if sign_in else {}))
            environment = Environment(_env_file=None, portal_process=process, **variables)
            return list(check_institute_sign_in(environment, read_portal(folder)))

        return found

    @pytest.fixture
    def problems_of(self, found):
        """Return a function that returns the keys of what is refused."""
        return lambda *process, **options: [one.key for one in found(*process, **options)]

    @pytest.mark.parametrize("process", [None, "server", "configuration"])
    def test_needs_its_secret(self, problems_of, process):
        given = {"compose_file": self.FILES} if process == "configuration" else {}
        assert problems_of(process, sign_in={"create": True}, **given) == ["INSTITUTE_SIGN_IN_SECRET"]
        assert problems_of(process, sign_in={"create": True}, institute_sign_in_secret=SECRET, **given) == []

    @pytest.mark.parametrize("process", ["sockets", "worker", "scheduler", "migrations"])
    def test_other_processes_do_not_have_the_secret(self, problems_of, process):
        assert problems_of(process, sign_in={"create": True}) == []

    def test_the_servers_get_a_way_out_with_it_and_only_with_it(self, problems_of):
        secret = {"institute_sign_in_secret": SECRET}
        assert problems_of("configuration", sign_in={"create": True}, **secret) == ["COMPOSE_FILE"]
        assert problems_of("configuration", compose_file=self.FILES) == ["COMPOSE_FILE"]
        more = f"{self.FILES}:compose.ours.yaml"
        assert problems_of("configuration", sign_in={"create": True}, compose_file=more, **secret) == []
        assert problems_of("configuration", compose_file="compose.yaml:compose.ours.yaml") == []

    def test_the_advice_keeps_the_other_compose_files(self, found):
        given = {"institute_sign_in_secret": SECRET, "compose_file": "compose.yaml:compose.ours.yaml"}
        (problem,) = found("configuration", sign_in={"create": True}, **given)
        assert "COMPOSE_FILE=compose.yaml:compose.ours.yaml:compose.institute-sign-in.yaml into" in str(problem)

    def test_plain_http_is_refused(self, problems_of):
        found = problems_of("server", sign_in={"issuer": "http://localhost"}, institute_sign_in_secret=SECRET)
        assert found == ["institute_sign_in.issuer"]


class TestSecretFiles:
    @pytest.fixture
    def secret(self, folder) -> Path:
        (folder / "secret").write_text(f"{SECRET}\n")
        return folder / "secret"

    def key_of(self, folder) -> str:
        return configuration_of(folder).environment.secret_key.get_secret_value()

    def test_the_environment_may_name_the_file_of_a_secret(self, folder, secret, monkeypatch):
        monkeypatch.setenv("SECRET_KEY_FILE", str(secret))
        assert self.key_of(folder) == SECRET

    def test_env_may_name_the_file_of_a_secret(self, folder, secret):
        (folder / ".env").write_text(f"SECRET_KEY=\nSECRET_KEY_FILE={secret}\n")
        assert self.key_of(folder) == SECRET

    def test_the_environment_takes_precedence_over_env(self, folder, secret, monkeypatch):
        (folder / ".env").write_text("SECRET_KEY=of .env\n")
        monkeypatch.setenv("SECRET_KEY_FILE", str(secret))
        assert self.key_of(folder) == SECRET
        (folder / ".env").write_text(f"SECRET_KEY_FILE={secret}\n")
        monkeypatch.delenv("SECRET_KEY_FILE")
        monkeypatch.setenv("SECRET_KEY", "of the environment")
        assert self.key_of(folder) == "of the environment"

    @pytest.mark.parametrize("name", Environment.secret_names())
    def test_a_secret_that_is_given_twice_is_refused(self, folder, secret, monkeypatch, name):
        monkeypatch.setenv(name, "hidden-value")
        monkeypatch.setenv(f"{name}_FILE", str(secret))
        report = problems(folder)
        assert f"the environment: {name}_FILE" in report
        assert f"either {name} or {name}_FILE" in report
        assert "hidden-value" not in report
        assert SECRET not in report

    def test_a_secret_that_env_has_twice_is_refused_with_its_line(self, folder, secret):
        (folder / ".env").write_text(f"SECRET_KEY=x\nSECRET_KEY_FILE={secret}\n")
        assert ".env, line 2: SECRET_KEY_FILE" in problems(folder)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [(None, "No such file"), (b"\xff" * 20, "not UTF-8"), (b"x" * (64 * 1024 + 1), "more than 65536 bytes")],
    )
    def test_a_file_that_cannot_be_used_is_named(self, folder, monkeypatch, content, reason):
        path = folder / "unusable"
        if content is not None:
            path.write_bytes(content)
        monkeypatch.setenv("MAIL_URL_FILE", str(path))
        report = problems(folder)
        assert f"the environment: MAIL_URL_FILE\n  found    {path}" in report
        assert reason in report

    def test_an_invalid_secret_is_refused_by_its_file_and_not_shown(self, folder, secret, monkeypatch):
        monkeypatch.setenv("MAIL_URL_FILE", str(secret))
        report = problems(folder)
        assert f"MAIL_URL_FILE ({secret}): MAIL_URL" in report
        assert SECRET not in report

    def test_what_is_no_secret_cannot_come_from_a_file(self, folder, secret):
        (folder / ".env").write_text(f"SITE_FILE={secret}\n")
        assert "SITE_FILE" in problems(folder)

    def test_an_empty_file_is_an_absent_secret(self, folder, secret, monkeypatch):
        secret.write_text("")
        monkeypatch.setenv("MAIL_URL_FILE", str(secret))
        assert configuration_of(folder).environment.mail_url is None

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("redis://portal@store:6379/0", "redis://portal:p%40%2F%3Ass@store:6379/0"),
            ("redis://portal:own@store/0", "redis://portal:own@store/0"),
            ("redis://store/0", "redis://store/0"),
        ],
    )
    def test_a_url_with_a_user_and_no_password_gets_the_password(self, folder, monkeypatch, url, expected):
        monkeypatch.setenv("SESSION_STORE_PASSWORD", "p@/:ss")
        monkeypatch.setenv("SESSION_STORE_URL", url)
        assert configuration_of(folder).url("SESSION_STORE_URL") == expected


class TestDiscovery:
    def write(self, folder, path, text="title: An app\n"):
        manifest = folder / path / "manifest.yaml"
        manifest.parent.mkdir(parents=True)
        manifest.write_text(text)

    def test_a_manifest_makes_an_app(self, folder):
        self.write(folder, "apps/library")
        (plugin,) = plugins_of(folder)
        assert (plugin.name, plugin.layer, plugin.module) == ("library", "apps", "apps.library")
        assert plugin.manifest.audience.sign_in == "required"
        assert plugin.manifest.audience.sites == ["intranet", "internet"]

    def test_a_folder_without_a_manifest_is_ignored(self, folder):
        (folder / "apps" / "notes").mkdir(parents=True)
        assert plugins_of(folder) == ()

    def test_services_come_before_apps_sorted_by_name(self, folder):
        for path in ("apps/a", "services/z", "apps/b", "services/y"):
            self.write(folder, path)
        assert [plugin.name for plugin in plugins_of(folder)] == ["y", "z", "a", "b"]

    def test_a_name_that_is_used_twice_is_refused(self, folder):
        self.write(folder, "services/library")
        self.write(folder, "apps/library")
        assert "services/library" in problems(folder)

    @pytest.mark.parametrize("name", ["admin", "auth", "api", "schema", "class", "Library", "my-app", "1st", "_x"])
    def test_names_that_would_clash_are_refused(self, folder, name):
        self.write(folder, f"apps/{name}")
        assert f"the folder {name}: its name" in problems(folder)

    def test_the_labels_of_allauth_are_reserved(self, folder):
        for name in ("account", "mfa", "usersessions", "headless", "allauth"):
            self.write(folder, f"apps/{name}")
            assert f"the folder {name}: its name" in problems(folder)

    def write_page(self, folder, path):
        module = folder / path / "index.jsx"
        module.parent.mkdir(parents=True)
        module.write_text("")

    def test_a_service_lists_its_further_pages(self, folder):
        self.write(folder, "services/accounts", "title: x\npages: [sign-in, password]\n")
        self.write_page(folder, "services/accounts/frontend/pages/sign-in")
        self.write_page(folder, "services/accounts/frontend/pages/password")
        assert plugins_of(folder)[0].manifest.pages == ["sign-in", "password"]

    def test_a_service_may_have_a_page_at_its_own_path_without_a_tile(self, folder):
        self.write(folder, "services/accounts", "title: x\npages: [accounts]\n")
        self.write_page(folder, "services/accounts/frontend/pages/accounts")
        assert plugins_of(folder)[0].manifest.pages == ["accounts"]

    @pytest.mark.parametrize(("pages", "other"), [("accounts", True), ("accounts, accounts", False)])
    def test_a_service_has_one_page_at_its_own_path(self, folder, pages, other):
        self.write(folder, "services/accounts", f"title: x\npages: [{pages}]\n")
        self.write_page(folder, "services/accounts/frontend/pages/accounts")
        if other:
            (folder / "services/accounts/frontend/index.jsx").write_text("")
        report = problems(folder)
        assert "found    accounts\n  allowed  a path that is not taken: services/accounts has it" in report

    def test_an_app_has_no_further_pages(self, folder):
        self.write(folder, "apps/library", "title: x\npages: [shelves]\n")
        report = problems(folder)
        assert "apps/library/manifest.yaml: pages\n  found    shelves\n  allowed  this key only in a service" in report

    @pytest.mark.parametrize("page", ["Sign-in", "sign_in", "sign-in/now", "", "-x"])
    def test_a_page_is_one_segment_of_a_path(self, folder, page):
        self.write(folder, "services/accounts", f"title: x\npages: ['{page}']\n")
        assert "services/accounts/manifest.yaml: pages.0" in problems(folder)

    @pytest.mark.parametrize("page", ["admin", "api", "media"])
    def test_a_page_at_a_reserved_path_is_refused(self, folder, page):
        self.write(folder, "services/accounts", f"title: x\npages: [{page}]\n")
        self.write_page(folder, f"services/accounts/frontend/pages/{page}")
        assert f"pages\n  found    {page}\n  allowed  a path that is not reserved; reserved are " in problems(folder)

    @pytest.mark.parametrize(("other", "page"), [("apps/library", "library"), ("apps/sign_in", "sign-in")])
    def test_a_page_at_the_path_of_an_app_is_refused(self, folder, other, page):
        self.write(folder, other)
        self.write(folder, "services/accounts", f"title: x\npages: [{page}]\n")
        self.write_page(folder, f"services/accounts/frontend/pages/{page}")
        assert f"found    {page}\n  allowed  a path that is not taken: {other} has it" in problems(folder)

    def test_a_page_that_two_services_list_is_refused(self, folder):
        for name in ("accounts", "library"):
            self.write(folder, f"services/{name}", "title: x\npages: [account]\n")
            self.write_page(folder, f"services/{name}/frontend/pages/account")
        report = problems(folder)
        assert "services/library/manifest.yaml: pages\n  found    account" in report
        assert "services/accounts has it" in report

    def test_a_page_without_a_module_is_refused(self, folder):
        self.write(folder, "services/accounts", "title: x\npages: [account]\n")
        assert "a page with a module: services/accounts/frontend/pages/account/index.jsx" in problems(folder)

    def test_a_page_that_is_not_listed_is_refused(self, folder):
        self.write(folder, "services/accounts", "title: x\n")
        self.write_page(folder, "services/accounts/frontend/pages/account")
        assert "found    nothing\n  allowed  every folder of frontend/pages: add account" in problems(folder)

    def test_rings_and_roles_must_be_in_portal_yaml(self, folder):
        self.write(folder, "apps/library", "title: x\naudience: {rings: [moon], roles: [pope]}\n")
        report = problems(folder)
        assert "audience.rings\n  found    moon" in report
        assert "audience.roles\n  found    pope" in report

    def test_every_broken_manifest_is_reported(self, folder):
        self.write(folder, "apps/a", "title: [\n")
        self.write(folder, "apps/b", "titel: x\n")
        report = problems(folder)
        assert "apps/a/manifest.yaml" in report
        assert "apps/b/manifest.yaml" in report

    def test_the_portals_own_services_are_found(self):
        names = {plugin.name for plugin in portal_settings.PLUGINS}
        assert {"portal", "notifications"} <= names

    def test_an_app_is_removed_by_deleting_its_folder(self, folder):
        self.write(folder, "apps/library")
        assert plugins_of(folder)
        shutil.rmtree(folder / "apps" / "library")
        assert plugins_of(folder) == ()
