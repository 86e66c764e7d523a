"""A store that is full of drafts stops neither sign-in nor mail, and takes away no counter and no code."""

from collections.abc import Callable, Iterator

import pytest

from tests.portal.conftest import MAINTAINER, PASSWORD, MailServer
from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers, Server
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

RESET = "/_allauth/browser/v1/auth/password/request"
DRAFT = "/api/polls/draft/"
MEMORY = 4 * 1024 * 1024  # bytes

# 100 drafts of an app, as apps write them: with a lifetime.
WRITE_DRAFTS = """
for number = 1, 100 do
  redis.call('SET', 'portal:1:apps:polls:draft:' .. ARGV[1] .. number, string.rep('x', 4096), 'EX', 604800)
end
"""


def write_drafts(store: Server) -> str:
    """Write more drafts than the store has room for. Returns its answers."""
    return "".join(store.run("EVAL", WRITE_DRAFTS, "0", f"{part}:") for part in range(20))


@pytest.fixture(params=["volatile-ttl", "noeviction"])
def full_store(request: pytest.FixtureRequest, real_servers: RealServers) -> Iterator[Server]:
    """The application store, full of drafts: it evicts some for each write, or it refuses writes."""
    store = real_servers["application-store"]
    before = {option: store.run("CONFIG", "GET", option).split()[1] for option in ("maxmemory", "maxmemory-policy")}
    used = int(store.run("INFO", "memory").split("used_memory:")[1].split()[0])
    try:
        store.run("CONFIG", "SET", "maxmemory", str(used + MEMORY))
        store.run("CONFIG", "SET", "maxmemory-policy", request.param)
        answers = write_drafts(store)
        evicted = int(store.run("INFO", "stats").split("evicted_keys:")[1].split()[0])
        if request.param == "noeviction":
            assert "OOM" in answers
            store.run("CONFIG", "SET", "maxmemory", "1")  # what expires meanwhile makes no room
            assert "OOM" in store.run("SET", "portal:1:apps:polls:draft:one-more", "x" * 4096, "EX", "60")
        else:
            assert evicted > 0
        yield store
    finally:
        for option, value in before.items():
            store.run("CONFIG", "SET", option, value)
        store.run("FLUSHALL")


def test_a_store_full_of_drafts_stops_neither_sign_in_nor_mail(
    intranet: Installation,
    production: Installation,
    full_store: Server,
    visit: Callable[..., Visitor],
    mail_server: MailServer,
) -> None:
    # A new server: it has not yet recorded whose IP addresses it sees, which each server does at its first request.
    with intranet.http_server() as server, production.worker():
        visitor = visit(server)
        assert visitor.sign_in(MAINTAINER, PASSWORD).status == 200
        assert visitor.username == MAINTAINER
        before = len(mail_server.mails)
        assert visit(server).send("POST", RESET, {"email": "chief@example.edu"}).status == 200
        # Mails about new devices, of sign-ins without a worker, arrive as well.
        with_link = wait_until(
            lambda: [mail for mail in mail_server.mails[before:] if "/password/reset#" in mail], seconds=60
        )
    assert "To: chief@example.edu" in with_link[0]


def test_a_full_store_takes_a_new_draft_or_says_that_the_text_stays_on_the_page(
    http_server: PortalServer, full_store: Server, maintainer: Visitor
) -> None:
    saved = maintainer.send("PUT", DRAFT, {"question": "Tea or cof", "choices": []})
    if "noeviction" in full_store.run("CONFIG", "GET", "maxmemory-policy"):
        assert saved.status == 503
        assert saved.headers["Retry-After"] == "5"
        assert "What you typed stays on the page." in saved.problem()["detail"]
    else:
        assert saved.status == 200
        assert maintainer.send("GET", DRAFT).json()["question"] == "Tea or cof"
    assert maintainer.send("GET", "/api/polls/").status == 200


@pytest.mark.parametrize("full_store", ["volatile-ttl"], indirect=True)
def test_drafts_take_away_no_counter_of_attempts(
    http_server: PortalServer, full_store: Server, visit: Callable[..., Visitor]
) -> None:
    for _ in range(5):
        assert visit(http_server).sign_in("nobody-at-all", "wrong").status == 400
        write_drafts(full_store)
    refused = visit(http_server).sign_in("nobody-at-all", "wrong")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_a_full_session_store_is_an_outage_that_signs_nobody_out(
    http_server: PortalServer, maintainer: Visitor, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    store = real_servers["session-store"]
    store.run("CONFIG", "SET", "maxmemory", "1")
    try:
        refused = visit(http_server).sign_in(MAINTAINER, PASSWORD)
        assert refused.status == 503
        assert refused.problem()["detail"]
        assert maintainer.username == MAINTAINER
    finally:
        store.run("CONFIG", "SET", "maxmemory", "0")
    assert visit(http_server).sign_in(MAINTAINER, PASSWORD).status == 200


def test_the_names_of_keys_hold_nothing_that_an_anonymous_visitor_typed(
    http_server: PortalServer, visit: Callable[..., Visitor], real_servers: RealServers
) -> None:
    typed = "<img src=x onerror=alert(1)>@example.edu"
    visit(http_server).sign_in(typed, "wrong")
    visit(http_server).send("POST", RESET, {"email": "typed-text@example.edu"})
    names = real_servers["session-store"].run("--scan").split()
    assert [name for name in names if name.startswith("portal:default:1:")]
    for name in names:
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-"), name
        assert "typed-text" not in name
    counters = [name for name in names if name.startswith("portal:default:1:")]
    lifetimes = [int(real_servers["session-store"].run("TTL", name)) for name in counters]
    # -2: it has expired meanwhile. A day is the longest lifetime here.
    assert all(seconds == -2 or 0 <= seconds <= 24 * 3600 for seconds in lifetimes)
