"""What a person typed is kept for a while: bounded, private, and without risk to the page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import include, path
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError
from rest_framework import serializers

from core.api.drafts import DraftSerializer, DraftsUnavailable, DraftView
from core.api.throttling import DraftThrottle
from core.stores.application_store import ApplicationStore, application_store
from core.stores.drafts import MAX_BYTES, MOST_DRAFTS, DraftTooLarge, drafts
from core.testing.client import PortalClient
from core.testing.counting import exact_round_trips
from core.testing.waiting import wait_until

WEEK = timedelta(days=7)
URL = "/api/letters/draft/"


class LetterDraftSerializer(DraftSerializer):
    text = serializers.CharField(max_length=50_000, allow_blank=True, required=False)


class LetterDraftView(DraftView):
    """The view of an app, as docs/how-to/keep-temporary-data.md shows it."""

    serializer_class = LetterDraftSerializer
    namespace, name, lifetime = "library", "letter", WEEK


class RowDraftView(LetterDraftView):
    def draft_name(self):
        return f"letter-{self.kwargs['pk']}"


urlpatterns = [
    path("api/letters/draft/", LetterDraftView.as_view()),
    path("api/letters/<int:pk>/draft/", RowDraftView.as_view()),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def urls(settings):
    settings.ROOT_URLCONF = __name__


class TestStore:
    def test_a_draft_is_kept_for_its_lifetime(self):
        before = datetime.now(UTC)
        saved = drafts("library").save(1, "letter", {"text": "Dear"}, lifetime=WEEK)
        assert drafts("library").read(1, "letter") == saved
        assert saved.value == {"text": "Dear"}
        assert before <= saved.saved_at <= datetime.now(UTC)
        remaining = application_store("library").remaining("draft:1:letter")
        assert WEEK - timedelta(minutes=1) < remaining <= WEEK

    def test_a_draft_belongs_to_one_person_one_app_and_one_name(self):
        drafts("library").save(1, "letter", {}, lifetime=WEEK)
        for app, person_id, name in (("polls", 1, "letter"), ("library", 2, "letter"), ("library", 1, "loan")):
            assert drafts(app).read(person_id, name) is None

    def test_a_newer_draft_takes_the_place_of_an_older_one(self):
        for text in ("De", "Dear"):
            drafts("library").save(1, "letter", {"text": text}, lifetime=WEEK)
        assert drafts("library").read(1, "letter").value == {"text": "Dear"}

    def test_a_discarded_draft_is_gone(self):
        library = drafts("library")
        library.save(1, "letter", {}, lifetime=WEEK)
        assert (library.discard(1, "letter"), library.discard(1, "letter")) == (True, False)
        assert library.read(1, "letter") is None

    def test_a_person_has_only_so_many_drafts_in_an_app(self):
        library = drafts("library")
        library.save(2, "letter-0", {}, lifetime=WEEK)
        for number in range(MOST_DRAFTS + 5):
            library.save(1, f"letter-{number}", {}, lifetime=WEEK + timedelta(minutes=number))
        kept = [number for number in range(MOST_DRAFTS + 5) if library.read(1, f"letter-{number}")]
        assert kept == list(range(5, MOST_DRAFTS + 5))
        assert library.read(2, "letter-0")

    def test_a_draft_that_expires_first_is_kept_when_it_is_the_newest(self):
        library = drafts("library")
        for number in range(MOST_DRAFTS):
            library.save(1, f"letter-{number}", {}, lifetime=WEEK)
        library.save(1, "short", {}, lifetime=timedelta(hours=1))
        assert library.read(1, "short")
        assert sum(bool(library.read(1, f"letter-{number}")) for number in range(MOST_DRAFTS)) == MOST_DRAFTS - 1

    def test_expired_and_discarded_drafts_do_not_count(self):
        library = drafts("library")
        for number in range(MOST_DRAFTS):
            library.save(1, f"short-{number}", {}, lifetime=timedelta(milliseconds=50))
        wait_until(lambda: not library.read(1, f"short-{MOST_DRAFTS - 1}"))
        library.save(1, "kept", {}, lifetime=WEEK)
        for number in range(MOST_DRAFTS - 1):
            library.save(1, f"letter-{number}", {}, lifetime=WEEK)
        assert library.read(1, "kept")

    def test_what_bounds_the_drafts_expires_with_the_last_of_them(self):
        library, hour = drafts("library"), timedelta(hours=1)
        for name, lifetime in (("long", WEEK), ("short", hour)):
            library.save(1, name, {}, lifetime=lifetime)
        assert WEEK - hour < application_store("library").remaining("drafts:1") <= WEEK

    def test_a_large_draft_is_refused_and_the_earlier_one_stays(self):
        library = drafts("library")
        library.save(1, "letter", {"text": "Dear"}, lifetime=WEEK)
        with pytest.raises(DraftTooLarge, match=f"at most {MAX_BYTES} bytes as JSON, not "):
            library.save(1, "letter", {"text": "x" * MAX_BYTES}, lifetime=WEEK)
        assert library.read(1, "letter").value == {"text": "Dear"}

    @pytest.mark.parametrize("name", ["", "a b", "a:b", "<b>", "x" * 61, "दून"])
    def test_a_name_has_letters_digits_and_some_signs(self, name):
        for use in (drafts("library").read, drafts("library").discard):
            with pytest.raises(ValueError, match="name of a draft"):
                use(1, name)

    @pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=91)])
    def test_a_lifetime_is_at_most_90_days(self, lifetime):
        with pytest.raises(ValueError, match="90 days"):
            drafts("library").save(1, "letter", {}, lifetime=lifetime)

    def test_each_call_is_one_round_trip(self, db):
        library = drafts("library")
        library.save(1, "letter", {}, lifetime=WEEK)
        for call in (
            lambda: library.save(1, "letter", {}, lifetime=WEEK),
            lambda: library.read(1, "letter"),
            lambda: library.discard(1, "letter"),
        ):
            with exact_round_trips(sql=0, stores=1):
                call()


class TestView:
    def test_a_draft_is_saved_read_and_discarded(self, reader):
        assert reader.get(URL).status_code == 204
        saved = reader.put_json(URL, {"text": "Dear"})
        assert (saved.status_code, saved.json()["text"]) == (200, "Dear")
        assert reader.get(URL).json() == saved.json()
        assert reader.delete(URL).status_code == 204
        assert reader.get(URL).status_code == 204
        assert reader.delete(URL).status_code == 204

    def test_it_describes_itself(self, reader):
        assert reader.options(URL).status_code == 200

    def test_a_draft_is_private(self, reader, visitor, make_person):
        reader.put_json(URL, {"text": "Dear"})
        assert PortalClient().sign_in(make_person()).get(URL).status_code == 204
        for answer in (visitor.get(URL), visitor.put_json(URL, {"text": ""}), visitor.delete(URL)):
            assert answer.status_code == 401

    def test_each_row_can_have_a_draft(self, reader):
        reader.put_json("/api/letters/1/draft/", {"text": "one"})
        assert reader.get("/api/letters/1/draft/").json()["text"] == "one"
        assert reader.get("/api/letters/2/draft/").status_code == 204

    def test_fields_that_the_form_does_not_have_are_left_out(self, reader):
        reader.put_json(URL, {"text": "Dear", "more": "x" * 5000, "saved_at": "2000-01-01T00:00:00Z"})
        draft = reader.get(URL).json()
        assert sorted(draft) == ["saved_at", "text"]
        assert draft["saved_at"] > "2020"

    @pytest.mark.parametrize("length", [MAX_BYTES, 50_001, 100_000])
    def test_a_large_draft_is_an_error_that_says_what_is_allowed(self, reader, length):
        answer = reader.put_json(URL, {"text": "x" * length})
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert str(MAX_BYTES) in error["message"] or "50000" in error["message"]

    def test_saving_by_itself_uses_up_no_change_of_the_person(self, reader, monkeypatch):
        monkeypatch.setattr(DraftThrottle, "rate", "3/minute")
        assert [reader.put_json(URL, {"text": "a"}).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert reader.patch_json("/api/people/me/", {"photo_visible_to": "campus"}).status_code == 200

    @pytest.mark.parametrize("error", [RedisConnectionError("down"), OutOfMemoryError("full")])
    def test_a_store_that_is_down_or_full_is_a_503_that_says_the_text_stays(self, reader, monkeypatch, error):
        def fail(*arguments, **more):
            raise error

        for method in ("get", "run_script"):
            monkeypatch.setattr(ApplicationStore, method, fail)
        for answer in (reader.get(URL), reader.put_json(URL, {"text": "Dear"}), reader.delete(URL)):
            assert (answer.status_code, answer["Retry-After"]) == (503, "5")
            assert answer.json()["detail"] == DraftsUnavailable.default_detail
