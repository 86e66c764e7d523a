"""People ask, vote once and see the results; the author and maintainers run a poll."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.polls.actions import DRAFT, DRAFT_LIFETIME
from apps.polls.demo import seed
from apps.polls.models import Poll
from apps.polls.views import POLLS_LIMIT
from core.audit.models import AuditEntry
from core.people.seeding import seed_people
from core.stores.application_store import application_store
from core.testing.client import PortalClient
from services.notifications.models import Message

from .conftest import TOMORROW

LIST, DRAFT_URL = "/api/polls/", "/api/polls/draft/"


def new_poll(**changes):
    return {"question": "Tea?", "choices": ["Yes", "No"], "closes_at": timezone.now() + TOMORROW} | changes


class TestList:
    def test_anonymous_visitors_see_polls_newest_first(self, visitor, make_poll):
        for question in ("First?", "Second?"):
            make_poll(question=question)
        answer = visitor.get(LIST).json()
        assert [poll["question"] for poll in answer["results"]] == ["Second?", "First?"]
        poll = Poll.objects.first()
        assert answer["results"][0]["choices"] == [
            {"id": choice.pk, "text": choice.text, "votes": 0} for choice in poll.choices.all()
        ]

    def test_open_polls_come_by_their_end_and_closed_ones_by_the_latest(self, visitor, make_poll):
        for days in (2, 1, 3, -2, -1, -3):
            make_poll(question=str(days), closes_in=timedelta(days=days))
        questions = {
            show: [poll["question"] for poll in visitor.get(f"{LIST}?show={show}").json()["results"]]
            for show in ("open", "closed")
        }
        assert questions == {"open": ["1", "2", "3"], "closed": ["-1", "-2", "-3"]}

    def test_a_person_sees_what_they_have_not_voted_in_and_what_they_asked(self, visitor, reader, person, make_poll):
        mine = make_poll(question="Mine", author=person, closes_in=-TOMORROW)
        voted, waiting = make_poll(question="Voted"), make_poll(question="Waiting")
        reader.put_json(f"{LIST}{voted.pk}/vote/", {"choice": voted.choices.first().pk})

        def questions(client, show):
            return [poll["question"] for poll in client.get(f"{LIST}?show={show}").json()["results"]]

        assert questions(reader, "not_voted") == [waiting.question]
        assert questions(reader, "mine") == [mine.question]
        assert questions(visitor, "not_voted") == questions(visitor, "mine") == []
        assert reader.get(f"{LIST}counts/").json() == {"open": 2, "closed": 1, "not_voted": 1}
        assert visitor.get(f"{LIST}counts/").json() == {"open": 2, "closed": 1, "not_voted": 0}

    def test_each_list_has_pages(self, visitor, make_poll):
        for days in range(1, 6):
            make_poll(question=str(days), closes_in=timedelta(days=days))
        found, url = [], f"{LIST}?show=open&page_size=2"
        while url:
            page = visitor.get(url).json()
            found += [poll["question"] for poll in page["results"]]
            url = page["next"]
        assert found == ["1", "2", "3", "4", "5"]

    @pytest.mark.parametrize("query", ["show=both", "show=open&show=both", "cursor=cD1ub25zZW5zZQ==&show=open"])
    def test_another_list_or_a_made_up_cursor_is_refused(self, db, visitor, query):
        assert visitor.get(f"{LIST}?{query}").status_code in {400, 404}

    def test_a_cursor_of_another_list_is_harmless(self, visitor, make_poll):
        for days in (1, 2, 3):
            make_poll(closes_in=timedelta(days=days))
        cursor = visitor.get(f"{LIST}?page_size=1").json()["next"].partition("cursor=")[2]
        assert visitor.get(f"{LIST}?show=open&cursor={cursor}").status_code in {200, 404}

    @pytest.mark.parametrize("show", ["open", "not_voted", "mine"])
    def test_a_long_list_costs_no_more_round_trips(self, reader, person, make_poll, round_trips, show):
        for number in range(20):
            make_poll(question=str(number), author=person)
        reader.get(f"{LIST}?show={show}")
        with round_trips(sql=4, stores=2):  # the session, and the results of all polls
            assert len(reader.get(f"{LIST}?show={show}").json()["results"]) == 20
        with round_trips(sql=3, stores=1):  # the person, open and closed, not voted
            reader.get(f"{LIST}counts/")


class TestPage:
    def test_a_poll_costs_one_round_trip_to_the_cache(self, reader, make_poll, round_trips):
        poll = make_poll()
        reader.get(f"{LIST}{poll.pk}/")
        with round_trips(sql=4, stores=2):  # the person, the poll, its choices, the vote; the session, the results
            reader.get(f"{LIST}{poll.pk}/")

    def test_it_says_what_the_reader_may_do(self, reader, visitor, person, make_poll):
        poll = make_poll(author=person, votes_can_change=False)
        own, other = (client.get(f"{LIST}{poll.pk}/").json() for client in (reader, visitor))
        assert (own["mine"], own["open"], own["votes_can_change"]) == (True, True, False)
        assert (other["mine"], other["my_choice"]) == (False, None)

    def test_people_who_have_signed_in_see_who_asked(self, reader, visitor, make_person, make_poll):
        author = make_person(display_name="Asima Devi")
        address = f"{LIST}{make_poll(author=author).pk}/"
        assert reader.get(address).json()["author"] == {"id": author.pk, "display_name": "Asima Devi"}
        assert visitor.get(address).json()["author"] is None
        author.delete()
        assert reader.get(address).json()["author"] is None

    def test_a_poll_that_does_not_exist_is_not_found(self, db, visitor):
        assert visitor.get(f"{LIST}0/").status_code == 404


class TestAsking:
    def test_a_person_opens_a_poll_and_nobody_is_notified(self, reader, person):
        answer = reader.post_json(LIST, new_poll(question="Really?"))
        assert answer.status_code == 201
        assert Poll.objects.get(pk=answer.json()["id"]).author == person
        assert not Message.objects.exists()

    def test_anonymous_visitors_do_not(self, db, visitor):
        assert visitor.post_json(LIST, new_poll()).status_code == 401
        assert visitor.get("/api/polls/audience/").status_code == 401

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"question": ""}, "question"),
            ({"question": "x" * 201}, "question"),
            ({"question": "x" * 100_000}, "question"),
            ({"choices": ["One"]}, "choices"),
            ({"choices": ["Same", "Same"]}, "choices"),
            ({"choices": ["Same", "Same "]}, "choices"),
            ({"choices": [str(number) for number in range(11)]}, "choices"),
            ({"choices": ["x" * 100_000, "No"]}, "choices"),
            ({"closes_at": "2000-01-01T00:00:00Z"}, "closes_at"),
            ({"closes_at": "2999-01-01T00:00:00Z"}, "closes_at"),
            ({"closes_at": "soon"}, "closes_at"),
            ({"votes_can_change": "perhaps"}, "votes_can_change"),
            ({"results_after_vote": "perhaps"}, "results_after_vote"),
            ({"roles": ["wizard"]}, "roles"),
            ({"roles": "student"}, "roles"),
        ],
    )
    def test_an_invalid_poll_is_refused_and_notifies_nobody(self, announcer, changes, field):
        answer = announcer.post_json(LIST, new_poll(**changes))
        assert answer.status_code == 400
        assert field in [error["field"].split(".")[0] for error in answer.json()["errors"]]
        assert not Poll.objects.exists()
        assert not Message.objects.exists()

    def test_an_unknown_role_names_the_known_ones(self, announcer):
        (error,) = announcer.post_json(LIST, new_poll(roles=["wizard"])).json()["errors"]
        assert error["message"].startswith("There is no role wizard. The roles are student, faculty,")

    def test_a_person_opens_only_so_many_polls_in_a_day(self, reader, monkeypatch):
        monkeypatch.setattr("apps.polls.views.POLLS_LIMIT", "2/day")
        assert POLLS_LIMIT == "20/day"
        assert reader.post_json(LIST, new_poll(question="")).status_code == 400  # does not count
        assert [reader.post_json(LIST, new_poll()).status_code for _ in range(3)] == [201, 201, 429]
        refused = reader.post_json(LIST, new_poll())
        assert refused.json()["detail"].startswith("You can open a poll 2 times in a day.")
        assert 0 < int(refused["Retry-After"]) <= 86_400


class TestAnnouncing:
    @pytest.mark.parametrize("role", ["faculty", "staff", "maintainer"])
    def test_some_roles_notify_the_people_with_other_roles(self, make_person, give_role, role):
        author = make_person()
        give_role(author, role)
        client = PortalClient().sign_in(author)
        assert "student" in [one["name"] for one in client.get("/api/polls/audience/").json()["roles"]]
        answer = client.post_json(LIST, new_poll(roles=["student", "guest", "student"]))
        assert answer.status_code == 201
        message = Message.objects.get()
        assert (message.app, message.kind, message.params) == ("polls", "published", {"question": "Tea?"})
        assert (message.audience, message.link) == ({"roles": ["guest", "student"]}, f"/polls/{answer.json()['id']}/")

    def test_others_do_not(self, reader, person, give_role):
        give_role(person, "student")
        assert reader.get("/api/polls/audience/").json() == {"roles": []}
        answer = reader.post_json(LIST, new_poll(roles=["student"]))
        assert answer.status_code == 403
        assert "Faculty" in answer.json()["detail"]
        assert not Poll.objects.exists()


class TestDraft:
    def test_a_draft_is_private_and_lasts_a_week(self, reader, person, make_person):
        draft = {"question": "Half a", "choices": ["Yes ", ""], "closes_at": "", "roles": ["student"]}
        assert reader.get(DRAFT_URL).status_code == 204
        saved = reader.put_json(DRAFT_URL, draft).json()
        assert reader.get(DRAFT_URL).json() == saved == draft | {"saved_at": saved["saved_at"]}
        assert application_store("polls").remaining(f"draft:{person.pk}:{DRAFT}") <= DRAFT_LIFETIME
        assert PortalClient().sign_in(make_person()).get(DRAFT_URL).status_code == 204
        assert reader.delete(DRAFT_URL).status_code == 204
        assert reader.get(DRAFT_URL).status_code == 204

    @pytest.mark.parametrize(
        "draft", [{"question": "x" * 100_000}, {"choices": ["x" * 100_000]}, {"choices": [""] * 11}, {"roles": 1}]
    )
    def test_a_draft_has_the_limits_of_the_form(self, reader, draft):
        assert reader.put_json(DRAFT_URL, draft).status_code == 400

    @pytest.mark.django_db(transaction=True)
    def test_opening_a_poll_deletes_the_draft(self, reader):
        reader.put_json(DRAFT_URL, {"question": "Tea?", "choices": []})
        reader.post_json(LIST, new_poll())
        assert reader.get(DRAFT_URL).status_code == 204


class TestRunning:
    def test_the_author_and_people_with_the_permission_close_a_poll_early(self, make_poll, make_person, allow):
        for client_of in (
            lambda poll: PortalClient().sign_in(poll.author),
            lambda poll: allow(make_person(), "change_poll"),
            lambda poll: PortalClient().sign_in(make_person(is_superuser=True)),
        ):
            poll = make_poll()
            client, address = client_of(poll), f"{LIST}{poll.pk}/close/"
            answer = client.post_json(address, {})
            assert (answer.status_code, answer.json()["open"]) == (200, False)
            assert client.post_json(address, {}).status_code == 409
            entry = AuditEntry.objects.get(event="polls.closed", details__poll=poll.pk)
            assert entry.by_id == client.person.pk

    def test_others_cannot_close_or_export_a_poll(self, visitor, reader, make_poll, person, allow):
        poll = make_poll()
        close, export = f"{LIST}{poll.pk}/close/", f"{LIST}{poll.pk}/export/"
        assert visitor.post_json(close, {}).status_code == visitor.get(export).status_code == 401
        refused = reader.post_json(close, {})
        assert refused.status_code == 403
        assert "the permission polls.change_poll" in refused.json()["detail"]
        assert reader.get(export).status_code == 403
        assert allow(person, "delete_poll").post_json(close, {}).status_code == 403
        poll.author.delete()
        for client in (visitor, reader):
            assert client.post_json(close, {}).status_code in {401, 403}
        assert reader.post_json(f"{LIST}0/close/", {}).status_code == 404
        assert Poll.objects.get().is_open

    def test_people_with_the_permission_delete_a_poll(self, visitor, reader, make_poll, make_person, allow):
        poll = make_poll()
        address = f"{LIST}{poll.pk}/"
        assert visitor.delete(address).status_code == 401
        for client in (reader, PortalClient().sign_in(poll.author), allow(make_person(), "change_poll")):
            assert client.delete(address).status_code == 403
            assert client.get(address).status_code == 200
        assert visitor.get(address).status_code == 200
        client = allow(make_person(), "delete_poll")
        assert client.delete(address).status_code == 204
        assert AuditEntry.objects.get(event="polls.deleted").by_id == client.person.pk
        assert client.delete(address).status_code == 404

    @pytest.mark.parametrize("accept", ["*/*", "text/csv", "application/json"])
    def test_the_author_exports_the_result_without_names(self, make_poll, make_person, accept):
        poll = make_poll(question='=HYPERLINK("x")', choices=["+1", "-1", " @SUM(A1)", "Tea, green", "दून"])
        author = PortalClient().sign_in(poll.author)
        vote = author.put_json(f"{LIST}{poll.pk}/vote/", {"choice": poll.choices.first().pk})
        assert vote.status_code == 200, vote.content
        answer = author.get(f"{LIST}{poll.pk}/export/", headers={"Accept": accept})
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"] == f'attachment; filename="poll-{poll.pk}.csv"'
        question = '"\'=HYPERLINK(""x"")"'
        assert answer.content.decode("utf-8-sig").splitlines() == [
            "question,choice,votes",
            f"{question},'+1,1",
            f"{question},'-1,0",
            f"{question},' @SUM(A1),0",
            f'{question},"Tea, green",0',
            f"{question},दून,0",
        ]


def test_a_second_seed_changes_nothing(db):
    for _ in range(2):
        seed(seed_people())
    assert Poll.objects.count() == 4
    assert Poll.objects.closed().count() == 1
    assert not Message.objects.exists()
