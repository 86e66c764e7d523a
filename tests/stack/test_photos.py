"""Photos through the reverse proxy: the limits of uploads, delivery on both sites, and who may see them."""

from collections.abc import Callable, Iterator

import pytest

from tests.stack.test_headers import check_headers, send_large
from tests.support.compose import SITES, Stack
from tests.support.pictures import png
from tests.support.visitor import Response, Visitor

Visit = Callable[..., Visitor]

PHOTO = "/api/accounts/photo/"
FOLDER = "/portal/var/protected/photos"

SET_VISIBILITY = """
from core.people.models import Person
Person.objects.filter(username="reader").update(photo_visible_to="{to}", entry_visible_to="everyone")
"""
FILE_STEM = """
import json
from core.people.models import Person
print(json.dumps(Person.objects.get(username="reader").photo.name))
"""
RESET_LIMIT = """
from core.people.models import Person
from core.stores.application_store import application_store
application_store("accounts").delete(f"photos:{Person.objects.get(username='reader').pk}")
"""


@pytest.fixture(scope="module", autouse=True)
def reset_upload_limit(stack: Stack, sessions: dict) -> None:
    """Let `reader` upload photos, however often these tests ran in the last hour."""
    stack.python(RESET_LIMIT)


def send(visitor: Visitor, content: bytes, *, name: str = "me.png", kind: str = "image/png") -> Response:
    return visitor.send_file("PUT", PHOTO, "photo", content, name=name, kind=kind)


def remove(visitor: Visitor) -> Response:
    return visitor.send("DELETE", PHOTO, {})


@pytest.fixture
def photo(stack: Stack, visit: Visit, sessions: dict) -> Iterator[dict[str, str]]:
    """Upload a photo of `reader` through the internet site, and return size → its URL."""
    response = send(visit("internet", "reader"), png(640, 480, (200, 30, 30)))
    assert response.status == 200, response
    yield response.json()
    stack.python(SET_VISIBILITY.format(to="everyone"))
    assert remove(visit("internet", "reader")).status == 204


def files(stack: Stack) -> list[str]:
    return stack.execute("intranet-server", "ls", FOLDER).stdout.split()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("size", ["small", "large"])
def test_the_reverse_proxy_serves_a_photo_on_both_sites(
    stack: Stack, visit: Visit, photo: dict[str, str], site: str, size: str
) -> None:
    visitor = visit(site, "clerk")
    response = visitor.get(photo[size])
    assert (response.status, response.content_type) == (200, "image/webp")
    assert (response.body[:4], response.body[8:12]) == (b"RIFF", b"WEBP")
    assert response.headers.get_all("Cache-Control") == ["private, max-age=3600"]
    assert response.headers.get_all("Vary") == ["Cookie, Authorization"]
    assert not [name for name in response.headers if name.lower().startswith("x-accel")]
    check_headers(response.headers, "default-src 'none'; sandbox")
    unchanged = visitor.get(photo[size], headers={"If-None-Match": response.headers["ETag"]})
    assert (unchanged.status, unchanged.body) == (304, b"")
    check_headers(unchanged.headers)


@pytest.mark.parametrize("site", SITES)
def test_nobody_can_request_a_photo_s_file_directly(
    stack: Stack, visit: Visit, photo: dict[str, str], site: str
) -> None:
    stem = stack.python(FILE_STEM)
    assert f"{stem}-small.webp" in files(stack)
    for person in (None, "chief", "reader"):
        for path in (f"/protected/photos/{stem}-small.webp", f"/media/../protected/photos/{stem}-small.webp"):
            response = visit(site, person).get(path)
            assert response.status == 404, path
            assert b"WEBP" not in response.body


@pytest.mark.parametrize("site", SITES)
def test_only_its_person_can_request_a_hidden_photo(
    stack: Stack, visit: Visit, photo: dict[str, str], site: str
) -> None:
    assert visit(site).get(photo["small"]).status == 401
    stack.python(SET_VISIBILITY.format(to="nobody"))
    for person in ("clerk", "chief"):
        refused = visit(site, person).get(photo["small"])
        assert refused.status == 404
        refused.problem()
    assert visit(site, "reader").get(photo["small"]).status == 200


def test_a_photo_of_some_megabytes_is_accepted(visit: Visit, photo: dict[str, str]) -> None:
    """The reverse proxy and the server buffer it on disk, although their root file systems are read-only."""
    content = png(1000, 1000)
    assert 2 << 20 < len(content) < 5 << 20
    response = send(visit("intranet", "reader"), content)
    assert response.status == 200, response
    assert response.json() != photo


@pytest.mark.parametrize("site", SITES)
def test_a_file_that_is_too_large_is_refused_as_problem_details(visit: Visit, sessions: dict, site: str) -> None:
    visitor = visit(site, "reader")
    refused = send(visitor, png(64, 64, (1, 2, 3)) + b"\0" * (5 << 20))  # the server refuses it
    assert refused.status == 413
    assert "5 MB" in refused.problem()["detail"]
    check_headers(refused.headers)
    refused = send_large(visitor, PHOTO)  # the reverse proxy refuses it
    assert refused.status == 413
    assert refused.problem()["title"] == "Content Too Large"


def test_a_file_that_is_no_picture_is_refused(visit: Visit, sessions: dict) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for name, kind in (("me.png", "image/png"), ("me.svg", "image/svg+xml")):
        refused = send(visit("intranet", "reader"), svg, name=name, kind=kind)
        assert refused.status == 400
        assert refused.problem()["errors"][0]["field"] == "photo"


def test_replaced_and_removed_photos_leave_no_files(stack: Stack, visit: Visit, sessions: dict) -> None:
    visitor = visit("intranet", "reader")
    for colour in ((1, 2, 3), (4, 5, 6)):
        url = send(visitor, png(64, 64, colour)).json()["small"]
    stem = stack.python(FILE_STEM)
    assert [name for name in files(stack) if name.startswith(stem)] == [f"{stem}-large.webp", f"{stem}-small.webp"]
    assert remove(visitor).status == 204
    assert not [name for name in files(stack) if name.startswith(stem)]
    assert visitor.get(url).status == 404
