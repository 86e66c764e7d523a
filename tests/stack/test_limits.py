"""How many requests one IP address may send, how large they may be, and how more is refused."""

from collections.abc import Callable

import pytest

from tests.stack.test_headers import check_headers, send_large
from tests.support.visitor import FORM, Response, Visitor

Visit = Callable[..., Visitor]

BURST, SIGN_INS_AT_ONCE = 200, 10


def request_until_refused(
    visitor: Visitor, path: str, *, method: str = "GET", at_most: int = 1000, **options
) -> tuple[int, Response]:
    """Return the number of requests that were not refused, and the refusal."""
    connection = visitor.connection()
    try:
        for number in range(at_most):
            response = visitor.request(method, path, connection=connection, **options)
            if response.status == 429:
                return number, response
    finally:
        connection.close()
    pytest.fail(f"{at_most} requests were not refused, the last with {response.status}")


@pytest.mark.usefixtures("reset_rate_limits")
def test_a_campus_behind_one_ip_address_is_served_and_a_flood_is_refused(visit: Visit) -> None:
    served, refused = request_until_refused(visit("internet"), "/static/error.css")
    assert served >= BURST
    assert refused.content_type == "text/html"
    assert refused.headers["Retry-After"] == "5"
    assert "too many requests" in refused.text.lower()
    check_headers(refused.headers)
    # The limit counts all requests of an IP address, so the API refuses it too.
    _, refused = request_until_refused(visit("intranet"), "/api/portal/", at_most=50)
    assert refused.problem()["title"] == "Too Many Requests"
    assert refused.headers["Retry-After"] == "5"
    check_headers(refused.headers)


def served_before_a_refusal(visitor: Visitor, addresses: list[str], *, each: int) -> dict[str, int]:
    """Send `each` requests from each address in turn. Return address → how many were served."""
    served = dict.fromkeys(addresses, 0)
    connection = visitor.connection()
    try:
        for _ in range(each):
            for address in addresses:
                headers = {"X-Forwarded-For": address}
                response = visitor.request("GET", "/static/error.css", headers=headers, connection=connection)
                served[address] += response.status == 200
    finally:
        connection.close()
    return served


@pytest.mark.usefixtures("forwarded_addresses")
def test_addresses_of_one_ipv6_network_share_their_limits(visit: Visit) -> None:
    """A client has a whole network of 64 bits. Its bytes may be anything, such as the end of a line (0x0a)."""
    visitor = visit("internet")
    each = int(BURST * 0.9)
    for one, other in (("2001:db8::1", "2001:db8::ffff:1"), ("2001:db8:a0a::", "2001:db8:a0a:0:a0a::a0a")):
        served = served_before_a_refusal(visitor, [one, other], each=each)
        assert BURST <= sum(served.values()) < 2 * each, served
    for one, other in (
        ("2001:db8:1:1::1", "2001:db8:1:2::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),  # IPv4 inside IPv6
        ("192.0.2.3", "192.0.2.4"),
    ):
        assert served_before_a_refusal(visitor, [one, other], each=each) == {one: each, other: each}


@pytest.mark.usefixtures("reset_rate_limits")
def test_sign_ins_are_limited_more_strictly(visit: Visit) -> None:
    visitor = visit("intranet")
    headers = {"Origin": visitor.origin, "Content-Type": FORM}
    served, refused = request_until_refused(
        visitor, "/admin/login/", method="POST", body="username=a&password=b", headers=headers, at_most=40
    )
    assert SIGN_INS_AT_ONCE <= served <= SIGN_INS_AT_ONCE + 2
    assert "too many requests" in refused.text.lower()
    check_headers(refused.headers)
    assert visitor.get("/admin/login/").status == 302, "a request for the form counts as a sign-in"
    _, refused = request_until_refused(
        visitor,
        "/_allauth/browser/v1/auth/login",
        method="POST",
        body="{}",
        headers={"Origin": visitor.origin},
        at_most=2,
    )
    assert refused.problem()


@pytest.mark.parametrize("site", ["intranet", "internet"])
def test_a_body_that_is_too_large_for_the_api_is_refused_as_problem_details(visit: Visit, site: str) -> None:
    response = send_large(visit(site), "/api/polls/draft/")
    assert response.status == 413
    assert response.problem()["title"] == "Content Too Large"


def test_a_body_that_is_too_large_for_a_page_is_refused_with_a_page(visit: Visit) -> None:
    response = send_large(visit("intranet"), "/admin/login/")
    assert response.status == 413
    assert response.content_type == "text/html"


def test_a_body_that_is_too_large_for_the_server_alone_is_refused_as_problem_details(
    visit: Visit, sessions: dict
) -> None:
    response = visit("intranet", "reader").send(
        "PUT", "/api/polls/draft/", {"question": "x" * (2 << 20), "choices": []}
    )
    assert response.status in {400, 413}
    assert response.problem()


def test_a_url_that_is_too_long_is_refused(visit: Visit) -> None:
    response = visit("internet").get("/api/polls/?" + "x" * 9000)
    assert response.status == 414
    check_headers(response.headers)
