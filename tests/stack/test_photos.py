"""Photos through the reverse proxy: taken with limits, kept for both sites, sent to those alone who may see them."""

from collections.abc import Callable, Iterator

import pytest

from tests.stack.test_headers import check_headers, send_large
from tests.support.compose import SITES, Stack
from tests.support.pictures import png
from tests.support.visitor import Response, Visitor

Visit = Callable[..., Visitor]

MINE = "/api/accounts/photo/"
FOLDER = "/portal/var/protected/photos"

SHOW = """
from core.people.models import Person
Person.objects.filter(username="reader").update(photo_visible_to="{to}", entry_visible_to="everyone")
"""
STEM = """
import json
from core.people.models import Person
print(json.dumps(Person.objects.get(username="reader").photo))
"""
FORGET = """
from core.people.models import Person
from core.stores.application_store import application_store
application_store("accounts").delete(f"photos:{Person.objects.get(username='reader').pk}")
"""


@pytest.fixture(scope="module", autouse=True)
def count_from_nothing(stack: Stack, sessions: dict) -> None:
    """However often these tests ran in the last hour, `reader` may send photos."""
    stack.python(FORGET)


def send(visitor: Visitor, content: bytes, *, name: str = "me.png", kind: str = "image/png") -> Response:
    return visitor.send_file("PUT", MINE, "photo", content, name=name, kind=kind)


def remove(visitor: Visitor) -> Response:
    return visitor.send("DELETE", MINE, {})


@pytest.fixture
def photo(stack: Stack, visit: Visit, sessions: dict) -> Iterator[dict[str, str]]:
    """`reader` has a photo, sent through the internet site: size → its address."""
    answer = send(visit("internet", "reader"), png(640, 480, (200, 30, 30)))
    assert answer.status == 200, answer
    yield answer.json()
    stack.python(SHOW.format(to="everyone"))
    assert remove(visit("internet", "reader")).status == 204


def files(stack: Stack) -> list[str]:
    return stack.execute("intranet-server", "ls", FOLDER).stdout.split()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("size", ["small", "large"])
def test_a_photo_is_sent_by_the_reverse_proxy_on_both_sites(
    stack: Stack, visit: Visit, photo: dict[str, str], site: str, size: str
) -> None:
    visitor = visit(site, "clerk")
    answer = visitor.get(photo[size])
    assert (answer.status, answer.content_type) == (200, "image/webp")
    assert (answer.body[:4], answer.body[8:12]) == (b"RIFF", b"WEBP")
    assert answer.headers.get_all("Cache-Control") == ["private, max-age=3600"]
    assert answer.headers.get_all("Vary") == ["Cookie"]
    assert not [name for name in answer.headers if name.lower().startswith("x-accel")]
    check_headers(answer.headers, "default-src 'none'; sandbox")
    unchanged = visitor.get(photo[size], headers={"If-None-Match": answer.headers["ETag"]})
    assert (unchanged.status, unchanged.body) == (304, b"")
    check_headers(unchanged.headers)


@pytest.mark.parametrize("site", SITES)
def test_a_photo_s_file_is_given_to_nobody_directly(
    stack: Stack, visit: Visit, photo: dict[str, str], site: str
) -> None:
    stem = stack.python(STEM)
    assert f"{stem}-small.webp" in files(stack)
    for person in (None, "chief", "reader"):
        for path in (f"/protected/photos/{stem}-small.webp", f"/media/../protected/photos/{stem}-small.webp"):
            answer = visit(site, person).get(path)
            assert answer.status == 404, path
            assert b"WEBP" not in answer.body


@pytest.mark.parametrize("site", SITES)
def test_a_photo_that_is_not_shown_is_not_there_but_for_its_person(
    stack: Stack, visit: Visit, photo: dict[str, str], site: str
) -> None:
    assert visit(site).get(photo["small"]).status == 401
    stack.python(SHOW.format(to="nobody"))
    for person in ("clerk", "chief"):
        refused = visit(site, person).get(photo["small"])
        assert refused.status == 404
        refused.problem()
    assert visit(site, "reader").get(photo["small"]).status == 200


def test_a_photo_of_some_megabytes_is_taken(visit: Visit, photo: dict[str, str]) -> None:
    """It waits on the disk of the reverse proxy and of the server, whose roots cannot be written to."""
    content = png(1000, 1000)
    assert 2 << 20 < len(content) < 5 << 20
    answer = send(visit("intranet", "reader"), content)
    assert answer.status == 200, answer
    assert answer.json() != photo


@pytest.mark.parametrize("site", SITES)
def test_what_is_too_large_for_a_photo_is_refused_as_problem_details(visit: Visit, sessions: dict, site: str) -> None:
    visitor = visit(site, "reader")
    refused = send(visitor, png(64, 64, (1, 2, 3)) + b"\0" * (5 << 20))  # what the reverse proxy still takes
    assert refused.status == 413
    assert "5 MB" in refused.problem()["detail"]
    check_headers(refused.headers)
    refused = send_large(visitor, MINE)  # not even the reverse proxy
    assert refused.status == 413
    assert refused.problem()["title"] == "Content Too Large"


def test_what_is_no_picture_is_refused(visit: Visit, sessions: dict) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for name, kind in (("me.png", "image/png"), ("me.svg", "image/svg+xml")):
        refused = send(visit("intranet", "reader"), svg, name=name, kind=kind)
        assert refused.status == 400
        assert refused.problem()["errors"][0]["field"] == "photo"


def test_a_photo_that_was_taken_away_leaves_nothing(stack: Stack, visit: Visit, sessions: dict) -> None:
    visitor = visit("intranet", "reader")
    for colour in ((1, 2, 3), (4, 5, 6)):
        address = send(visitor, png(64, 64, colour)).json()["small"]
    stem = stack.python(STEM)
    assert [name for name in files(stack) if name.startswith(stem)] == [f"{stem}-large.webp", f"{stem}-small.webp"]
    assert remove(visitor).status == 204
    assert not [name for name in files(stack) if name.startswith(stem)]
    assert visitor.get(address).status == 404
