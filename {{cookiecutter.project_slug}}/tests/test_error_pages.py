"""Errors are pages in the portal's name and language, with what to do; programs get problem details."""

import json
import re

import pytest
from django.http import HttpResponse
from django.urls import path
from django.utils.html import escape

from core.deployment.error_pages import STATUSES, error_files
from core.http.error_pages import error_text, wait_text
from core.http.problems import error_response

urlpatterns = [
    path("error/<int:status>", lambda request, status: error_response(request, status)),
    path("limited", lambda request: error_response(request, 429, "Too many requests.", retry_after=125)),
    path("api/limited", lambda request: error_response(request, 429, "Too many requests.", retry_after=125)),
    path("bug", lambda request: HttpResponse(1 / 0)),
]
handler500 = "core.http.views.server_error"


@pytest.fixture(autouse=True)
def urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize("status", STATUSES)
def test_a_page_says_what_happened_and_what_to_do(client, settings, status):
    client.cookies["scheme"] = "dark"
    response = client.get(f"/error/{status}")
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    page = response.text
    text = error_text(status)
    assert page.count("<h1>") == 1
    assert f"<h1>{escape(text.title)}</h1>" in page
    assert f"<title>{escape(text.title)} · {escape(settings.PORTAL.name)}</title>" in page
    assert 'data-scheme="dark"' in page
    assert escape(settings.PORTAL.maintainers.email) in page
    assert response["X-Request-ID"] in page
    assert not re.search(r"\bError\b|style=|<script|<style", page)


def test_a_bug_shows_the_page_and_no_traceback(client):
    client.raise_request_exception = False
    response = client.get("/bug")
    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert "division" not in response.text


def test_a_limit_says_how_many_minutes_are_left(client):
    page = client.get("/limited")
    assert "Too many requests. Try again in 3 minutes." in page.text
    assert page["Retry-After"] == "125"
    assert client.get("/api/limited").json()["detail"] == "Too many requests. Try again in 3 minutes."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 second."), (1, "1 second."), (59.2, "60 seconds."), (60, "1 minute."), (61, "2 minutes.")],
)
def test_the_time_left_is_rounded_up(seconds, text):
    assert wait_text(seconds) == f"Try again in {text}"


def test_a_page_leads_to_sign_in_and_back(client):
    assert 'href="/sign-in?next=/error/401%3Fa%3D1"' in client.get("/error/401?a=1").text


class TestOfNginx:
    @pytest.fixture
    def files(self, settings):
        portal = settings.PORTAL.model_copy(update={"name": "A & <B>", "language": "en", "languages": ["en", "ar"]})
        return dict(error_files(portal))

    def test_every_error_is_a_page_and_problem_details_in_each_language(self, files):
        names = [str(status) for status in STATUSES] + ["plain-http/403", "maintenance/503"]
        assert set(files) == {
            f"{code}/{name}.{kind}" for code in ("en", "ar") for name in names for kind in ("html", "json")
        }
        for name, content in files.items():
            assert content.count("@ID@") == 1, name
        assert '<html lang="ar" dir="rtl" data-scheme="">' in files["ar/404.html"]

    def test_the_pages_are_in_the_portal_s_name(self, files):
        assert "<span>A &amp; &lt;B&gt;</span>" in files["en/500.html"]

    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_an_error_that_passes_reloads_by_itself(self, files, status):
        assert '<meta http-equiv="refresh" content="5">' in files[f"en/{status}.html"]
        assert "This page reloads by itself." in files[f"en/{status}.html"]
        assert json.loads(files[f"en/{status}.json"])["detail"].endswith("Try again in a few seconds.")

    def test_others_do_not_reload(self, files):
        assert "refresh" not in files["en/404.html"] + files["en/403.html"] + files["en/500.html"]

    def test_programs_get_what_django_would_send(self, files):
        problem = json.loads(files["en/429.json"])
        assert problem == {
            "type": "about:blank",
            "title": "Too Many Requests",
            "status": 429,
            "detail": error_text(429).detail,
            "request_id": "@ID@",
        }

    def test_a_page_for_visitors_from_outside_has_no_link_that_is_refused_too(self, files):
        main = files["en/403.html"].partition("<main>")[2]
        assert 'href="/"' not in main
        assert "campus network or its VPN" in main
