"""NGINX gets what portal.yaml and .env say. Certificates are made, kept and renewed."""

import os
import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import yaml
from cryptography import x509
from django.conf import settings

from core.configuration.environment import Environment
from core.configuration.portal import SITES
from core.configuration.prefixes import PORTAL_FILES
from core.configuration.problems import ConfigurationError
from core.deployment import certificates as module
from core.deployment.certificates import certificate_files
from core.deployment.nginx import LARGE_BODY_MEGABYTES, UPLOAD_MEGABYTES, write_sites
from core.plugins.loading import load

PORTAL = {
    "name": "Portal",
    "institute": {"name": "Institute", "url": "https://example.edu"},
    "maintainers": {"name": "Maintainers", "email": "portal@example.edu"},
    "language": "hi",
    "time_zone": "UTC",
    "sites": {
        "internet": {"domain": "bücher.example"},
        "intranet": {"domain": "intranet.bücher.example", "rings": ["campus"]},
    },
    "tls": "self-signed",
    "rings": {"campus": ["10.0.0.0/8", "fc00::/7"], "library": ["192.168.7.0/24"]},
}
HOSTS = {"xn--bcher-kva.example", "intranet.xn--bcher-kva.example"}


@pytest.fixture
def deploy(tmp_path, monkeypatch):
    """Run the one-shot for a portal.yaml with `changes` and these variables. It returns what was written, by name."""
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("sites", "certificates", "authority"):
        (tmp_path / name).mkdir()

    def run(changes=(), **variables):
        (tmp_path / "portal.yaml").write_text(yaml.safe_dump(PORTAL | dict(changes)))
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        configuration, plugins = load(tmp_path)
        files = certificate_files(
            configuration, certificates=tmp_path / "certificates", authority=tmp_path / "authority"
        )
        names = write_sites(configuration, plugins, files, tmp_path / "sites")
        return {name: (tmp_path / "sites" / name).read_text() for name in names}

    run.folder = tmp_path
    return run


def certificate(folder) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "certificates" / "portal.crt").read_bytes())


def networks_of(written, site):
    """Return NGINX's table of the networks that may enter a site."""
    return re.search(rf"(?:geo|map) \S+ \$is_in\w+_{site} {{(.*?)}}", written["networks.conf"], re.DOTALL)[1]


@pytest.mark.parametrize("site", SITES)
def test_only_the_rings_of_a_site_may_enter_it(deploy, site):
    sites = {name: {"domain": f"{name}.example", "rings": ["campus"] * (name == site)} for name in SITES}
    written = deploy({"sites": sites})
    networks = networks_of(written, site)
    assert "default 0;" in networks
    assert "10.0.0.0/8 1;" in networks
    assert "fc00::/7 1;" in networks
    assert "192.168.7.0/24" not in networks
    other = networks_of(written, next(name for name in SITES if name != site))
    assert other.split() == ["default", "1;"]


def test_the_gateway_is_in_no_ring_where_other_machines_reach_the_portal(deploy):
    line = "172.16.240.1/32 0;"
    assert line not in deploy()["networks.conf"]
    assert line in deploy(PUBLISH_ADDRESS="0.0.0.0")["networks.conf"]  # noqa: S104
    assert "10.9.0.1/32 0;" in deploy(EDGE_SUBNET="10.9.0.0/24")["networks.conf"]


def test_docker_assigns_the_edge_network_to_no_other_project():
    """Docker assigns the networks of these pools in turn (`ipamutils`), and could use up the edge's first."""
    pools = ["172.17.0.0/16", "172.18.0.0/15", "172.20.0.0/14", "172.24.0.0/13", "192.168.0.0/16"]
    assert not [pool for pool in pools if ip_network(pool).overlaps(Environment.model_fields["edge_subnet"].default)]


def test_nginx_gets_host_names_in_ascii(deploy):
    written = deploy()
    assert "server_name xn--bcher-kva.example;" in written["internet.conf"]
    assert "server_name intranet.xn--bcher-kva.example;" in written["intranet.conf"]


def test_the_redirect_has_the_published_port(deploy):
    assert "https://$host$request_uri" in deploy()["redirects.conf"]
    assert "https://$host:8443$request_uri" in deploy(PUBLISH_HTTPS_PORT=8443)["redirects.conf"]


def test_limits_are_settings(deploy):
    limits = deploy(LIMIT_REQUESTS=7, LIMIT_BURST=9, LIMIT_SIGN_INS=3)["limits.conf"]
    assert "rate=7r/s" in limits
    assert "burst=9 " in limits
    assert "rate=3r/m" in limits


@pytest.mark.parametrize("site", ["internet", "intranet"])
def test_one_site_signs_people_in_at_other_sites(deploy, site):
    written = deploy({"single_sign_on": {"site": site}})["identity.conf"]
    assert written == f"map $site $serves_identity {{\n    default 0;\n    {site} 1;\n}}\n"


