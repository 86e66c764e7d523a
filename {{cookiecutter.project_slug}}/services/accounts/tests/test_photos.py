"""A photo is sent, shown to those to whom its person shows it, and gone when it is taken away."""

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from PIL import Image

from core.people.models import Person
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from services.accounts import photos
from services.accounts.photos import photo_remove, photo_set, photo_url, visible_photos
from services.accounts.pictures import LARGEST_UPLOAD, SIDES
from services.accounts.views import MOST_UPLOADS

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # for what happens when a transaction is in

MINE = "/api/accounts/photo/"
PROBLEM = "application/problem+json"
CAMPUS, ELSEWHERE = "10.1.2.3", "203.0.113.9"


def picture(kind="PNG", colour="red", size=(120, 90)):
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def send(client, content, *, name="me.png", content_type="image/png", field="photo", **more):
    body = encode_multipart(BOUNDARY, {field: SimpleUploadedFile(name, content, content_type)})
    return client.put(MINE, body, content_type=MULTIPART_CONTENT, **more)


def files():
    return sorted(path.name for path in photos.folder().iterdir())


def stem_of(person):
    return Person.objects.values_list("photo", flat=True).get(pk=person.pk)


@pytest.fixture
def photographed(make_person):
    """Somebody with a photo, and with these settings."""

    def make(**more):
        person = make_person(**more)
        photo_set(person=person, content=picture())
        return person

    return make


# ------------------------------------------------------------------------------------------------------ one's own


def test_a_photo_is_sent_and_then_shown(reader, person):
    answer = send(reader, picture("JPEG"))
    assert answer.status_code == 200
    stem = stem_of(person)
    assert len(stem) == 32
    assert answer.json() == {
        size: f"/api/accounts/{person.pk}/photo/{size}/?v={stem[:8]}" for size in ("small", "large")
    }
    for size, address in answer.json().items():
        shown = reader.get(address)
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
        with Image.open(BytesIO(shown.content)) as image:
            assert image.size == (SIDES[size],) * 2
            assert image.getpixel((5, 5))[0] > 240
    assert reader.get("/api/portal/").json()["person"]["photo"] == answer.json()["small"]


def test_the_files_can_be_read_by_the_reverse_proxy_and_are_not_executable(reader, person):
    send(reader, picture())
    assert files() == [f"{stem_of(person)}-{size}.webp" for size in ("large", "small")]
    assert {path.stat().st_mode & 0o777 for path in photos.folder().iterdir()} == {0o640}


@committed
def test_another_photo_has_another_address_and_the_files_of_the_first_are_gone(reader, person):
    first = send(reader, picture()).json()
    second = send(reader, picture(colour="blue")).json()
    assert first != second
    assert files() == [f"{stem_of(person)}-{size}.webp" for size in ("large", "small")]
    with Image.open(BytesIO(reader.get(second["small"]).content)) as image:
        assert image.getpixel((5, 5))[2] > 240


@committed
def test_a_photo_is_taken_away_with_its_files(reader, person):
    address = send(reader, picture()).json()["small"]
    for _ in range(2):
        assert reader.delete(MINE).status_code == 204
    assert stem_of(person) == ""
    assert files() == []
    assert reader.get(address).status_code == 404
    assert reader.get("/api/portal/").json()["person"]["photo"] is None


@committed
def test_whoever_is_removed_leaves_no_files(photographed):
    one, other = photographed(), photographed()
    one.delete()
    assert files() == [f"{other.photo}-{size}.webp" for size in ("large", "small")]
    Person.objects.filter(pk=other.pk).delete()
    assert files() == []


@committed
def test_files_go_only_when_it_is_certain_that_they_may(photographed):
    person = photographed()
    before = files()
    for change in (lambda: photo_remove(person=person), person.delete):
        with transaction.atomic():
            change()
            assert files() == before
            transaction.set_rollback(True)
        assert files() == before
    assert Person.objects.get().photo in before[0]


@committed
def test_of_photos_that_arrive_at_once_one_is_left(person):
    def send_one(colour):
        photo_set(person=Person.objects.get(pk=person.pk), content=picture(colour=colour))
        connections.close_all()

    colours = ["red", "green", "blue", "white"]
    if connection.vendor == "postgresql":
        with ThreadPoolExecutor() as pool:
            list(pool.map(send_one, colours))
    else:  # an SQLite in memory has one connection: one after the other
        list(map(send_one, colours))
    assert files() == [f"{stem_of(person)}-{size}.webp" for size in ("large", "small")]


@committed
def test_a_photo_that_fails_to_be_saved_leaves_no_files_and_the_one_before(reader, person, monkeypatch):
    send(reader, picture())
    before, stem = files(), stem_of(person)

    def fail(*arguments):
        raise RuntimeError("no database")

    monkeypatch.setattr(photos, "delete_files_on_commit", fail)
    with pytest.raises(RuntimeError, match="no database"):
        send(reader, picture(colour="blue"))
    assert (files(), stem_of(person)) == (before, stem)


