"""Photos are uploaded, shown as the privacy settings say, and removed."""

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from PIL import Image

from core.files import decoder
from core.files.actions import file_remove, file_set
from core.files.fields import ProtectedFileField
from core.files.storage import ProtectedStorage
from core.people.models import Person
from core.plugins.registry import installed_plugins
from core.testing import files as testing_files
from core.testing.client import PortalClient
from core.testing.files import make_picture
from services.accounts.photos import photo_url, visible_photos

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)  # for what happens after a commit

MINE = "/api/accounts/photo/"
SIDES = {"small": 96, "large": 384}
LARGEST_UPLOAD = 5 * 1024 * 1024
PROBLEM = "application/problem+json"
CAMPUS, ELSEWHERE = "10.1.2.3", "203.0.113.9"


def upload(client, content, **more):
    return testing_files.upload(client, MINE, content, **{"field": "photo", **more})


def photo_set(*, person, content):
    file_set(person, "photo", ContentFile(content, name="me.png"))


def folder():
    path = Path(settings.PROTECTED_ROOT, "photos")
    path.mkdir(parents=True, exist_ok=True)
    return path


def files():
    return sorted(path.name for path in folder().iterdir())


def stem_of(person):
    return Person.objects.values_list("photo", flat=True).get(pk=person.pk)


@pytest.fixture
def photographed(make_person):
    """Create a person with a photo and these fields."""

    def make(**more):
        person = make_person(**more)
        photo_set(person=person, content=make_picture())
        return person

    return make


# Own photo


def test_an_uploaded_photo_is_shown(reader, person):
    answer = upload(reader, make_picture("JPEG"))
    assert answer.status_code == 200
    stem = stem_of(person)
    assert len(stem) == 32
    assert answer.json() == {
        size: f"/api/accounts/{person.pk}/photo/{size}/?v={stem[:8]}" for size in ("small", "large")
    }
    for size, url in answer.json().items():
        image_response = reader.get(url)
        assert (image_response.status_code, image_response["Content-Type"]) == (200, "image/webp")
        with Image.open(BytesIO(image_response.getvalue())) as image:
            assert image.size == (SIDES[size],) * 2
            assert image.getpixel((5, 5))[0] > 240
    assert reader.get("/api/portal/").json()["person"]["photo"] == answer.json()["small"]


def test_the_group_of_the_reverse_proxy_can_read_the_files(reader, person):
    upload(reader, make_picture())
    assert files() == [f"{stem_of(person)}-{size}.webp" for size in ("large", "small")]
    assert {path.stat().st_mode & 0o777 for path in folder().iterdir()} == {0o640}


@commits
def test_a_new_photo_has_a_new_url_and_the_old_files_are_deleted(reader, person):
    first = upload(reader, make_picture()).json()
    second = upload(reader, make_picture(colour="blue")).json()
    assert first != second
    assert files() == [f"{stem_of(person)}-{size}.webp" for size in ("large", "small")]
    with Image.open(BytesIO(reader.get(second["small"]).getvalue())) as image:
        assert image.getpixel((5, 5))[2] > 240


@commits
def test_a_removed_photo_has_no_files(reader, person):
    url = upload(reader, make_picture()).json()["small"]
    for _ in range(2):
        assert reader.delete(MINE).status_code == 204
    assert stem_of(person) == ""
    assert files() == []
    assert reader.get(url).status_code == 404
    assert reader.get("/api/portal/").json()["person"]["photo"] is None


@commits
def test_a_deleted_person_has_no_files(photographed):
    one, other = photographed(), photographed()
    one.delete()
    assert files() == [f"{other.photo.name}-{size}.webp" for size in ("large", "small")]
    Person.objects.filter(pk=other.pk).delete()
    assert files() == []


@commits
def test_a_rollback_keeps_the_files(photographed):
    person = photographed()
    before = files()
    for change in (lambda: file_remove(person, "photo"), person.delete):
        with transaction.atomic():
            change()
            assert files() == before
            transaction.set_rollback(True)
        assert files() == before
    assert Person.objects.get().photo.name in before[0]


@commits
def test_one_of_several_concurrent_uploads_is_left(person):
    def upload_one(colour):
        photo_set(person=Person.objects.get(pk=person.pk), content=make_picture(colour=colour))
        connections.close_all()

    colours = ["red", "green", "blue", "white"]
    if connection.vendor == "postgresql":
        with ThreadPoolExecutor() as pool:
            list(pool.map(upload_one, colours))
    else:  # an in-memory SQLite database has one connection
        list(map(upload_one, colours))
    assert files() == [f"{stem_of(person)}-{size}.webp" for size in ("large", "small")]


@commits
def test_a_failed_save_leaves_no_files_and_keeps_the_old_photo(reader, person, monkeypatch):
    upload(reader, make_picture())
    before, stem = files(), stem_of(person)

    def fail(*arguments):
        raise RuntimeError("no database")

    monkeypatch.setattr(ProtectedFileField, "delete_on_commit", fail)
    with pytest.raises(RuntimeError, match="no database"):
        upload(reader, make_picture(colour="blue"))
    assert (files(), stem_of(person)) == (before, stem)