def test_the_internet_site_does_by_default(deploy):
    assert "internet 1;" in deploy()["identity.conf"]


def test_nginx_writes_the_portal_into_the_page(deploy):
    """Texts are character references: none can end a string or name a variable of NGINX's configuration."""
    written = deploy({"name": "P's $host \"&\\<b>", "branding": {"colour": "#ffff00"}})
    filters = written["document-filters.conf"]
    assert "<title>P&#39;s &#36;host &#34;&#38;&#92;&#60;b&#62;</title>" in filters
    assert re.search(
        'content="P.*, Institute"', filters
    )  # a portal without a description has its name and the institute's
    assert re.search(r'data-accent="#[0-9a-f]{6} #ffff00"', filters)
    assert set(re.findall(r"\$\w+", filters)) == {"$document_language", "$document_direction"}
    assert all(re.fullmatch(r"sub_filter '[^'\\]+' '[^'\\]+';", line) for line in filters.splitlines())


def test_each_text_that_servers_write_stands_in_the_page_once(deploy):
    page = (settings.BASE_DIRECTORY / "frontend" / "index.html").read_text()
    nginx = (settings.BASE_DIRECTORY / "infrastructure/nginx/snippets/document.conf").read_text()
    found = re.findall(r"sub_filter '([^']+)'", deploy()["document-filters.conf"] + nginx)
    assert len(found) == 7
    assert {text: page.count(text) for text in found} == dict.fromkeys(found, 1)


def test_the_page_changes_with_the_portal(deploy):
    """Browsers keep the page for as long as its ETag stays the same, and the ETag contains this digest."""
    digests = [
        re.search(r"document_configuration {\s+default (\w+);", deploy(changes)["document.conf"])[1]
        for changes in ({}, {"name": "Another"}, {"description": "Other"}, {"branding": {"colour": "#00ff00"}})
    ]
    assert len(set(digests)) == len(digests)


def test_nginx_gets_the_files_of_the_portal_for_each_site(deploy):
    deploy()
    sites = deploy.folder / "sites"
    assert (sites / "intranet" / "robots.txt").read_text() == "User-agent: *\nDisallow: /\n"
    assert (sites / "internet" / "robots.txt").read_text() == "User-agent: *\nDisallow:\n"
    for path in PORTAL_FILES:
        assert {(sites / site / path.removeprefix("/")).stat().st_size > 0 for site in SITES} == {True}


def test_the_page_is_in_a_language_of_the_portal(deploy):
    variables = deploy({"languages": ["pt", "pt-br"]})["document.conf"]
    listed = re.compile(re.search(r'"~\*(.+)" \$first', variables)[1].replace("?<", "?P<"), re.IGNORECASE)
    for header, language in {
        "fr,pt;q=0.5": "pt", "pt-BR,pt": "pt-br", "pt-PT": "pt", "de-DE,HI;q=0.3": "hi", "pta,hi": "hi",
    }.items():  # fmt: skip
        assert listed.search(header)["first_language"].lower() == language, header
    assert not any(map(listed.search, ("", "fr", "pta", "-hi-")))
    assert "default hi;" in variables


@pytest.mark.parametrize(("language", "direction"), [("hi", "ltr"), ("ar", "rtl")])
def test_the_language_of_the_page_is_the_portal_s_with_its_direction(deploy, language, direction):
    variables = deploy({"language": language})["document.conf"]
    assert f"default {language};" in variables
    assert (f"{language} rtl;" in variables) == (direction == "rtl")


def add_app(folder, uploads):
    (folder / "apps" / "papers").mkdir(parents=True)
    (folder / "apps" / "papers" / "manifest.yaml").write_text(yaml.safe_dump({"title": "Papers", "uploads": uploads}))


def test_bodies_are_small_except_on_declared_paths(deploy):
    add_app(deploy.folder, {"me/cover/": 3, "*/files/": 40})
    written = deploy(LIMIT_BODY_MEGABYTES=12)
    assert "client_max_body_size 1m;" in written["limits.conf"]
    found = re.findall(r'location ~ "(.*?)" {\n    client_max_body_size (\d+)m;', written["uploads.conf"])
    assert dict(found) == {"^/api/papers/me/cover/$": "3", "^/api/papers/[^/]+/files/$": "12"}


@pytest.mark.parametrize(("megabytes", "in_all"), [(1, 48), (6, 8), (40, 1)])
def test_all_uploads_together_fit_into_the_memory_for_them(deploy, megabytes, in_all):
    add_app(deploy.folder, {"files/": megabytes})
    location = deploy(LIMIT_BODY_MEGABYTES=40)["uploads.conf"]
    assert f"limit_conn all_uploads {in_all};" in location
    assert f"limit_conn uploads {min(4, in_all)};" in location
    assert in_all * megabytes <= UPLOAD_MEGABYTES


