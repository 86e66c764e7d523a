"""Every response, of any kind and from any server, has each security header once."""

import re
from collections.abc import Callable, Iterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.compose import SITES, Stack
from tests.support.visitor import Response, Visitor
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

HEADERS = {
    "Strict-Transport-Security": r"max-age=31536000",
    "X-Content-Type-Options": r"nosniff",
    "X-Frame-Options": r"DENY",
    "Referrer-Policy": r"same-origin",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Permissions-Policy": r"camera=\(\), .+",
    "X-Request-ID": r"[0-9a-f]{32}",
    "Content-Security-Policy": r"default-src 'none'; .+",
}

POLICIES = """
import json
from django.conf import settings
from django.utils.csp import build_policy
print(json.dumps({"pages": build_policy(settings.SECURE_CSP), "admin": build_policy(settings.ADMIN_CSP)}))
"""


@pytest.fixture(scope="module")
def policies(stack: Stack) -> dict[str, str]:
    """Return the policies that config/settings/security.py sets."""
    return stack.python(POLICIES)


def check_headers(headers, policy: str | None = None) -> None:
    wrong = {name: headers.get_all(name) for name, pattern in HEADERS.items() if not is_once(headers, name, pattern)}
    assert not wrong
    assert headers.get("Server") in {None, "nginx"}, "the server reveals its version"
    assert "X-Powered-By" not in headers
    if policy is not None:
        assert directives(headers["Content-Security-Policy"]) == directives(policy)


def is_once(headers, name: str, pattern: str) -> bool:
    values = headers.get_all(name) or []
    return len(values) == 1 and re.fullmatch(pattern, values[0]) is not None


def directives(policy: str) -> dict[str, list[str]]:
    """Return a policy's directives with their sorted sources, since their order has no meaning."""
    split = [directive.split() for directive in policy.split(";")]
    return {name: sorted(values) for name, *values in split}


def first_match(visitor: Visitor, pattern: str, page: str) -> str:
    found = re.search(pattern, visitor.get(page).text)
    assert found, f"no {pattern} in {page}"
    return found[1]


KINDS = {
    "page": ("/", 200),
    "page of an app": ("/polls/1/", 200),
    "not found": ("/static/no-such-file.css", 404),
    "prefix itself": ("/api", 404),
    "static file": ("/static/error.css", 200),
    "file of the portal": ("/manifest.webmanifest", 200),
    "api": ("/api/portal/", 200),
    "api, not found": ("/api/no-such-app/", 404),
    "api, not signed in": ("/api/notifications/", 401),
    "media, not found": ("/media/nothing.png", 404),
    "protected": ("/protected/nothing.pdf", 404),
    "health": ("/health/live/", 200),
    "readiness": ("/health/ready/", 200),
    "sign-in api": ("/_allauth/browser/v1/config", 200),
    "sign-in api, not found": ("/_allauth/nothing", 404),
    "plain request to a socket": ("/ws/portal/", 421),
}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_response_has_the_pages_policy_and_every_header_once(
    visit: Visit, policies: dict[str, str], site: str, kind: str
) -> None:
    path, status = KINDS[kind]
    response = visit(site).get(path)
    assert response.status == status
    policy = None if path.startswith(("/media/", "/protected/")) else policies["pages"]
    check_headers(response.headers, policy)


@pytest.mark.parametrize("site", SITES)
def test_a_hashed_bundle_has_every_header_once(visit: Visit, policies: dict[str, str], site: str) -> None:
    visitor = visit(site)
    bundle = first_match(visitor, r'src="?(/static/frontend/[^"\s>]+\.js)', "/")
    for headers in ({}, {"Accept-Encoding": "gzip"}, {"Range": "bytes=0-9"}):
        response = visitor.get(bundle, headers=headers)
        assert response.status == (206 if "Range" in headers else 200)
        check_headers(response.headers, policies["pages"])
    unchanged = visitor.get(bundle, headers={"If-None-Match": response.headers["ETag"]})
    assert unchanged.status == 304
    check_headers(unchanged.headers, policies["pages"])


def test_the_admin_has_its_own_policy_and_every_header_once(
    visit: Visit, policies: dict[str, str], sessions: dict
) -> None:
    for visitor, path, status in (
        (visit("intranet"), "/admin/", 302),
        (visit("intranet"), "/admin/login/", 302),
        (visit("intranet", "chief"), "/admin/", 200),
        (visit("intranet", "chief"), "/admin/no-such-thing/", 404),
        (visit("internet"), "/admin/", 404),
    ):
        response = visitor.get(path)
        assert response.status == status, path
        check_headers(response.headers, policies["admin"])


