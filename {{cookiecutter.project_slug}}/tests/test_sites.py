"""Two sites from the same code: the domain, the cookies and the admin differ."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from core.testing.sockets import open_socket

PROGRAM = """
import json
import django
django.setup()
from django.conf import settings
from django.test import Client

client = Client()
host = settings.ALLOWED_HOSTS[0]
more = {"HTTP_HOST": host, "HTTP_X_FORWARDED_PROTO": "https"} if settings.SESSION_COOKIE_SECURE else {}
print(json.dumps({
    "admin": client.get("/admin/login/", **more).status_code,
    "live": client.get("/health/live/", **more).json(),
    "unknown_host": client.get("/health/live/", HTTP_HOST="evil.example").status_code,
    "hosts": settings.ALLOWED_HOSTS,
    "origins": settings.CSRF_TRUSTED_ORIGINS,
    "sites": settings.SITE_ORIGINS,
    "sockets": settings.SOCKET_ORIGINS,
    "session": settings.SESSION_COOKIE_NAME,
    "csrf": settings.CSRF_COOKIE_NAME,
    "secure": settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE,
    "debug": settings.DEBUG,
    "reset": settings.HEADLESS_FRONTEND_URLS["account_reset_password_from_key"],
    "client_ip": settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER,
    "second_factor": settings.SECOND_FACTOR_FOR_MAINTAINERS,
    "issuer": client.get("/.well-known/openid-configuration", **more).headers["Content-Type"] == "application/json"
    and client.get("/.well-known/openid-configuration", **more).json().get("issuer"),
    "identity": client.get("/identity/device", **more).status_code,
}))
"""

PASSWORD = "0123456789abcdef"
PRODUCTION = {
    "PORTAL_ENVIRONMENT": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ENCRYPTION_KEYS": "zyxwvutsrqponmlkjihgfedcba9876543210",
    "DATABASE_URL": f"postgresql://portal:{PASSWORD}@127.0.0.1:1/portal",
    "SESSION_STORE_URL": f"redis://portal:{PASSWORD}@127.0.0.1:1/0",
    "NOTIFICATION_STORE_URL": f"redis://portal:{PASSWORD}@127.0.0.1:1/0",
    "CHANNEL_LAYER_URL": f"redis://portal:{PASSWORD}@127.0.0.1:1/0",
    "APPLICATION_STORE_URL": f"redis://portal:{PASSWORD}@127.0.0.1:1/0",
    "CACHE_URL": "memcached://127.0.0.1:1",
    "TRUSTED_PROXIES": "192.0.2.1/32",  # for portals with tls: none
    "MESSAGE_BROKER_URL": f"amqp://portal:{PASSWORD}@127.0.0.1:1//",
}


def run_process(**environment):
    """Return what the program prints in a process with this environment."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROGRAM],
        cwd=settings.BASE_DIRECTORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(("site", "admin"), [("intranet", 302), ("internet", 404)])
def test_the_admin_is_on_the_intranet_site_only(site, admin):
    result = run_process(PORTAL_ENVIRONMENT="testing", SITE=site)
    assert result["admin"] == admin
    assert result["live"]["site"] == site
    assert (result["session"], result["csrf"]) == (f"{site}_session", f"{site}_csrf")


@pytest.mark.parametrize("site", ["intranet", "internet"])
def test_in_production_a_site_serves_its_own_domain_over_tls(site):
    result = run_process(**PRODUCTION, SITE=site, PUBLISH_HTTPS_PORT="8443")
    host = settings.PORTAL.site(site).host
    assert result["hosts"] == [host, "127.0.0.1"]
    assert result["unknown_host"] == 400
    port = "" if settings.PORTAL.tls == "none" else ":8443"  # a proxy in front has ports of its own
    assert result["origins"] == result["sockets"] == [f"https://{host}{port}"]
    assert result["sites"] == {name: f"https://{settings.PORTAL.site(name).host}{port}" for name in result["sites"]}
    assert (result["session"], result["csrf"]) == (f"__Host-{site}_session", f"__Host-{site}_csrf")
    assert result["reset"] == f"https://{host}{port}/password/reset#{{key}}"
    assert (result["client_ip"], result["second_factor"]) == ("X-Forwarded-For", True)
    is_issuer = site == settings.PORTAL.single_sign_on.site
    assert result["issuer"] == (f"https://{host}{port}" if is_issuer else False)
    assert result["identity"] == (302 if is_issuer else 404)
    assert result["secure"]
    assert not result["debug"]


@pytest.fixture
def internet_for_campus(settings):
    """Let this process serve the internet site, which only the campus may enter."""
    internet = settings.PORTAL.sites.internet.model_copy(update={"rings": ["campus"]})
    sites = settings.PORTAL.sites.model_copy(update={"internet": internet})
    settings.PORTAL = settings.PORTAL.model_copy(update={"sites": sites})
    settings.SITE = "internet"


@pytest.mark.usefixtures("internet_for_campus")
class TestAnInternetSiteWithRings:
    @pytest.mark.parametrize("path", ["/api/portal/", "/health/live/", "/_allauth/browser/v1/config", "/polls/"])
    def test_refuses_other_addresses(self, db, visitor, path):
        refused = visitor.get(path, REMOTE_ADDR="203.0.113.9")
        assert refused.status_code == 403
        assert "Only available from these networks: campus." in refused.content.decode()

    def test_says_in_problem_details_which_rings_may_enter(self, db, visitor):
        assert visitor.get("/api/portal/", REMOTE_ADDR="203.0.113.9").json()["rings"] == ["campus"]

    def test_admits_its_rings(self, db, visitor):
        assert visitor.get("/api/portal/", REMOTE_ADDR="10.1.2.3").status_code == 200

    def test_answers_health_checks_of_its_own_machine(self, visitor, settings):
        settings.PORTAL = settings.PORTAL.model_copy(update={"rings": {"campus": []}})
        assert visitor.get("/health/live/").status_code == 200
        assert visitor.get("/health/live/", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 403

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize(("ip_address", "accepted"), [("10.1.2.3", True), ("203.0.113.9", False)])
    async def test_opens_sockets_to_its_rings_only(self, reader, ip_address, accepted):
        socket, is_open = await open_socket("/ws/portal/", reader, ip_address=ip_address)
        assert is_open is accepted
        await socket.disconnect()


@pytest.mark.parametrize("site", ["intranet", "internet"])
def test_a_site_without_rings_admits_everyone(db, visitor, settings, site):
    settings.SITE = site
    assert visitor.get("/api/portal/", REMOTE_ADDR="203.0.113.9").status_code == 200
