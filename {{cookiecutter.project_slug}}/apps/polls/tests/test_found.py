"""Polls in the portal: what needs attention on the home page, and what the palette finds."""

from datetime import timedelta

import pytest

from apps.polls.actions import poll_close, vote_cast

ATTENTION, SEARCH = "/api/portal/attention/", "/api/portal/search/"


@pytest.fixture
def waiting(reader):
    """Return a function that returns the titles of the polls that wait for `person`."""
    return lambda: [item["title"] for item in reader.get(ATTENTION).json()["items"] if item["source"] == "polls"]


@pytest.fixture
def find(reader):
    """Return a function that returns the questions that a search finds, and whether each poll is open."""

    def find(query):
        groups = {group["app"]: group for group in reader.get(SEARCH, {"q": query}).json()["groups"]}
        return [(one["title"], one["detail"]) for one in groups["polls"]["results"]] if "polls" in groups else []

    return find


class TestAttention:
    def test_an_open_poll_waits_for_a_vote(self, reader, make_person, make_poll):
        poll = make_poll(question="Tea?", author=make_person(display_name="Grace Mutua"))
        (item,) = reader.get(ATTENTION).json()["items"]
        assert {key: item[key] for key in ("app", "title", "detail", "link", "action")} == {
            "app": "polls",
            "title": "Tea?",
            "detail": "Grace Mutua asks",
            "link": f"/polls/{poll.pk}/",
            "action": "Vote",
        }
        poll.author.delete()
        assert reader.get(ATTENTION).json()["items"][0]["detail"] == ""

    def test_it_no_longer_waits_after_a_vote_or_when_it_has_closed(self, waiting, person, make_poll):
        voted, closed = make_poll(question="Voted"), make_poll(question="Closed")
        make_poll(question="Open")
        assert set(waiting()) == {"Voted", "Closed", "Open"}
        vote_cast(person=person, poll=voted, choice=voted.choices.first())
        poll_close(poll=closed)
        assert waiting() == ["Open"]

    def test_the_ones_that_close_first_are_shown_and_cost_one_query(self, reader, waiting, make_poll, round_trips):
        for days in range(9, 0, -1):
            make_poll(question=str(days), closes_in=timedelta(days=days))
        assert waiting() == ["1", "2", "3", "4", "5"]
        with round_trips(sql=20, stores=20) as few:
            assert reader.get(ATTENTION).json()["more"] == ["polls"]
        for number in range(30):
            make_poll(question=str(number))
        with round_trips(sql=len(few.sql), stores=len(few.stores)):
            reader.get(ATTENTION)


class TestSearch:
    @pytest.mark.parametrize("query", ["cafe", "CAFÉ", "crème café", "eme fe"])
    def test_every_word_must_be_in_the_question_whatever_its_case_and_accents(self, find, make_poll, query):
        make_poll(question="Café crème or tea?")
        make_poll(question="Cake?")
        assert find(query) == [("Café crème or tea?", "Open")]

    def test_no_character_has_a_special_meaning(self, find, make_poll):
        make_poll(question="Is 100 % (of it) enough [or not]?")
        assert find("100 % (of") == [("Is 100 % (of it) enough [or not]?", "Open")]
        assert find("..") == find(".*") == find("\\d") == []

    def test_closed_polls_are_found_after_open_ones(self, find, make_poll):
        poll_close(poll=make_poll(question="Tea yesterday?"))
        make_poll(question="Tea today?")
        assert find("tea") == [("Tea today?", "Open"), ("Tea yesterday?", "Closed")]

    def test_anonymous_visitors_find_polls_without_their_authors(self, visitor, make_person, make_poll):
        make_poll(question="Tea?", author=make_person(display_name="Grace Mutua"))
        assert "Tea?" in str(visitor.get(SEARCH, {"q": "tea"}).json())
        assert visitor.get(SEARCH, {"q": "grace"}).json()["groups"] == []


class TestSearchOfTheList:
    @pytest.fixture
    def questions(self, reader):
        """Return a function that returns the questions that `?search=` finds."""
        return lambda search: [
            poll["question"] for poll in reader.get("/api/polls/", {"search": search}).json()["results"]
        ]

    def test_every_word_is_in_the_question_or_in_a_choice_and_a_poll_is_found_once(self, questions, make_poll):
        make_poll(question="Which cafés?", choices=["Café Zürich", "Café Oslo"])
        make_poll(question="Which tea?", choices=["Green", "Black"])
        assert questions("CAFES") == ["Which cafés?"]
        assert questions("cafe") == ["Which cafés?"]
        assert questions("which zurich") == ["Which cafés?"]
        assert questions("green oslo") == []
        assert questions(" ") == ["Which tea?", "Which cafés?"]

    @pytest.mark.parametrize("search", [".*", "%", "_", "[a", "\\", "'", "(", "100%"])
    def test_no_character_has_a_meaning(self, questions, make_poll, search):
        make_poll(question="Tea")
        assert questions(search) == []

    def test_a_search_has_a_limit(self, reader, make_poll):
        refused = reader.get("/api/polls/", {"search": "x" * 101})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "search")
        assert reader.get("/api/polls/", {"search": "x " * 50}).status_code == 200