@committed
def test_a_disk_that_is_full_leaves_no_files_and_the_photo_before(reader, person, monkeypatch):
    send(reader, picture())
    before, stem = files(), stem_of(person)
    write_file = photos.write_file

    def write_small_ones(path, content):
        if "large" in path.name:
            raise OSError("no space left")
        write_file(path, content)

    monkeypatch.setattr(photos, "write_file", write_small_ones)
    with pytest.raises(OSError, match="no space left"):
        send(reader, picture(colour="blue"))
    assert (files(), stem_of(person)) == (before, stem)


def test_a_file_is_whole_or_is_not_there(monkeypatch, tmp_path):
    def fail(descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        photos.write_file(tmp_path / "a.webp", b"content")
    assert list(tmp_path.iterdir()) == []


def test_a_photo_is_not_set_within_a_transaction_that_may_fail_later(person):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        photo_set(person=person, content=picture())
    assert files() == []


# --------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("photo.svg", "image/svg+xml"), ("../../etc/passwd", "text/html"), ("x.exe", ""), ("a\0b.png", "image/png")],
)
def test_what_a_picture_is_called_means_nothing(reader, name, content_type):
    assert send(reader, picture("WEBP"), name=name, content_type=content_type).status_code == 200
    assert all(name.endswith(".webp") and len(name) in (43, 44) for name in files())


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        picture()[:80],
        picture("BMP"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(reader, person, content):
    answer = send(reader, content)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
    (error,) = answer.json()["errors"]
    assert error["field"] == "photo"
    assert "picture" in error["message"].lower()
    assert stem_of(person) == ""
    assert files() == []


@pytest.mark.parametrize("more", [0, 1])
def test_a_photo_has_5_megabytes_at_most(reader, more):
    content = picture("JPEG")
    answer = send(reader, content + b"\0" * (5 * 1024 * 1024 + more - len(content)))
    if more:
        assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)
        assert "at most 5 MB" in answer.json()["detail"]
    else:
        assert answer.status_code == 200


def test_what_is_announced_as_too_large_is_not_even_read(reader, monkeypatch):
    monkeypatch.setattr("rest_framework.parsers.MultiPartParser.parse", None)
    answer = send(reader, b"x" * (LARGEST_UPLOAD + 100_000))
    assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"photo": "x"}', "application/json", 415),
        (picture(), "image/png", 415),
        ("photo=x", "application/x-www-form-urlencoded", 415),
        ("nothing like a form", MULTIPART_CONTENT, 400),
        ("", MULTIPART_CONTENT, 400),
        (encode_multipart(BOUNDARY, {"photo": "text"}), MULTIPART_CONTENT, 400),
        (encode_multipart(BOUNDARY, {"other": SimpleUploadedFile("a", b"b")}), MULTIPART_CONTENT, 400),
        (encode_multipart(BOUNDARY, {"photo": SimpleUploadedFile("a.png", b"")}), MULTIPART_CONTENT, 400),
        (b"x", "multipart/form-data", 400),
    ],
)
def test_what_is_no_form_with_a_photo_is_refused(reader, body, content_type, status):
    answer = reader.put(MINE, body, content_type=content_type)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)


def test_a_photo_is_not_sent_from_another_site_s_page(person):
    client = PortalClient(enforce_csrf_checks=True).sign_in(person)
    assert send(client, picture()).status_code == 403
    assert client.delete(MINE).status_code == 403
    client.get("/api/portal/")
    headers = {"X-CSRFToken": client.cookies["intranet_csrf"].value}
    assert send(client, picture(), headers=headers).status_code == 200
    assert client.delete(MINE, headers=headers).status_code == 204


def test_nobody_has_no_photo(visitor):
    assert send(visitor, picture()).status_code == 401
    assert visitor.delete(MINE).status_code == 401


def test_nobody_else_s_photo_can_be_changed(reader, photographed):
    other = photographed()
    for size in SIDES:
        address = reverse("accounts:photo", args=[other.pk, size])
        for method in ("put", "post", "patch", "delete"):
            assert getattr(reader, method)(address).status_code == 405
    assert stem_of(other) == other.photo


def test_who_sends_photos_again_and_again_has_to_wait(reader, make_person):
    for _ in range(MOST_UPLOADS):
        assert send(reader, b"no picture").status_code == 400
    refused = send(reader, picture())
    assert (refused.status_code, refused["Content-Type"]) == (429, PROBLEM)
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert send(PortalClient().sign_in(make_person()), picture()).status_code == 200