@commits
def test_a_full_disk_leaves_no_files_and_keeps_the_old_photo(reader, person, monkeypatch):
    upload(reader, make_picture())
    before, stem = files(), stem_of(person)
    write = ProtectedStorage.write

    def write_only_small(storage, name, content):
        if "large" in name:
            raise OSError("no space left")
        write(storage, name, content)

    monkeypatch.setattr(ProtectedStorage, "write", write_only_small)
    with pytest.raises(OSError, match="no space left"):
        upload(reader, make_picture(colour="blue"))
    assert (files(), stem_of(person)) == (before, stem)


def test_a_photo_cannot_be_set_inside_another_transaction(person):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        photo_set(person=person, content=make_picture())
    assert files() == []


# Refused uploads


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("photo.svg", "image/svg+xml"), ("../../etc/passwd", "text/html"), ("x.exe", ""), ("a\0b.png", "image/png")],
)
def test_the_name_and_the_declared_type_are_ignored(reader, name, content_type):
    assert upload(reader, make_picture("WEBP"), name=name, content_type=content_type).status_code == 200
    assert all(name.endswith(".webp") and len(name) in (43, 44) for name in files())


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        make_picture()[:80],
        make_picture("BMP"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(reader, person, content):
    answer = upload(reader, content)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    (error,) = answer.json()["errors"]
    assert error["field"] == "photo"
    assert "picture" in error["message"].lower()
    assert stem_of(person) == ""
    assert files() == []


@pytest.mark.parametrize("more", [0, 1])
def test_a_photo_has_at_most_5_megabytes(reader, more):
    content = make_picture("JPEG")
    answer = upload(reader, content + b"\0" * (5 * 1024 * 1024 + more - len(content)))
    if more:
        assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)
        assert "at most 5 MB" in answer.json()["detail"]
    else:
        assert answer.status_code == 200


def test_an_upload_that_is_too_large_is_not_read(reader, monkeypatch):
    monkeypatch.setattr("rest_framework.parsers.MultiPartParser.parse", None)
    answer = upload(reader, b"x" * (LARGEST_UPLOAD + 100_000))
    assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"photo": "x"}', "application/json", 415),
        (make_picture(), "image/png", 415),
        ("photo=x", "application/x-www-form-urlencoded", 415),
        ("not a form", MULTIPART_CONTENT, 400),
        ("", MULTIPART_CONTENT, 400),
        (encode_multipart(BOUNDARY, {"photo": "text"}), MULTIPART_CONTENT, 400),
        (encode_multipart(BOUNDARY, {"other": SimpleUploadedFile("a", b"b")}), MULTIPART_CONTENT, 400),
        (encode_multipart(BOUNDARY, {"photo": SimpleUploadedFile("a.png", b"")}), MULTIPART_CONTENT, 400),
        (b"x", "multipart/form-data", 400),
    ],
)
def test_a_body_without_a_photo_is_refused(reader, body, content_type, status):
    answer = reader.put(MINE, body, content_type=content_type)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)


def test_an_upload_needs_the_csrf_token(person):
    client = PortalClient(enforce_csrf_checks=True).sign_in(person)
    assert upload(client, make_picture()).status_code == 403
    assert client.delete(MINE).status_code == 403
    client.get("/api/portal/")
    headers = {"X-CSRFToken": client.cookies["intranet_csrf"].value}
    assert upload(client, make_picture(), headers=headers).status_code == 200
    assert client.delete(MINE, headers=headers).status_code == 204


def test_anonymous_visitors_get_401(visitor):
    assert upload(visitor, make_picture()).status_code == 401
    assert visitor.delete(MINE).status_code == 401


def test_people_cannot_change_the_photos_of_others(reader, photographed):
    other = photographed()
    for size in SIDES:
        url = reverse("accounts:photo", args=[other.pk, size])
        for method in ("put", "post", "patch", "delete"):
            assert getattr(reader, method)(url).status_code == 405
    assert stem_of(other) == other.photo.name


def test_uploads_are_rate_limited(reader, make_person, settings):
    for _ in range(settings.CONFIGURATION.environment.limit_uploads):
        assert upload(reader, b"no picture").status_code == 400
    refused = upload(reader, make_picture())
    assert (refused.status_code, refused["Content-Type"]) == (429, PROBLEM)
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert upload(PortalClient().sign_in(make_person()), make_picture()).status_code == 200