def test_all_bodies_together_fit_into_the_reverse_proxys_memory():
    compose = yaml.safe_load((settings.BASE_DIRECTORY / "compose.yaml").read_text())
    (size,) = re.findall(r"size=(\d+)m", " ".join(compose["services"]["reverse-proxy"]["tmpfs"]))
    assert int(size) >= UPLOAD_MEGABYTES + LARGE_BODY_MEGABYTES


def test_sockets_and_requests_have_limits_of_their_own(deploy):
    written = deploy(LIMIT_CONNECTIONS=77, LIMIT_SOCKETS=88)
    assert "limit_conn connections 77;" in written["limits.conf"]
    assert "limit_conn sockets 88;" in written["socket-limits.conf"]
    assert f"limit_conn all_sockets {settings.SOCKETS_IN_ALL};" in written["socket-limits.conf"]


def test_passwords_are_passed_on_at_the_pace_of_the_servers_processes(deploy):
    limits = deploy(SERVER_PROCESSES=4, SERVER_MEMORY_MEGABYTES=2048)["limits.conf"]
    assert "limit_req_zone $password_key zone=passwords:64k rate=12r/s;" in limits
    assert "limit_req zone=passwords burst=180;" in limits


def test_only_named_proxies_in_front_are_trusted(deploy):
    written = deploy({"tls": "none"}, TRUSTED_PROXIES="192.0.2.1/32, 192.0.2.2/32")
    assert "set_real_ip_from 192.0.2.2/32;" in written["client-addresses.conf"]
    assert "ssl" not in written["internet.conf"] + written["unknown-host.conf"]
    assert "set_real_ip_from" not in deploy()["client-addresses.conf"]


def test_without_a_proxy_in_front_the_connection_has_the_clients_address(deploy):
    written = deploy(EDGE_SUBNET="10.9.0.0/24")["client-addresses.conf"]
    assert written.endswith("map $is_at_edge $client_ip {\n    default unknown;\n    1 $remote_addr;\n}\n")
    assert "geo $server_addr $is_at_edge {\n    default 0;\n    10.9.0.0/24 1;\n    127.0.0.1/32 1;\n}\n" in written


def test_the_local_authority_signs_for_both_domains(deploy):
    deploy()
    made = certificate(deploy.folder)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == HOSTS
    authority = x509.load_pem_x509_certificate((deploy.folder / "certificates" / "authority.crt").read_bytes())
    made.verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_only_the_owner_reads_a_private_key(deploy):
    deploy()
    for path in ("certificates/portal.key", "authority/authority.key"):
        assert (deploy.folder / path).stat().st_mode & 0o777 == 0o400


def test_a_valid_certificate_is_kept(deploy):
    deploy()
    first = certificate(deploy.folder)
    deploy()
    assert certificate(deploy.folder) == first


def test_another_domain_gets_another_certificate_from_the_same_authority(deploy):
    deploy()
    authority = (deploy.folder / "certificates" / "authority.crt").read_bytes()
    sites = PORTAL["sites"] | {"internet": {"domain": "other.example"}}
    deploy({"sites": sites})
    names = certificate(deploy.folder).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "other.example" in names.get_values_for_type(x509.DNSName)
    assert (deploy.folder / "certificates" / "authority.crt").read_bytes() == authority


def test_a_certificate_that_ends_soon_is_renewed(deploy, monkeypatch):
    monkeypatch.setattr(module, "CERTIFICATE_DAYS", module.RENEW_DAYS - 1)
    deploy()
    first = certificate(deploy.folder)
    monkeypatch.undo()
    deploy()
    assert certificate(deploy.folder).not_valid_after_utc > first.not_valid_after_utc
    assert certificate(deploy.folder).not_valid_after_utc - datetime.now(UTC) > timedelta(days=module.RENEW_DAYS)


def test_a_certificate_is_valid_for_365_days_at_most(deploy):
    deploy()
    made = certificate(deploy.folder)
    assert made.not_valid_after_utc - made.not_valid_before_utc == timedelta(days=365)


def test_a_certificate_that_is_valid_for_longer_is_replaced(deploy, monkeypatch):
    monkeypatch.setattr(module, "CERTIFICATE_DAYS", 397)  # as they were made before
    deploy()
    long = certificate(deploy.folder)
    authority = (deploy.folder / "certificates" / "authority.crt").read_bytes()
    monkeypatch.undo()
    deploy()
    assert certificate(deploy.folder).serial_number != long.serial_number
    assert (deploy.folder / "certificates" / "authority.crt").read_bytes() == authority


