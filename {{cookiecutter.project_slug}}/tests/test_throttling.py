"""One person may write, search and upload only so often, whichever app it is for. A refusal says when to try again."""

import pytest
from django.urls import include, path
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.throttling import (
    ANONYMOUS_FACTOR,
    PersonThrottle,
    SearchThrottle,
    UploadThrottle,
    WriteThrottle,
)
from core.http.clients import client_network
from core.stores.session_store import ProtectedValues
from core.testing.client import PortalClient
from core.testing.counting import exact_round_trips


class Writes(APIView):
    """A view of an app that knows nothing of limits."""

    permission_classes = [AllowAny]

    def get(self, request):
        return Response({})

    post = put = patch = delete = get


class Uploads(Writes):
    throttle_classes = [WriteThrottle, UploadThrottle]


class VoteThrottle(PersonThrottle):
    """A limit of an app's own, as docs/reference/python.md shows it."""

    scope = "polls.votes"
    rate = "2/day"
    description = "vote"


class Votes(Writes):
    throttle_classes = [WriteThrottle, VoteThrottle]


urlpatterns = [
    path("api/writes/", Writes.as_view()),
    path("api/uploads/", Uploads.as_view()),
    path("api/votes/", Votes.as_view()),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def limits(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    for throttle, rate in ((WriteThrottle, "5/minute"), (SearchThrottle, "3/minute"), (UploadThrottle, "2/hour")):
        monkeypatch.setattr(throttle, "rate", rate, raising=False)


def statuses(client, url, times, *, method="post", **more):
    return [getattr(client, method)(url, **more).status_code for _ in range(times)]


def test_a_person_may_change_only_so_much_in_a_minute(reader):
    assert statuses(reader, "/api/writes/", 6) == [200] * 5 + [429]
    refused = reader.delete("/api/writes/")
    assert refused["Content-Type"] == "application/problem+json"
    assert 0 < int(refused["Retry-After"]) <= 60
    detail = refused.json()["detail"]
    assert detail == "You can change something 5 times in a minute."
    assert reader.get("/api/writes/").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_every_unsafe_method_counts(reader, method):
    assert statuses(reader, "/api/writes/", 6, method=method) == [200] * 5 + [429]


def test_the_limit_is_for_all_apps_and_addresses_of_a_person_together(reader, make_person):
    assert statuses(reader, "/api/writes/", 4, REMOTE_ADDR="10.0.0.1") == [200] * 4
    assert statuses(reader, "/api/votes/", 2, REMOTE_ADDR="10.0.0.2") == [200, 429]
    assert statuses(PortalClient().sign_in(make_person()), "/api/writes/", 1) == [200]


def test_another_session_of_the_person_has_no_limit_of_its_own(reader, person):
    assert statuses(reader, "/api/writes/", 5) == [200] * 5
    assert statuses(PortalClient().sign_in(person), "/api/writes/", 1) == [429]


@pytest.mark.parametrize(
    ("one", "other", "are_one_client"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_anonymous_visitors_are_counted_by_address_or_ipv6_network(db, visitor, one, other, are_one_client):
    most = 5 * ANONYMOUS_FACTOR
    assert statuses(visitor, "/api/writes/", most + 1, REMOTE_ADDR=one) == [200] * most + [429]
    assert statuses(visitor, "/api/writes/", 1, REMOTE_ADDR=other) == [429 if are_one_client else 200]
    assert (client_network(one) == client_network(other)) is are_one_client


def test_a_person_may_search_only_so_often_in_a_minute(reader, make_person):
    assert statuses(reader, "/api/people/?search=asha", 3, method="get") == [200] * 3
    refused = reader.get("/api/people/?search=asha")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.json()["detail"].startswith("You can search 3 times in a minute.")
    for url in ("/api/people/", "/api/people/?search=", "/api/people/me/"):
        assert reader.get(url).status_code == 200


def test_a_person_may_upload_only_so_often_in_an_hour(reader):
    assert statuses(reader, "/api/uploads/", 3) == [200, 200, 429]
    assert 60 < int(reader.put("/api/uploads/")["Retry-After"]) <= 3600
    assert reader.get("/api/uploads/").status_code == 200


def test_an_app_can_have_a_limit_of_its_own(reader):
    assert statuses(reader, "/api/votes/", 3) == [200, 200, 429]
    assert reader.post("/api/votes/").json()["detail"].startswith("You can vote 2 times in a day.")
    assert statuses(reader, "/api/writes/", 1) == [200]


def test_counting_is_one_round_trip_of_the_view(reader):
    reader.get("/api/writes/")
    with exact_round_trips(sql=1, stores=1):  # the person; the session
        reader.get("/api/writes/")
    with exact_round_trips(sql=1, stores=2):  # and the counter
        reader.post("/api/writes/")


def test_without_the_counters_a_change_is_refused_and_nothing_is_lost(reader, monkeypatch):
    def fail(*arguments, **more):
        raise RedisConnectionError("down")

    monkeypatch.setattr(ProtectedValues, "run_script", fail)
    assert reader.post("/api/writes/").status_code == 503
    assert reader.get("/api/writes/").status_code == 200
