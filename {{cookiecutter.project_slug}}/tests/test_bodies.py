"""A body has at most 1 MB, except where a manifest declares an upload and the visitor has signed in."""

import re

import pytest

from core.access.bodies import largest_body, upload_patterns
from core.configuration.problems import ConfigurationError
from core.plugins.discovery import Plugin, read_manifest
from core.plugins.manifest import LARGEST_UPLOAD_MEGABYTES, Manifest
from core.plugins.uploads import MEGABYTE, uploads

PHOTO = "/api/accounts/photo/"


def plugin(tmp_path, **declared):
    return Plugin("papers", "apps", tmp_path, Manifest(title="Papers", uploads=declared))


@pytest.mark.parametrize(
    ("path", "megabytes"),
    [
        ("/api/papers/me/cover/", 3),
        ("/api/papers/7/files/", 5),
        ("/api/papers/a-b_c/files/", 5),
        ("/api/papers/7/8/files/", 1),
        ("/api/papers//files/", 1),
        ("/api/papers/7/files", 1),
        ("/api/papers/7/files/more/", 1),
        ("/api/papers/me/coverX", 1),
        ("/api/other/me/cover/", 1),
        ("/x/api/papers/me/cover/", 1),
    ],
)
def test_a_declared_path_takes_what_the_manifest_says(tmp_path, path, megabytes):
    (cover, files) = uploads([plugin(tmp_path, **{"me/cover/": 3, "*/files/": 9})], at_most=5)
    sizes = [one.megabytes for one in (cover, files) if re.search(one.pattern, path)]
    assert max(sizes, default=1) == megabytes


@pytest.mark.parametrize("path", ["/photo/", "photo", "", "pho to/", "a//b/", "../x/", "a/**/", "x{1}/", 'x"/', "x;/"])
def test_another_path_is_refused(tmp_path, path):
    (tmp_path / "manifest.yaml").write_text(f"title: Papers\nuploads: {{'{path}': 2}}\n")
    with pytest.raises(ConfigurationError) as refused:
        read_manifest(tmp_path, "apps/papers/manifest.yaml")
    assert "a path such as me/photo/" in str(refused.value)


@pytest.mark.parametrize("megabytes", [0, -1, LARGEST_UPLOAD_MEGABYTES + 1, "many"])
def test_another_size_is_refused(tmp_path, megabytes):
    (tmp_path / "manifest.yaml").write_text(f"title: Papers\nuploads: {{me/photo/: {megabytes}}}\n")
    with pytest.raises(ConfigurationError) as refused:
        read_manifest(tmp_path, "apps/papers/manifest.yaml")
    assert "uploads.me/photo/" in str(refused.value)


def put(client, path, size):
    return client.generic("PUT", path, b"x" * size, content_type="application/json")


@pytest.mark.parametrize("path", ["/api/polls/draft/", "/_allauth/browser/v1/auth/login", "/api/nothing/", "/nothing/"])
def test_a_larger_body_is_refused_before_it_is_read(reader, path):
    response = put(reader, path, MEGABYTE + 1)
    assert response.status_code == 413
    assert "more than 1 MB" in response.content.decode()


def test_a_body_of_a_megabyte_is_not_refused_for_its_size(reader):
    assert put(reader, "/api/accounts/nothing/", MEGABYTE).status_code == 404


def test_the_photo_declares_its_size(reader):
    assert largest_body(PHOTO) == 6
    assert put(reader, PHOTO, 5 * MEGABYTE).status_code == 415  # no form
    assert put(reader, PHOTO, 6 * MEGABYTE + 1).status_code == 413


def test_the_largest_upload_is_a_setting(reader, settings, monkeypatch):
    environment = settings.CONFIGURATION.environment.model_copy(update={"limit_body_megabytes": 2})
    monkeypatch.setattr(type(settings.CONFIGURATION), "environment", environment, raising=False)
    upload_patterns.cache_clear()
    try:
        assert largest_body(PHOTO) == 2
    finally:
        upload_patterns.cache_clear()


def test_the_reverse_proxy_learns_who_has_signed_in(reader, visitor, db):
    assert reader.get("/protected/signed-in/").status_code == 204
    assert visitor.get("/protected/signed-in/").status_code == 401
