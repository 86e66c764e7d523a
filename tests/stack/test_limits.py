"""What one address may do, and what it is told when it does more."""

from collections.abc import Callable

import pytest

from tests.stack.test_headers import check_headers, send_large
from tests.support.visitor import FORM, Response, Visitor

Visit = Callable[..., Visitor]

BURST, SIGN_INS_AT_ONCE = 200, 10


def ask_until_refused(
    visitor: Visitor, path: str, *, method: str = "GET", at_most: int = 1000, **options
) -> tuple[int, Response]:
    """How many requests were let through, and the refusal."""
    connection = visitor.connection()
    try:
        for number in range(at_most):
            answer = visitor.request(method, path, connection=connection, **options)
            if answer.status == 429:
                return number, answer
    finally:
        connection.close()
    pytest.fail(f"{at_most} requests were let through, at last with {answer.status}")


@pytest.mark.usefixtures("fresh_door")
def test_a_campus_behind_one_address_is_served_and_a_flood_is_not(visit: Visit) -> None:
    served, refused = ask_until_refused(visit("internet"), "/static/error.css")
    assert served >= BURST
    assert refused.content_type == "text/html"
    assert refused.headers["Retry-After"] == "5"
    assert "Too Many Requests" in refused.text
    check_headers(refused.headers)
    # The same address asks the API: the count is its own, whatever it asks for.
    _, refused = ask_until_refused(visit("intranet"), "/api/portal/", at_most=50)
    assert refused.problem()["title"] == "Too Many Requests"
    assert refused.headers["Retry-After"] == "5"
    check_headers(refused.headers)


@pytest.mark.usefixtures("fresh_door")
def test_signing_in_is_limited_strictly(visit: Visit) -> None:
    visitor = visit("intranet")
    headers = {"Origin": visitor.origin, "Content-Type": FORM}
    served, refused = ask_until_refused(
        visitor, "/admin/login/", method="POST", body="username=a&password=b", headers=headers, at_most=40
    )
    assert SIGN_INS_AT_ONCE <= served <= SIGN_INS_AT_ONCE + 2
    assert "Too Many Requests" in refused.text
    check_headers(refused.headers)
    assert visitor.get("/admin/login/").status == 302, "looking at the form is not signing in"
    _, refused = ask_until_refused(
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
    answer = send_large(visit(site), "/api/polls/draft/")
    assert answer.status == 413
    assert answer.problem()["title"] == "Content Too Large"


def test_a_body_that_is_too_large_for_a_page_is_refused_with_a_page(visit: Visit) -> None:
    answer = send_large(visit("intranet"), "/admin/login/")
    assert answer.status == 413
    assert answer.content_type == "text/html"


def test_a_body_that_the_reverse_proxy_takes_and_the_server_does_not_is_refused_cleanly(
    visit: Visit, sessions: dict
) -> None:
    answer = visit("intranet", "reader").send("PUT", "/api/polls/draft/", {"question": "x" * (2 << 20), "choices": []})
    assert answer.status in {400, 413}
    assert answer.problem()


def test_an_address_that_is_too_long_is_refused(visit: Visit) -> None:
    answer = visit("internet").get("/api/polls/?" + "x" * 9000)
    assert answer.status == 414
    check_headers(answer.headers)
