"""Only the reverse proxy says what a client's IP address is. A client whose address is unknown is in no ring."""

import logging
from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from rest_framework.throttling import AnonRateThrottle

from core.access.visitor import make_visitor
from core.health.checks import Degraded
from core.health.servers import ReverseProxyCheck
from core.http import clients
from core.http.clients import client_ip, docker_gateway, record_client, socket_client_ip

NGINX = "172.18.0.7"  # the reverse proxy's own IP address, which is in the ring
UNKNOWN = ["unknown", "", "nonsense", "10.1.2.3, 10.1.2.4", "10.1.2.3:80", None]


@pytest.fixture
def production(settings, monkeypatch):
    """Set what the portal reads in production behind a proxy, with a ring of every address."""
    everywhere = [ip_network(network) for network in ("0.0.0.0/0", "::/0")]
    settings.PORTAL = settings.PORTAL.model_copy(update={"rings": {"campus": everywhere}, "tls": "none"})
    proxies = {"portal_environment": "production", "trusted_proxies": [ip_network("192.0.2.10")]}
    environment = settings.CONFIGURATION.environment.model_copy(update=proxies)
    settings.CONFIGURATION = replace(settings.CONFIGURATION, environment=environment)
    monkeypatch.setattr(clients, "recorded_at", {})
    return settings


def request_with(header):
    more = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    request = RequestFactory().get("/", REMOTE_ADDR=NGINX, **more)
    request.user = None
    return request


@pytest.mark.parametrize("header", UNKNOWN)
def test_an_unknown_address_is_none_and_is_in_no_ring(production, header):
    request = request_with(header)
    assert client_ip(request) == ""
    assert make_visitor(request).rings == frozenset()
    headers = [] if header is None else [(b"x-forwarded-for", header.encode())]
    assert socket_client_ip({"headers": headers, "client": [NGINX, 1]}) == ""


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::9"])
def test_an_address_that_the_reverse_proxy_names_is_the_clients(production, address):
    assert client_ip(request_with(address)) == address
    assert make_visitor(request_with(address)).rings == {"campus"}
    assert socket_client_ip({"headers": [(b"x-forwarded-for", address.encode())]}) == address


@pytest.mark.parametrize("header", ["unknown", "", "nonsense"])
def test_an_unknown_address_is_logged_as_unknown(production, db, client, caplog, header):
    caplog.set_level(logging.INFO)
    client.get("/api/portal/", HTTP_X_FORWARDED_FOR=header, REMOTE_ADDR=NGINX)
    (line,) = [record.msg for record in caplog.records if record.name == "portal.access"]
    assert (line["status"], line["ip_address"]) == (200, "unknown")


@pytest.mark.parametrize("header", ["unknown", "", "203.0.113.9"])
def test_a_throttle_of_an_app_counts_by_the_reverse_proxys_word(header):
    throttle = AnonRateThrottle.__new__(AnonRateThrottle)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rest_framework.throttling.api_settings.NUM_PROXIES", 1, raising=False)  # in production
        assert throttle.get_ident(request_with(header)) == header


class TestDoctorBehindAProxy:
    """`tls: none`: doctor says whether the proxies are named, and whether they report their visitors' addresses."""

    @pytest.fixture(autouse=True)
    def pages_answer(self, production, monkeypatch):
        monkeypatch.setattr(ReverseProxyCheck, "days_left", lambda check: None)

    def test_proxies_without_a_name_are_reported(self, production):
        environment = production.CONFIGURATION.environment.model_copy(update={"trusted_proxies": []})
        production.CONFIGURATION = replace(production.CONFIGURATION, environment=environment)
        with pytest.raises(Degraded, match=r"set TRUSTED_PROXIES in \.env"):
            ReverseProxyCheck().round_trip()

    def test_it_waits_for_a_visitor_with_an_address(self):
        with pytest.raises(Degraded, match="open the portal through the proxy and run doctor again"):
            ReverseProxyCheck().round_trip()

    def test_visitors_without_an_address_are_reported(self, production):
        record_client(request_with("unknown"))
        record_client(request_with(docker_gateway(production.CONFIGURATION.environment.edge_subnet)))
        with pytest.raises(Degraded, match="the proxy's X-Forwarded-For"):
            ReverseProxyCheck().round_trip()

    def test_a_visitor_with_an_address_proves_it(self):
        record_client(request_with("unknown"))
        record_client(request_with("203.0.113.9"))
        assert ReverseProxyCheck().round_trip() == "both sites' pages"
