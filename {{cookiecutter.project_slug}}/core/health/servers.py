"""The health checks of the servers and the reverse proxy. They connect through the reverse proxy, as browsers do.

Only a portal in containers has these parts.
"""

import base64
import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from cryptography import x509
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.configuration.environment import Environment
from core.configuration.portal import SITES, SiteName
from core.configuration.prefixes import LIVENESS, SOCKETS, STATIC
from core.http.clients import all_clients_appear_as_gateway, any_client_had_own_address

from .checks import Degraded, HealthCheck

PROXY = "reverse-proxy"
PLAIN_PORT, TLS_PORT = 8080, 8443
SECONDS = 5
CAUSE = (
    "`docker compose logs configuration reverse-proxy` shows the cause, for example a certificate or key that NGINX's "
    "user, 101, cannot read"
)
HEALTH_HOST = "127.0.0.1"  # the host that servers accept from health checks
PARTS_PORT = 8082  # of the reverse proxy, for containers: infrastructure/nginx/nginx.conf
IN_NO_RING = "answers the reverse proxy; the site's rings hold no container"
CERTIFICATE_DAYS = 21  # with fewer days left, doctor warns


@contextmanager
def connection_to(site: SiteName) -> Iterator[http.client.HTTPConnection]:
    """Open a connection to the reverse proxy for a client of this site."""
    host = settings.PORTAL.site(site).host
    tls = settings.PORTAL.tls != "none"
    try:
        plain = socket.create_connection((PROXY, TLS_PORT if tls else PLAIN_PORT), timeout=SECONDS)
    except OSError as error:
        raise ConnectionError(f"the reverse proxy does not answer ({error}): {CAUSE}") from error
    connection = http.client.HTTPConnection(host, timeout=SECONDS)
    if tls:
        # This container may not trust the certificate's authority. Only its dates are checked.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection.sock = context.wrap_socket(plain, server_hostname=host)
    else:
        connection.sock = plain
    try:
        yield connection
    finally:
        connection.close()


def get_from_site(site: SiteName, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    with connection_to(site) as connection:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read(65536)


def get_part(service: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Ask the reverse proxy whether a part behind it answers, whatever rings a site has."""
    connection = http.client.HTTPConnection(PROXY, PARTS_PORT, timeout=SECONDS)
    try:
        connection.request("GET", f"/{service}", headers={"Host": HEALTH_HOST, **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read(65536)
    finally:
        connection.close()


def days_of_certificate(connection: ssl.SSLSocket) -> int:
    """Return for how many days the certificate of the other side is valid."""
    certificate = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
    return (certificate.not_valid_after_utc - datetime.now(UTC)).days


def certificate_days() -> dict[str, int]:
    """Return site → for how many days its certificate is valid. Empty without TLS. May raise any error."""
    days = {}
    for site in SITES:
        with connection_to(site) as connection:
            if isinstance(connection.sock, ssl.SSLSocket):
                days[str(site)] = days_of_certificate(connection.sock)
    return days


class SiteCheck(HealthCheck):
    tier = 2
    in_readiness = False
    watch_seconds = 10.0

    def __init__(self, site: SiteName):
        self.site = site


class ServerCheck(SiteCheck):
    technology = "Gunicorn"
    required = True

    def __init__(self, site: SiteName):
        super().__init__(site)
        self.service = f"{site}-server"  # type: ignore[misc]  # a class variable of the other checks
        self.title = {"intranet": _("Intranet server"), "internet": _("Internet server")}[site]  # type: ignore[misc]  # likewise

    def round_trip(self) -> str:
        detail = "answers through the reverse proxy"
        status, body = get_from_site(self.site, LIVENESS)
        if status == 403:
            status, body = get_part(self.service)
            detail = IN_NO_RING
        if status != 200 or json.loads(body)["site"] != self.site:
            raise RuntimeError(f"answered {status}")
        return detail


class SocketsCheck(SiteCheck):
    technology = "Daphne"

    def __init__(self, site: SiteName):
        super().__init__(site)
        self.service = f"{site}-sockets"  # type: ignore[misc]  # a class variable of the other checks
        self.title = {"intranet": _("Intranet sockets"), "internet": _("Internet sockets")}[site]  # type: ignore[misc]  # likewise

    def round_trip(self) -> str:
        handshake = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
        }
        detail = "answers a handshake through the reverse proxy"
        status, body = get_from_site(self.site, SOCKETS, handshake)
        # NGINX's answer, from outside the rings or during maintenance; Daphne's has no request_id.
        if status in {403, 503} and b"request_id" in body:
            status, body = get_part(self.service, handshake)
            detail = IN_NO_RING
        if status != 403:  # Daphne has no socket at /ws/, so 403 is its answer
            raise RuntimeError(f"answered a handshake with {status}")
        return detail


class RedisGuiCheck(HealthCheck):
    tier = 2
    service = "redis-gui"
    title = _("Redis GUI")
    technology = "Redis Commander"
    in_readiness = False
    watch_seconds = 10.0

    def round_trip(self) -> str:
        status, _ = get_part(self.service)
        if status != 200:
            raise RuntimeError(f"answered {status}")
        return "answers the reverse proxy"


class ReverseProxyCheck(HealthCheck):
    tier = 3
    service = PROXY
    title = _("Reverse proxy")
    technology = "NGINX"
    required = True
    in_readiness = False
    watch_seconds = 10.0

    def round_trip(self) -> str:
        days = self.days_left()
        if days is not None and days < CERTIFICATE_DAYS:
            raise Degraded(
                format_lazy(
                    _("its certificate expires in {days} days. Renew it; for a self-signed one, run make up"), days=days
                ),
                advice="certificate",
            )
        environment = settings.CONFIGURATION.environment
        if settings.PORTAL.tls == "none":
            self.check_proxies_in_front(environment)
        elif environment.is_published and all_clients_appear_as_gateway():
            raise Degraded(
                _(
                    "every client of the last day had the IP address of Docker's gateway, which belongs to no ring: "
                    "docs/reference/containers.md explains it"
                ),
                advice="client-addresses",
            )
        return "both sites' pages" if days is None else f"both sites' pages, certificate for {days} more days"

    def check_proxies_in_front(self, environment: Environment) -> None:
        """Raise Degraded unless the proxies that end TLS are named, and have reported the IP address of a client."""
        if not environment.trusted_proxies:
            raise Degraded(
                _(
                    "no visitor's IP address is known: set TRUSTED_PROXIES in .env to the proxies that end TLS "
                    "(docs/operate/use-a-proxy.md)"
                ),
                advice="client-addresses",
            )
        if not any_client_had_own_address():
            raise Degraded(
                _(
                    "no visitor of the last day had a known IP address: open the portal through the proxy and run "
                    "doctor again. If this stays, correct TRUSTED_PROXIES or the proxy's X-Forwarded-For "
                    "(docs/operate/use-a-proxy.md)"
                ),
                advice="client-addresses",
            )

    def days_left(self) -> int | None:
        days = []
        for site in SITES:
            with connection_to(site) as connection:
                if isinstance(connection.sock, ssl.SSLSocket):
                    days.append(days_of_certificate(connection.sock))
                connection.request("GET", "/")
                response = connection.getresponse()
                page = response.read(65536)
                if response.status not in {200, 403, 503}:  # NGINX itself serves the page: 503 during maintenance
                    raise RuntimeError(f"the {site} site's first page answered {response.status}")
                if response.status == 200 and f"{STATIC}frontend/".encode() not in page:
                    raise RuntimeError(f"the {site} site's first page is not the frontend")
        return min(days, default=None)