def test_the_redis_gui_may_run_its_own_scripts_and_has_every_header_once(visit: Visit, sessions: dict) -> None:
    for visitor, path, status in (
        (visit("intranet"), "/redis/", 302),
        (visit("intranet", "reader"), "/redis/", 403),
        (visit("intranet", "chief"), "/redis/", 200),
        (visit("intranet", "chief"), "/redis/scripts/redisCommander.js", 200),
        (visit("intranet", "chief"), "/redis/no-such-thing", 404),
        (visit("internet"), "/redis/", 404),
    ):
        response = visitor.get(path)
        assert response.status == status, path
        check_headers(response.headers)
        policy = directives(response.headers["Content-Security-Policy"])
        assert policy["script-src"] == sorted(["'self'", "'unsafe-inline'", "'unsafe-eval'"])
        assert policy["frame-ancestors"] == policy["default-src"] == ["'none'"]
        assert policy["connect-src"] == ["'self'"]


@pytest.mark.parametrize("site", SITES)
def test_a_socket_s_handshake_has_every_header_once(visit: Visit, policies: dict[str, str], site: str) -> None:
    visitor = visit(site)
    with visitor.socket("/ws/portal/") as connection:
        assert connection.response.status_code == 101
        check_headers(connection.response.headers, policies["pages"])
    with pytest.raises(InvalidStatus) as refused, visitor.socket("/ws/no-such-app/"):
        pass
    assert refused.value.response.status_code == 403
    check_headers(refused.value.response.headers, policies["pages"])


@pytest.mark.parametrize("path", ["/api/polls/draft/", "/admin/login/"])
def test_a_body_that_is_too_large_is_refused_with_every_header_once(visit: Visit, path: str) -> None:
    response = send_large(visit("intranet"), path)
    assert response.status == 413
    check_headers(response.headers)


def send_large(visitor: Visitor, path: str, megabytes: int = 7) -> Response:
    """Announce a large body, and return the response that arrives before the body is sent."""
    connection = visitor.connection()
    try:
        connection.putrequest("POST", path, skip_host=True)
        for name, value in {"Host": visitor.host, "Content-Length": str(megabytes << 20)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def stopped_server(stack: Stack) -> Iterator[None]:
    """Stop the intranet's HTTP server, as a deployment does for a moment."""
    stack.compose("stop", "intranet-server")
    yield
    stack.compose("start", "intranet-server")
    wait_until(lambda: stack.is_healthy("intranet-server"), seconds=60)


# For a second, NGINX still has the address of the container, where nothing answers: 504.
AWAY = {502, 504}


@pytest.mark.usefixtures("stopped_server")
class TestWhileTheServerIsStopped:
    def test_a_page_explains_it_and_reloads_by_itself(self, visit: Visit) -> None:
        response = visit("intranet").get("/admin/login/")
        assert response.status in AWAY
        assert response.content_type == "text/html"
        assert '<meta http-equiv="refresh" content="5">' in response.text
        assert "loads by itself" in response.text
        assert response.headers["X-Request-ID"] in response.text
        assert response.headers["Retry-After"] == "5"
        assert response.headers["Cache-Control"] == "no-store"
        check_headers(response.headers)

    def test_the_api_explains_it_as_problem_details(self, visit: Visit, policies: dict[str, str]) -> None:
        response = visit("intranet").get("/api/portal/")
        assert response.status in AWAY
        assert response.problem()["detail"]
        assert response.headers["Retry-After"] == "5"
        assert response.headers["Cache-Control"] == "no-store"
        check_headers(response.headers, policies["pages"])

    def test_the_redis_gui_explains_it_too(self, visit: Visit) -> None:
        response = visit("intranet").get("/redis/")
        assert response.status in AWAY | {503}
        assert '<meta http-equiv="refresh"' in response.text
        check_headers(response.headers)

    def test_the_frontend_and_the_other_site_still_answer(self, visit: Visit) -> None:
        assert visit("intranet").get("/").status == 200
        assert visit("internet").get("/api/portal/").status == 200

    def test_sockets_still_open(self, visit: Visit) -> None:
        with visit("intranet").socket("/ws/portal/") as connection:
            assert connection.response.status_code == 101