def test_one_picture_is_decoded_at_a_time_and_others_wait(reader, monkeypatch):
    monkeypatch.setattr(decoder, "LOCK_TIMEOUT_SECONDS", 0.01)
    other = os.open(folder().parent, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    answer = upload(reader, make_picture())
    assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
    assert answer["Retry-After"] == "5"
    os.close(other)
    for _ in range(2):
        assert upload(reader, make_picture()).status_code == 200


# Visibility


def status(client, person, ip_address=CAMPUS, size="small"):
    return client.get(f"/api/accounts/{person.pk}/photo/{size}/", REMOTE_ADDR=ip_address).status_code


@pytest.mark.parametrize(
    ("entry", "photo", "on_campus", "elsewhere"),
    [
        ("everyone", "everyone", 200, 200),
        ("everyone", "campus", 200, 404),
        ("campus", "everyone", 200, 404),
        ("everyone", "nobody", 404, 404),
        ("nobody", "everyone", 404, 404),
    ],
)
def test_a_photo_is_visible_where_entry_and_photo_are(reader, photographed, entry, photo, on_campus, elsewhere):
    other = photographed(entry_visible_to=entry, photo_visible_to=photo)
    assert status(reader, other, CAMPUS) == on_campus
    assert status(reader, other, ELSEWHERE) == elsewhere
    assert status(PortalClient().sign_in(other), other, ELSEWHERE) == 200  # the person
    assert status(PortalClient(), other) == 401


def test_a_hidden_photo_looks_like_a_missing_one(reader, photographed, make_person):
    hidden = [
        photographed(photo_visible_to="nobody").pk,
        photographed(entry_visible_to="nobody").pk,
        photographed(is_active=False).pk,
        make_person().pk,
        999_999_999,
        10**30,
    ]
    answers = [reader.get(f"/api/accounts/{pk}/photo/small/") for pk in hidden]
    assert {answer.status_code for answer in answers} == {404}
    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert len({str(sorted(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize("size", ["medium", "Small", "small.webp", "..", "%2e%2e", "small%2f..", ""])
def test_there_are_only_two_sizes(reader, photographed, size):
    assert reader.get(f"/api/accounts/{photographed().pk}/photo/{size}/").status_code == 404


def test_a_photo_with_a_missing_file_is_not_found(reader, photographed):
    person = photographed()
    for path in folder().iterdir():
        path.unlink()
    assert status(reader, person) == 404


def test_browsers_may_cache_a_photo_privately_for_an_hour(reader, photographed):
    answer = reader.get(photo_url(photographed()))
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert "Cookie" in answer["Vary"]


@pytest.mark.parametrize("accepted", ["image/webp", "image/avif,image/webp,image/*;q=0.8", "*/*", "application/json"])
def test_a_photo_is_sent_for_every_accept_header_of_browsers(reader, photographed, accepted):
    person = photographed()
    assert reader.get(photo_url(person), headers={"Accept": accepted}).status_code == 200
    refused = reader.get(f"/api/accounts/{person.pk}/photo/none/", headers={"Accept": accepted})
    assert (refused.status_code, refused["Content-Type"]) == (404, PROBLEM)
    assert refused.json()["status"] == 404


def test_a_photo_needs_one_query_more_than_the_session(reader, photographed, round_trips):
    url = photo_url(photographed())
    reader.get(url)
    with round_trips(sql=2, stores=1):
        assert reader.get(url).status_code == 200


def test_in_production_the_reverse_proxy_sends_the_file(reader, photographed, monkeypatch, settings):
    person, hidden = photographed(), photographed(photo_visible_to="nobody")
    monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
    for size in SIDES:
        answer = reader.get(photo_url(person, size))
        assert answer["X-Accel-Redirect"] == f"/protected/photos/{person.photo.name}-{size}.webp"
        assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/webp", b"")
        assert answer["Cache-Control"] == "private, max-age=3600"
        assert Path(settings.PROTECTED_ROOT, answer["X-Accel-Redirect"].removeprefix("/protected/")).is_file()
        refused = reader.get(photo_url(hidden, size))
        assert refused.status_code == 404
        assert "X-Accel-Redirect" not in refused


def test_without_a_reverse_proxy_there_is_no_header_for_it(reader, photographed):
    assert "X-Accel-Redirect" not in reader.get(photo_url(photographed()))


def test_the_url_of_a_photo_is_that_of_its_view(photographed, person):
    other = photographed()
    for size in SIDES:
        assert photo_url(other, size) == f"{reverse('accounts:photo', args=[other.pk, size])}?v={other.photo.name[:8]}"
    assert photo_url(other) == photo_url(other, "small")
    assert photo_url(person) is None


def test_lists_follow_the_same_rule(person, photographed, make_person):
    seen, campus = photographed(), photographed(photo_visible_to="campus")
    photographed(entry_visible_to="nobody")
    photographed(is_active=False)
    make_person()
    assert set(visible_photos(to=person, on_campus=True)) == {seen, campus}
    assert set(visible_photos(to=person, on_campus=False)) == {seen}


def test_photos_are_for_signed_in_people_alone():
    assert installed_plugins()["accounts"].manifest.audience.sign_in == "required"
