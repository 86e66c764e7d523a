"""A developer in front of `make dev` or `make serve`: one address, no reverse proxy, the accounts of the seed."""

from tests.portal.installation import Server
from tests.portal.servers import HOST
from tests.portal.visitor import Visitor


def visitor_of(server: Server) -> Visitor:
    return Visitor(server.port, f"{HOST}:{server.port}", scheme="http", forwarded=False)


def signed_in(server: Server) -> Visitor:
    visitor = visitor_of(server)
    answer = visitor.sign_in("maintainer", "welcome-maintainer")
    assert answer.status == 200, answer
    return visitor


def apps_seen_by(visitor: Visitor) -> set[str]:
    """The apps on the first page; none while the portal does not answer."""
    try:
        answer = visitor.get("/api/portal/")
    except OSError:
        return set()
    return {app["name"] for app in answer.json()["apps"]} if answer.status == 200 else set()
