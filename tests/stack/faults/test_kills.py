"""Each part is killed once while 200 people use the portal. Nothing that was promised to them is lost.

SIGKILL goes to the first process of a part's container, which ends all of its processes. The engine's restart policy
starts it again. No limit is raised: each person has an IP address of their own.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from tests.stack.faults.conftest import PEOPLE, Faults
from tests.support.activity import is_success, status_of, vote
from tests.support.compose import Stack
from tests.support.members import Member
from tests.support.notifier import BULLETIN, Committed, committed
from tests.support.waiting import wait_until

Report = Callable[[str], None]

INBOX, PAGE = 200, 100  # entries of an inbox, and of a page of the list of polls
PROMISE_SECONDS = 60  # from the moment at which all parts are healthy
UNDECIDED = {0, *range(500, 600)}  # no answer, or an answer that does not say whether the vote counts
CLOSED = 409


def get(member: Member, path: str) -> dict:
    """Return the JSON of an answer, which may take a few tries while the stack recovers."""

    def get() -> dict | None:
        response = member.get(path)
        return response.json() if response and response.status == 200 else None

    try:
        return wait_until(get, seconds=20, every=0.3)
    except TimeoutError:
        response = member.get(path)
        raise AssertionError(f"{path}: {response and (response.status, response.text[:300])}") from None


def get_all(member: Member, path: str) -> list[dict]:
    """Return the results of a list, of all its pages."""
    results, next_path = [], path
    while next_path:
        page = get(member, next_path)
        results += page["results"]
        next_path = page["next"]
    return results


def test_every_part_comes_back_and_every_page_shows_what_the_server_has(faults: Faults, report: Report) -> None:
    """Pages connect again by themselves, within 10 s after the part is healthy."""
    activity = faults.activity
    people = f"{PEOPLE} people, {len(faults.pages)} open pages and {faults.tabs} tabs of Chromium"
    report(f"{people}, {faults.seconds:.0f} s, limits raised: none")
    for action, statuses in sorted(activity.statuses.items()):
        report(f"  {action}: {statuses.total()} requests, by status (0: no answer): {dict(sorted(statuses.items()))}")
    for recovery in faults.recoveries:
        report(f"  {recovery}")
    report(f"  sockets ended: {dict(sum((page.ends for page in faults.pages), Counter()))}")
    assert not [one.service for one in faults.recoveries if one.back is None], "a part did not come back"
    late = [f"{one.service}: {one.behind}" for one in faults.recoveries if None in (one.pages, one.tabs)]
    assert not late, "\n".join(late)
    assert not {status for status in activity.all_statuses() if status in {401, 403, 404, 429}}
    assert activity.statuses["vote"].total() > 500
    refused = [(page.member.username, page.refused) for page in faults.pages if page.refused]
    assert not refused


@pytest.fixture(scope="module")
def choices(faults: Faults) -> dict[tuple[int, int], int | None]:
    """(person, poll) → the choice that the API shows to this person."""
    return choices_of(faults)


def choices_of(faults: Faults) -> dict[tuple[int, int], int | None]:
    polls = {poll.id for poll in faults.polls}
    return {
        (member.id, poll["id"]): poll["my_choice"]
        for member in faults.members
        for poll in get_all(member, f"/api/polls/?page_size={PAGE}")
        if poll["id"] in polls
    }


def check_sums(faults: Faults, choices: dict[tuple[int, int], int | None]) -> None:
    """Compare the results of each poll with what each person voted."""
    wrong = []
    for poll in faults.polls:
        counted = Counter(choice for (_, of), choice in choices.items() if of == poll.id and choice is not None)
        found = get(faults.members[0], f"/api/polls/{poll.id}/")
        visible = {choice["id"]: choice["votes"] for choice in found["choices"]}
        if visible != {choice: counted[choice] for choice in poll.choices} or found["votes"] != counted.total():
            wrong.append(f"poll {poll.id} shows {visible}, the people voted {dict(counted)}")
    assert not wrong, "\n".join(wrong)


def test_every_vote_counts_exactly_once(faults: Faults, choices: dict, report: Report) -> None:
    """A vote with a 2xx counts, one that got no answer counts at most once, and a refused one does not count."""
    wrong, statuses = [], Counter()
    for (person, poll), (choice, status) in faults.activity.votes.items():
        found = choices[person, poll]
        allowed = {choice} if is_success(status) else {choice, None} if status in UNDECIDED else {None}
        statuses["answered" if is_success(status) else "undecided" if status in UNDECIDED else "refused"] += 1
        if found not in allowed:
            wrong.append(f"person {person}, poll {poll}: voted {choice} ({status}), the API shows {found}")
    report(f"votes in {len(faults.polls)} polls: {dict(statuses)}")
    assert not wrong, "\n".join(wrong[:10])
    never_voted = [choices[key] for key in choices if key not in faults.activity.votes]
    assert set(never_voted) <= {None}
    check_sums(faults, choices)


def test_asking_again_settles_a_vote_that_got_no_answer(faults: Faults, choices: dict, report: Report) -> None:
    members = {member.id: member for member in faults.members}
    counts = Counter()
    for (person, poll), (choice, status) in faults.activity.votes.items():
        if status in UNDECIDED:
            answer = status_of(vote(members[person], poll, choice))
            assert answer == CLOSED or is_success(answer), f"person {person}, poll {poll}: {answer}"
            counts[answer, choices[person, poll] is not None] += 1
            after = get(members[person], f"/api/polls/{poll}/")["my_choice"]
            assert after == (choices[person, poll] if answer == CLOSED else choice)
    report(f"  asked again (status, had counted): {dict(counts)}")
    check_sums(faults, choices_of(faults))


@pytest.fixture(scope="module")
def inboxes(stack: Stack, faults: Faults) -> tuple[Committed, dict[int, list[dict]]]:
    """What was committed, and what the API shows, once they agree or the time of the promise is over."""

    def compare() -> tuple[Committed, dict[int, list[dict]]]:
        expected = committed(stack, faults.members, bound=INBOX)
        return expected, {
            member.id: get(member, f"/api/notifications/?page_size={INBOX}")["results"] for member in faults.members
        }

    while True:
        started = time.monotonic()
        expected, found = compare()
        are_equal = all(ids(found[person]) == inbox for person, inbox in expected.inboxes.items())
        if (are_equal and not expected.pending) or started > faults.healthy_at + PROMISE_SECONDS:
            return expected, found


def ids(inbox: Iterable[dict]) -> list[int]:
    return [one["id"] for one in inbox]


def test_each_inbox_has_every_committed_message_exactly_once(
    faults: Faults, inboxes: tuple[Committed, dict[int, list[dict]]], report: Report
) -> None:
    expected, found = inboxes
    sent = faults.notifier.result
    kinds = Counter(f"{message.app}.{message.kind}" for message in expected.messages)
    deliveries = sum(map(len, expected.inboxes.values()))
    report(f"messages: {dict(kinds)}, {deliveries} deliveries; the sender: {json.dumps(sent)}")
    wrong = [
        f"person {person}: missing {set(inbox) - set(ids(found[person]))}, "
        f"unexpected {set(ids(found[person])) - set(inbox)}, twice {len(found[person]) - len(set(ids(found[person])))}"
        for person, inbox in expected.inboxes.items()
        if ids(found[person]) != inbox
    ]
    assert not expected.pending
    assert not wrong, f"{len(wrong)} of {len(faults.members)} inboxes:\n" + "\n".join(wrong[:10])


def test_a_repeated_call_makes_one_message(faults: Faults, inboxes: tuple[Committed, dict]) -> None:
    """The sender repeats a call that raised an error with the same key, until it returns."""
    expected, _ = inboxes
    own = [message for message in expected.messages if message.key.startswith(faults.run)]
    assert len(own) == len({(message.kind, message.key) for message in own})
    assert len(own) == faults.notifier.result["calls"]


def test_an_audience_is_everyone_with_its_role(faults: Faults, inboxes: tuple[Committed, dict]) -> None:
    expected, _ = inboxes
    everyone = {member.id for member in faults.members}
    bulletins = expected.of_kind(BULLETIN)
    assert bulletins
    assert not [message.id for message in bulletins if not everyone <= message.people]


def test_what_was_marked_as_read_is_read(faults: Faults, inboxes: tuple[Committed, dict[int, list[dict]]]) -> None:
    _, found = inboxes
    unread = [
        (person, message)
        for person, messages in faults.activity.marked.items()
        for message in messages
        if message in {one["id"] for one in found[person] if not one["read"]}
    ]
    assert sum(map(len, faults.activity.marked.values())) > 50
    assert not unread