def test_one_picture_is_read_at_a_time_and_others_wait_a_while(reader, monkeypatch):
    monkeypatch.setattr(photos, "LOCK_TIMEOUT_SECONDS", 0.01)
    other = os.open(photos.folder(), os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    answer = send(reader, picture())
    assert (answer.status_code, answer["Content-Type"]) == (503, PROBLEM)
    assert answer["Retry-After"] == "5"
    os.close(other)
    for _ in range(2):
        assert send(reader, picture()).status_code == 200


# ------------------------------------------------------------------------------------------------------ who sees it


def status(client, person, address=CAMPUS, size="small"):
    return client.get(f"/api/accounts/{person.pk}/photo/{size}/", REMOTE_ADDR=address).status_code


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
def test_a_photo_is_seen_by_those_to_whom_entry_and_photo_are_shown(
    reader, photographed, entry, photo, on_campus, elsewhere
):
    other = photographed(entry_visible_to=entry, photo_visible_to=photo)
    assert status(reader, other, CAMPUS) == on_campus
    assert status(reader, other, ELSEWHERE) == elsewhere
    assert status(PortalClient().sign_in(other), other, ELSEWHERE) == 200  # they themselves
    assert status(PortalClient(), other) == 401


def test_what_is_hidden_looks_like_what_is_not_there(reader, photographed, make_person):
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
    told = [{**answer.json(), "request_id": ""} for answer in answers]
    assert all(one == told[0] for one in told)
    assert len({str(sorted(answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize("size", ["medium", "Small", "small.webp", "..", "%2e%2e", "small%2f..", ""])
def test_there_are_two_sizes_and_no_other(reader, photographed, size):
    assert reader.get(f"/api/accounts/{photographed().pk}/photo/{size}/").status_code == 404


def test_a_photo_whose_file_was_lost_is_not_there(reader, photographed):
    person = photographed()
    for path in photos.folder().iterdir():
        path.unlink()
    assert status(reader, person) == 404


def test_browsers_keep_a_photo_for_themselves_and_for_a_while(reader, photographed):
    answer = reader.get(photo_url(photographed()))
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert "Cookie" in answer["Vary"]


@pytest.mark.parametrize("accepted", ["image/webp", "image/avif,image/webp,image/*;q=0.8", "*/*", "application/json"])
def test_a_photo_is_given_to_whatever_a_browser_says_that_it_takes(reader, photographed, accepted):
    person = photographed()
    assert reader.get(photo_url(person), headers={"Accept": accepted}).status_code == 200
    refused = reader.get(f"/api/accounts/{person.pk}/photo/none/", headers={"Accept": accepted})
    assert (refused.status_code, refused["Content-Type"]) == (404, PROBLEM)
    assert refused.json()["status"] == 404


def test_a_photo_costs_one_query_more_than_signing_in(reader, photographed, round_trips):
    address = photo_url(photographed())
    reader.get(address)
    with round_trips(sql=2, stores=1):
        assert reader.get(address).status_code == 200


def test_in_production_the_reverse_proxy_is_told_which_file_to_send(reader, photographed, monkeypatch, settings):
    person, hidden = photographed(), photographed(photo_visible_to="nobody")
    monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
    for size in SIDES:
        answer = reader.get(photo_url(person, size))
        assert answer["X-Accel-Redirect"] == f"/protected/photos/{person.photo}-{size}.webp"
        assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/webp", b"")
        assert answer["Cache-Control"] == "private, max-age=3600"
        assert Path(settings.PROTECTED_ROOT, answer["X-Accel-Redirect"].removeprefix("/protected/")).is_file()
        refused = reader.get(photo_url(hidden, size))
        assert refused.status_code == 404
        assert "X-Accel-Redirect" not in refused


def test_where_no_reverse_proxy_sends_files_none_is_named(reader, photographed):
    assert "X-Accel-Redirect" not in reader.get(photo_url(photographed()))


def test_the_address_of_a_photo_is_that_of_its_view(photographed, person):
    other = photographed()
    for size in SIDES:
        assert photo_url(other, size) == f"{reverse('accounts:photo', args=[other.pk, size])}?v={other.photo[:8]}"
    assert photo_url(other) == photo_url(other, "small")
    assert photo_url(person) is None


def test_the_rule_for_lists_is_the_rule_for_one(person, photographed, make_person):
    seen, campus = photographed(), photographed(photo_visible_to="campus")
    photographed(entry_visible_to="nobody")
    photographed(is_active=False)
    make_person()
    assert set(visible_photos(to=person, on_campus=True)) == {seen, campus}
    assert set(visible_photos(to=person, on_campus=False)) == {seen}


def test_photos_are_for_signed_in_people_alone():
    assert installed_plugins()["accounts"].manifest.audience.sign_in == "required"