def own_certificate(folder, name="own") -> dict[str, str]:
    """Write a certificate and its key. Return the variables that name them for both sites."""
    made = module.make_authority()
    (folder / f"{name}.crt").write_bytes(module.pem(made.certificate))
    (folder / f"{name}.key").write_bytes(module.private_bytes(made.key))
    return {
        f"{site.upper()}_CERTIFICATE{key}": str(folder / f"{name}.{'key' if key else 'crt'}")
        for site in SITES
        for key in ("", "_KEY")
    }


def test_nginx_gets_copies_of_the_certificates_that_env_names(deploy):
    variables = own_certificate(deploy.folder)
    copies = deploy.folder / "certificates"
    for _ in range(2):
        assert (
            f"ssl_certificate {copies}/intranet.crt;"
            in deploy({"tls": "own-certificate"}, **variables)["intranet.conf"]
        )
        assert (copies / "intranet.crt").read_bytes() == (deploy.folder / "own.crt").read_bytes()
        assert (copies / "intranet.key").read_bytes() == (deploy.folder / "own.key").read_bytes()
        assert (copies / "intranet.key").stat().st_mode & 0o777 == 0o400
        own_certificate(deploy.folder)  # it is renewed


def test_a_certificate_with_the_key_of_another_is_refused(deploy):
    variables = own_certificate(deploy.folder) | {
        "INTRANET_CERTIFICATE_KEY": own_certificate(deploy.folder, "other")["INTRANET_CERTIFICATE_KEY"]
    }
    with pytest.raises(ConfigurationError) as caught:
        deploy({"tls": "own-certificate"}, **variables)
    assert "INTRANET_CERTIFICATE\n  found    a certificate that NGINX cannot use with its key" in str(caught.value)
    assert "INTERNET" not in str(caught.value)


def test_a_restored_authority_signs_in_place_of_the_new_one(deploy):
    """A backup has the folder of the authority, and NGINX serves what this one-shot then makes of it."""
    deploy()
    kept = {path.name: path.read_bytes() for path in (deploy.folder / "authority").iterdir()}
    for name in ("certificates", "authority"):
        for path in (deploy.folder / name).iterdir():
            path.unlink()
    deploy()  # on another machine
    for name, content in kept.items():
        (deploy.folder / "authority" / name).chmod(0o600)
        (deploy.folder / "authority" / name).write_bytes(content)
    deploy()
    assert (deploy.folder / "certificates" / "authority.crt").read_bytes() == kept["authority.crt"]
    certificate(deploy.folder).verify_directly_issued_by(x509.load_pem_x509_certificate(kept["authority.crt"]))


def test_the_authority_of_an_earlier_release_stays(deploy):
    """It had its certificate among NGINX's alone."""
    deploy()
    first = certificate(deploy.folder)
    (deploy.folder / "authority" / "authority.crt").unlink()
    deploy()
    assert certificate(deploy.folder) == first
    assert (deploy.folder / "authority" / "authority.crt").exists()


def test_missing_and_invalid_certificate_files_are_refused(deploy):
    (deploy.folder / "a.crt").write_text("nonsense")
    with pytest.raises(ConfigurationError) as caught:
        deploy(
            {"tls": "own-certificate"},
            INTERNET_CERTIFICATE=deploy.folder / "a.crt",
            INTERNET_CERTIFICATE_KEY=deploy.folder / "missing.key",
        )
    report = str(caught.value)
    assert "INTERNET_CERTIFICATE\n  found    a file that is not in PEM format" in report
    assert f"INTERNET_CERTIFICATE_KEY\n  found    a file that user {os.getuid()} cannot read" in report
    assert "INTRANET_CERTIFICATE\n  found    nothing" in report


@pytest.mark.parametrize("address", ["", "localhost", "::", "[127.0.0.1]", "0.0.0.0:80", "everywhere"])
def test_an_invalid_publish_address_is_refused(deploy, address):
    with pytest.raises(ConfigurationError, match="PUBLISH_ADDRESS"):
        deploy(PUBLISH_ADDRESS=address)


def test_an_ipv6_publish_address_has_brackets(deploy):
    assert "/32 0;" in deploy(PUBLISH_ADDRESS="[::]")["networks.conf"]
    assert "/32 0;" not in deploy(PUBLISH_ADDRESS="[::1]")["networks.conf"]


@pytest.mark.parametrize("subnet", ["10.0.0.0/30", "fd00::/64", "10.0.0.1/24", "x"])
def test_an_unsuitable_edge_subnet_is_refused(deploy, subnet):
    with pytest.raises(ConfigurationError, match="EDGE_SUBNET"):
        deploy(EDGE_SUBNET=subnet)


def test_the_default_subnet_is_private():
    assert ip_network(str(Environment.model_fields["edge_subnet"].default)).is_private
