"""Answers of the API and static files are compressed, and what holds secrets is not."""

import gzip
import json

import pytest
from django.conf import settings as portal_settings

GZIP = {"Accept-Encoding": "gzip, deflate"}


@pytest.fixture
def static(client, settings, tmp_path):
    """Return a function that gets a static file which holds this content."""
    settings.STATICFILES_DIRS = [tmp_path]

    def static(name, content=b"x" * 500, *, copies=(), accepted="gzip, br"):
        (tmp_path / name).write_bytes(content)
        for suffix, copy in copies:
            (tmp_path / f"{name}{suffix}").write_bytes(copy)
        return client.get(f"/static/{name}", headers={"Accept-Encoding": accepted})

    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    yield static
    finders.get_finder.cache_clear()


def test_an_answer_of_the_api_is_compressed(db, visitor):
    response = visitor.get("/api/portal/", headers=GZIP)
    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
    assert json.loads(gzip.decompress(response.content))["name"] == portal_settings.PORTAL.name
    assert "Content-Encoding" not in visitor.get("/api/portal/").headers


@pytest.mark.parametrize("path", ["/_allauth/browser/v1/config", "/api/no-such-app/"])
def test_what_may_hold_secrets_and_errors_are_not_compressed(db, visitor, path):
    response = visitor.get(path, headers=GZIP)
    assert len(response.content) > 100
    assert "Content-Encoding" not in response.headers


def test_the_copies_of_a_build_are_sent_as_they_are(static):
    copies = [(".gz", b"as gzip"), (".br", b"as brotli")]
    for accepted, encoding, content in (
        ("gzip, br", "br", b"as brotli"),
        ("gzip", "gzip", b"as gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", b"as gzip"),
        ("identity", None, b"x" * 500),
    ):
        response = static("shell.js", copies=copies, accepted=accepted)
        assert response.headers.get("Content-Encoding") == encoding
        assert response.content == content
        assert response["Content-Type"].endswith("/javascript")
        assert response["Vary"].startswith("Accept-Encoding")


def test_a_file_without_a_copy_is_compressed_when_it_is_text(static):
    assert gzip.decompress(static("page.css", b"a {}" * 100).content) == b"a {}" * 100
    assert gzip.decompress(static("page.css", b"b {}" * 100).content) == b"b {}" * 100, "the file has changed"
    assert "Content-Encoding" not in static("photo.png").headers


def test_a_name_with_a_digest_never_changes_and_others_are_checked(static, client):
    assert static("shell.0123456789ab.js")["Cache-Control"] == "public, max-age=31536000, immutable"
    first = static("plain.js")
    assert first["Cache-Control"] == "no-cache"
    again = client.get("/static/plain.js", headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize(("path", "status"), [("nothing.js", 404), ("", 404), ("../manage.py", 400)])
def test_what_is_no_static_file_is_refused(client, path, status):
    assert client.get(f"/static/{path}").status_code == status
