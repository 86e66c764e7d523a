"""An announcement that is due is sent to its audience once: its notification and its row change together."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core.periodic import PERIODIC_TASKS
from core.stores.cache import cached
from core.testing.client import PortalClient
from services.announcements.actions import TooLate, announcement_cancel, announcement_change, announcement_schedule
from services.announcements.mails import render_mail, rendered
from services.announcements.models import Announcement, State
from services.announcements.selectors import figures_of
from services.announcements.sending import TOPIC, announcement_send, announcements_send_due
from services.announcements.sockets import authorize
from services.announcements.tasks import send_due
from services.notifications.actions import notifications_mark_read
from services.notifications.models import MailDigest, Message, Preference, Recipient
from services.notifications.selectors import notifications_page
from services.notifications.tasks import compose_mails

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def author(make_person):
    return make_person("author", is_superuser=True)


@pytest.fixture
def schedule(author):
    """Return a function that schedules an announcement, and then sets fields of its row; by default it is due."""

    def schedule(title="Library", roles=(), **fields):
        send_at = timezone.now() + MINUTE
        announcement = announcement_schedule(
            author=author, title=title, text="It is **closed**.", roles=roles, send_at=send_at
        )
        Announcement.objects.filter(pk=announcement.pk).update(**{"send_at": timezone.now() - MINUTE, **fields})
        announcement.refresh_from_db()
        return announcement

    return schedule


def inbox_of(person):
    return notifications_page(person, before=None, size=50, only_unread=False)[0]


def test_one_that_is_due_reaches_everyone_once(schedule, make_person):
    people = [make_person() for _ in range(3)]
    announcement = schedule()
    send_due()
    send_due()
    for person in people:
        (entry,) = inbox_of(person)
        assert (entry["title"], entry["body"]) == ("Announcement: Library", "It is closed.")
        assert (entry["kind"], entry["link"]) == ("announcements.published", f"/announcements/{announcement.pk}/")
    announcement.refresh_from_db()
    assert announcement.state() is State.SENT
    assert announcement.message_id == Message.objects.get().pk


def test_one_for_roles_reaches_those_who_have_one_when_it_is_sent(schedule, make_person, give_role):
    student, late, other = (make_person() for _ in range(3))
    give_role(student, "student")
    schedule(roles=["student", "faculty"])
    give_role(late, "faculty")
    send_due()
    assert [len(inbox_of(person)) for person in (student, late, other)] == [1, 1, 0]


def test_one_to_be_sent_now_leaves_with_the_request(author, reader, person):
    composer = PortalClient().sign_in(author)
    answer = composer.post_json("/api/announcements/", {"title": "Library", "text": "Closed"})
    assert (answer.status_code, answer.json()["state"]) == (201, "sent")
    assert [entry["title"] for entry in inbox_of(person)] == ["Announcement: Library"]
    assert [result["title"] for result in reader.get("/api/announcements/").json()["results"]] == ["Library"]


@pytest.mark.parametrize(
    "fields",
    [
        {"send_at": timezone.now() + timedelta(hours=1)},
        {"cancelled_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(seconds=30)},
    ],
    ids=["early", "cancelled", "expired"],
)
def test_one_that_is_early_or_cancelled_or_expired_is_not_sent(schedule, fields):
    schedule(**fields)
    send_due()
    assert not Message.objects.exists()
    assert Announcement.objects.get().sent_at is None


def test_one_that_is_cancelled_while_a_run_begins_is_not_sent(schedule, author):
    announcement = schedule()
    announcement_cancel(announcement=announcement, by=author)
    assert not announcement_send(announcement.pk)
    assert not Message.objects.exists()


def test_one_that_is_postponed_while_a_run_begins_is_not_sent(schedule, author):
    announcement = schedule()
    later = timezone.now() + MINUTE
    announcement_change(announcement=announcement, by=author, title="Library", text="Closed", send_at=later)
    assert not announcement_send(announcement.pk)


def test_one_that_was_sent_cannot_be_cancelled(schedule, author):
    announcement = schedule()
    send_due()
    with pytest.raises(TooLate):
        announcement_cancel(announcement=announcement, by=author)
    assert Announcement.objects.get().cancelled_at is None


def test_one_whose_transaction_fails_is_sent_by_the_next_run(schedule, person):
    announcement = schedule()
    with transaction.atomic():
        assert announcement_send(announcement.pk)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert inbox_of(person) == []
    send_due()
    assert len(inbox_of(person)) == 1


def test_a_second_message_of_one_announcement_adds_nothing_to_an_inbox(schedule, person):
    announcement = schedule()
    send_due()
    Announcement.objects.update(sent_at=None)  # as if the row came from an older backup
    assert announcement_send(announcement.pk)
    assert len(inbox_of(person)) == 1


def test_one_that_fails_does_not_hold_up_the_others(schedule, person, settings):
    schedule("For nobody any more", roles=["guest"], send_at=timezone.now() - 2 * MINUTE)
    schedule("For everyone")
    roles = {name: role for name, role in settings.PORTAL.roles.items() if name != "guest"}
    original = settings.PORTAL
    settings.PORTAL = original.model_copy(update={"roles": roles})
    send_due()
    assert [entry["title"] for entry in inbox_of(person)] == ["Announcement: For everyone"]
    settings.PORTAL = original
    send_due()
    assert Announcement.objects.filter(sent_at=None).count() == 0


def test_the_figures_count_inboxes_and_readers(schedule, author, make_person, round_trips):
    people = [author, *(make_person() for _ in range(2))]
    sent, other, waiting = schedule(), schedule("Other"), schedule("Waits", send_at=timezone.now() + MINUTE)
    send_due()
    for announcement in (sent, other, waiting):
        announcement.refresh_from_db()
    assert figures_of([sent])[sent.pk] == (len(people), 0)
    notifications_mark_read(person_id=people[1].pk, ids=[sent.message_id])
    cached("announcements").forget(f"figures:{sent.message_id}")
    with round_trips(sql=1, stores=2):
        assert figures_of([sent, other, waiting]) == {sent.pk: (3, 1), other.pk: (3, 0)}
    with round_trips(sql=0, stores=1):
        figures_of([sent, other, waiting])
    results = PortalClient().sign_in(author).get("/api/announcements/all/").json()["results"]
    assert {result["id"]: (result["delivered"], result["read"]) for result in results} == {
        sent.pk: (3, 1), other.pk: (3, 0),
    }  # fmt: skip


def test_people_who_have_it_by_mail_alone_do_not_count_until_they_read_it(schedule, author, make_person):
    reader = make_person()
    for person in (reader, make_person()):
        Preference.objects.create(person=person, app="announcements", kind="published", channel="inbox")
    announcement = schedule()
    send_due()
    announcement.refresh_from_db()
    notifications_mark_read(person_id=reader.pk, ids=[announcement.message_id])  # on its page
    assert figures_of([announcement])[announcement.pk] == (2, 1)  # the author and the reader


def test_figures_are_zero_before_the_fan_out_and_none_without_a_message(schedule):
    sent, unsent = schedule(message_id=999_999, sent_at=timezone.now()), schedule()
    assert figures_of([sent, unsent]) == {sent.pk: (0, 0)}
    assert not Recipient.objects.filter(message_id=999_999).exists()


def test_a_run_without_anything_due_costs_one_query(schedule, round_trips):
    schedule(send_at=timezone.now() + MINUTE)
    with round_trips(sql=1, stores=0):
        assert announcements_send_due() == 0
    assert PERIODIC_TASKS["announcements.send_due"].timing <= timedelta(seconds=15)


def test_the_page_of_a_role_that_is_gone_still_has_its_name(schedule, author, use_roles):
    schedule(roles=["guest"])
    use_roles(student={})
    result = PortalClient().sign_in(author).get("/api/announcements/all/?scheduled=true").json()["results"][0]
    assert result["roles"] == [{"name": "guest", "title": "guest"}]


def test_the_mail_has_the_whole_text_as_html_and_as_plain_text(schedule, make_person, mailoutbox):
    make_person("asha", email="asha@example.edu")
    text = "# Hours\n\n**Closed** <script>alert(1)</script>\n\n- [people](/people)\n" + "More. " * 100
    Announcement.objects.filter(pk=schedule().pk).update(text=text)
    send_due()
    MailDigest.objects.update(due_at=timezone.now())
    compose_mails.delay()
    (mail,) = (mail for mail in mailoutbox if mail.to == ["asha@example.edu"])
    assert mail.subject.endswith("Announcement: Library")
    html = mail.alternatives[0][0]
    assert "<h2>Hours</h2>" in html
    assert "<strong>Closed</strong> &lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "Hours\n\nClosed <script>alert(1)</script>\n\n- people (" in mail.body
    assert mail.body.count("More.") == html.count("More.") == 100


def test_many_mails_cost_one_query_in_a_minute(schedule, round_trips):
    announcement = schedule()
    rendered.cache_clear()
    params = {"announcement": announcement.pk, "summary": "It is closed."}
    with round_trips(sql=2, stores=0):  # two, if the minute ends meanwhile
        assert len({render_mail(params, "en") for _ in range(100)}) == 1
    announcement.delete()
    rendered.cache_clear()
    assert render_mail(params, "en") == ("It is closed.", "")


@pytest.mark.parametrize("act", ["schedule", "send", "cancel"])
def test_open_lists_are_told_of_each_change(schedule, author, monkeypatch, act):
    announcement = schedule()
    published = []
    for module in ("actions", "sending"):
        monkeypatch.setattr(f"services.announcements.{module}.publish", published.append)
    if act == "schedule":
        schedule()
    elif act == "send":
        send_due()
    else:
        announcement_cancel(announcement=announcement, by=author)
    assert published == [TOPIC]


def test_only_the_lists_are_a_topic():
    assert [authorize(topic, None) for topic in ("list", "7", "")] == [True, False, False]
