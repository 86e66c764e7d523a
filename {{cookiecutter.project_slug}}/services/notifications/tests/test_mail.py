"""Notifications by mail: to whom, when, with what in it, and how people turn them off."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP, default
from unittest.mock import patch

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone

from core.mail.models import Mail
from core.plugins.manifest import Audience, NotificationKind
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from services.notifications import delivery, mail_content, notify
from services.notifications.actions import notifications_delete, notifications_mark_read
from services.notifications.mail import links, unsubscribing
from services.notifications.mail.composing import compose_due
from services.notifications.models import Chunk, MailDigest, MailItem, Preference
from services.notifications.tasks import compose_mails

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = {
    "optional": {"title": "New: {what}", "body": "About {what}", "optional": True},
    "other": {"title": "Other: {what}", "optional": True},
    "mandatory": {"title": "Must: {what}"},
    "urgent": {"title": "Now: {what}", "urgent": True, "optional": True},
    "mail_only": {"title": "Only by mail: {what}", "channels": ["mail"]},
}


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    declared = installed_plugins()["notifications"].manifest.notifications
    for name, kind in KINDS.items():
        monkeypatch.setitem(declared, name, NotificationKind(**{"channels": ["inbox", "mail"], **kind}))
    monkeypatch.setitem(declared, "inbox_only", NotificationKind(title="Silent: {what}", optional=True))


@pytest.fixture
def asha(make_person):
    return make_person("asha", email="asha@example.edu")


def send(*people, kind="optional", what="a book", **more):
    return notify(f"notifications.{kind}", to=people, params={"what": what}, **more)


def compose():
    """Compose what is due, as if the time of all mails had come. Returns the mails that were sent since."""
    django_mail.outbox.clear()
    MailDigest.objects.update(due_at=timezone.now())
    compose_mails.delay()
    return list(django_mail.outbox)


def use_audience(monkeypatch, app, audience):
    plugin = installed_plugins()[app]
    manifest = plugin.manifest.model_copy(update={"audience": audience})
    monkeypatch.setitem(installed_plugins(), app, replace(plugin, manifest=manifest))


def subjects(mails):
    return [mail.subject.partition("] ")[2] for mail in mails]


class TestRecipients:
    def test_a_notification_is_mailed(self, asha):
        send(asha)
        (mail,) = compose()
        assert mail.to == ["asha@example.edu"]
        assert subjects([mail]) == ["New: a book"]
        assert "About a book" in mail.body
        assert compose() == []

    def test_a_kind_without_the_channel_is_not_mailed(self, asha):
        send(asha, kind="inbox_only")
        assert compose() == []

    def test_a_kind_with_this_channel_alone_is_mailed(self, asha):
        send(asha, kind="mail_only")
        assert subjects(compose()) == ["Only by mail: a book"]

    def test_people_without_a_confirmed_email_or_an_active_account_get_none(self, make_person):
        from allauth.account.models import EmailAddress

        without = make_person()
        inactive = make_person(email="inactive@example.edu", is_active=False)
        unconfirmed = make_person(email="unconfirmed@example.edu")
        EmailAddress.objects.filter(user=unconfirmed).update(verified=False)
        send(without, inactive, unconfirmed)
        assert not MailItem.objects.exists()

    @pytest.mark.parametrize("is_off_before", [True, False])
    def test_a_person_who_turned_the_kind_off_gets_none(self, asha, is_off_before):
        row = {"person": asha, "app": "notifications", "kind": "optional", "channel": "mail"}
        if is_off_before:
            Preference.objects.create(**row)
        send(asha)
        send(asha, kind="other")
        Preference.objects.get_or_create(**row)
        assert subjects(compose()) == ["Other: a book"]

    def test_a_mandatory_kind_cannot_be_turned_off(self, asha):
        Preference.objects.create(person=asha, app="notifications", kind="mandatory", channel="mail")
        send(asha, kind="mandatory")
        assert subjects(compose()) == ["Must: a book"]

    def test_what_was_read_or_deleted_meanwhile_is_not_mailed(self, asha):
        read, deleted, _ = (send(asha, what=what) for what in ("read", "deleted", "new"))
        notifications_mark_read(person_id=asha.pk, ids=[read.pk])
        notifications_delete(person_id=asha.pk, ids=[deleted.pk])
        assert subjects(compose()) == ["New: new"]

    def test_a_person_who_turned_the_inbox_off_is_mailed(self, asha):
        Preference.objects.create(person=asha, app="notifications", kind="optional", channel="inbox")
        send(asha)
        assert subjects(compose()) == ["New: a book"]

    def test_marking_all_as_read_does_not_stop_the_mail_of_what_is_not_in_the_inbox(self, asha):
        Preference.objects.create(person=asha, app="notifications", kind="optional", channel="inbox")
        by_mail_alone = send(asha)
        notifications_mark_read(person_id=asha.pk)
        notifications_mark_read(person_id=asha.pk, until=timezone.now())
        assert subjects(compose()) == ["New: a book"]
        send(asha)
        notifications_mark_read(person_id=asha.pk, ids=[by_mail_alone.pk + 1])  # its page was opened
        assert compose() == []

    def test_a_person_who_is_gone_leaves_no_row(self, asha):
        send(asha)
        asha.delete()
        assert compose() == []
        assert not MailItem.objects.exists()
        assert not MailDigest.objects.exists()

    def test_without_a_mail_server_nothing_piles_up(self, asha):
        with patch("services.notifications.mail.planning.is_configured", return_value=False):
            send(asha)
        assert not MailItem.objects.exists()


class TestTimes:
    def test_a_mail_waits_for_ten_minutes_and_has_all_that_arrived(self, asha, make_person):
        ben = make_person("ben", email="ben@example.edu")
        for number in range(3):
            send(asha, what=f"book {number}")
        send(ben)
        compose_mails.delay()
        assert django_mail.outbox == []
        first = MailDigest.objects.get(person=asha)
        assert timedelta(minutes=10) <= first.due_at - timezone.now() <= timedelta(minutes=10, seconds=31)
        mails = {mail.to[0]: mail for mail in compose()}
        assert set(mails) == {"asha@example.edu", "ben@example.edu"}
        assert subjects([mails["asha@example.edu"]]) == ["3 notifications"]
        assert re.findall("New: book .", mails["asha@example.edu"].body) == [f"New: book {n}" for n in (2, 1, 0)]

    def test_there_is_at_most_one_mail_in_ten_minutes(self, asha):
        send(asha)
        assert len(compose()) == 1
        composed_at = timezone.now()
        send(asha)
        assert MailDigest.objects.get().due_at - composed_at >= timedelta(minutes=10)

    def test_an_urgent_one_is_mailed_at_once_and_apart(self, asha):
        send(asha)
        send(asha, kind="urgent")
        assert subjects(django_mail.outbox) == ["Now: a book"]
        assert not Mail.objects.get().is_bulk

    def test_an_urgent_one_to_many_delays_no_other_mail(self, make_person):
        people = [make_person(f"person{number}", email=f"p{number}@example.edu") for number in range(11)]
        send(*people, kind="urgent")
        assert len(django_mail.outbox) == 11
        assert set(Mail.objects.values_list("is_bulk", "is_urgent")) == {(True, True)}
        send(people[0])
        compose()
        assert not Mail.objects.latest("id").is_urgent

    def test_many_people_cost_the_same_number_of_statements(self, make_person, django_assert_max_num_queries):
        people = [make_person(f"person{number}", email=f"p{number}@example.edu") for number in range(40)]
        send(*people)
        MailDigest.objects.update(due_at=timezone.now())
        with (
            patch("services.notifications.mail.composing.send_bulk_later") as sent,
            django_assert_max_num_queries(24),
        ):
            assert compose_due() == 40
        assert len(sent.call_args_list[0].args[0]) == 40


class TestRepetition:
    def test_a_chunk_that_is_delivered_twice_is_mailed_once(self, asha):
        send(asha)
        chunk = Chunk.objects.get()
        delivery.deliver(chunk.pk)
        assert not delivery.mark_done(chunk)
        assert len(compose()) == 1
        delivery.deliver(chunk.pk)
        assert compose() == []

    def test_a_worker_that_dies_while_composing_loses_nothing(self, asha):
        send(asha)
        with (
            patch("services.notifications.mail.composing.delete", side_effect=KeyboardInterrupt),
            pytest.raises(KeyboardInterrupt),
        ):
            compose()
        assert not Mail.objects.exists()
        assert len(compose()) == 1

    def test_an_urgent_mail_whose_worker_died_is_composed_by_the_periodic_task(self, asha, allow_task_errors):
        with patch.object(delivery, "compose_urgent", side_effect=RuntimeError):
            send(asha, kind="urgent")
        assert django_mail.outbox == []
        assert subjects(compose()) == ["Now: a book"]


class TestContent:
    def test_a_mail_is_text_and_html_without_anything_remote(self, asha):
        send(asha, what="<b>bold</b> & co", link="/polls/7/")
        (mail,) = compose()
        assert "New: <b>bold</b> & co" in mail.body
        (alternative,) = mail.alternatives
        html = alternative.content
        assert "New: &lt;b&gt;bold&lt;/b&gt; &amp; co" in html
        assert not re.search(r"<(img|script|link|style|iframe)|url\(", html)

    def test_an_app_adds_its_own_text(self, asha, monkeypatch):
        monkeypatch.setattr(mail_content, "_renderers", {})
        mail_content.register(
            "notifications.optional",
            lambda params, language: (f"{params['what']} ({language})", "<b>own</b>"),
        )
        with pytest.raises(ValueError, match="has a renderer already"):
            mail_content.register("notifications.optional", lambda params, language: ("", ""))
        send(asha)
        (mail,) = compose()
        assert "a book (" in mail.body
        assert "About a book" not in mail.body
        assert "<b>own</b>" in mail.alternatives[0].content

    def test_a_long_digest_shows_the_newest(self, asha):
        for number in range(33):
            send(asha, what=f"number {number}.")
        (mail,) = compose()
        assert "New: number 32." in mail.body
        assert "New: number 2." not in mail.body
        assert "3 more notifications are in the portal." in mail.body

    @pytest.mark.parametrize(("number", "letters", "visible"), [(3, 10_000, 2), (2, 20_000, 1), (2, 30_000, 0)])
    def test_a_mail_has_the_texts_for_which_it_has_room(self, asha, make_person, monkeypatch, number, letters, visible):
        monkeypatch.setattr(mail_content, "_renderers", {})
        mail_content.register("notifications.other", lambda params, language: ("ह" * letters, "ह" * letters))
        for place in range(number):
            send(asha, kind="other", what=f"number {place}.")
        send(make_person("ben", email="ben@example.edu"))
        long, short = compose()
        assert short.to == ["ben@example.edu"]
        assert f"Other: number {number - 1}." in long.body
        assert long.body.count("ह" * letters) == visible
        assert f"{number - max(visible, 1)} more notification" in long.body

    @pytest.mark.parametrize("result", [KeyError("what"), None, ("text",), (1, "")])
    def test_a_renderer_that_fails_stops_no_mail(self, asha, make_person, monkeypatch, result):
        def render(params, language):
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr(mail_content, "_renderers", {})
        mail_content.register("notifications.optional", render)
        send(asha)
        send(make_person("ben", email="ben@example.edu"), kind="other")
        first, second = compose()
        assert "About a book" in first.body
        assert subjects([second]) == ["Other: a book"]

    def test_a_mail_in_a_language_from_right_to_left_says_so(self, asha, settings):
        settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
        asha.language = "ar"
        asha.save()
        send(asha)
        (mail,) = compose()
        assert '<html lang="ar" dir="rtl">' in mail.alternatives[0].content

    @pytest.mark.parametrize(
        ("audience", "site"),
        [
            (Audience(), "internet"),
            (Audience(sites=["intranet"]), "intranet"),
            (Audience(sites=["internet"], rings=["campus"]), "internet"),
            (Audience(rings=["campus"]), "intranet"),
        ],
    )
    def test_a_link_leads_to_the_site_where_the_app_is_open(self, monkeypatch, audience, site):
        use_audience(monkeypatch, "people", audience)
        assert links.site_of("/people/7/?tab=roles") == site
        assert links.site_of("/account/") == "internet"
        assert links.site_of("/nowhere/") == "internet"


class TestUnsubscribing:
    @pytest.fixture
    def header(self, asha, settings):
        """The URL of the header, as a mail server reads it from what is sent."""

        def header(*kinds):
            for kind in kinds:
                send(asha, kind=kind)
            with patch.object(links, "origin_of", lambda site: settings.SITE_ORIGINS[site]):
                (mail,) = compose()
            return message_from_bytes(mail.message(policy=SMTP).as_bytes(), policy=default)

        return header

    def path_in(self, message):
        found = re.fullmatch(r"<https://[^/]+(/api/portal/unsubscribe/[^>]+/)>", message["List-Unsubscribe"])
        return found[1]

    def test_one_click_turns_off_the_kinds_of_the_mail(self, header, asha):
        message = header("optional", "other", "mandatory")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        path = self.path_in(message)
        browser = Client(enforce_csrf_checks=True)
        answer = browser.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not answer.cookies
        rows = Preference.objects.order_by("kind").values_list("person", "kind", "channel")
        assert list(rows) == [(asha.pk, "optional", "mail"), (asha.pk, "other", "mail")]
        assert browser.post(path).status_code == 200

    def test_following_the_link_asks_first(self, header):
        path = self.path_in(header("optional"))
        page = Client().get(path)
        assert "New: …" in page.content.decode()
        assert '<form method="post">' in page.content.decode()
        assert page["Cache-Control"] != ""
        assert Client().head(path).status_code == 200
        assert not Preference.objects.exists()

    def test_a_mandatory_mail_says_that_it_cannot_be_turned_off(self, header):
        message = header("mandatory")
        assert message["List-Unsubscribe"] is None
        assert "cannot be turned off" in message.get_body(("plain",)).get_content()

    @pytest.mark.parametrize("token", ["wrong", "12:notifications.optional:wrong", "x" * 5000, "::"])
    def test_a_wrong_token_turns_nothing_off(self, asha, token):
        answer = Client().post(f"/api/portal/unsubscribe/{token}/")
        assert answer.status_code == 404
        assert "account page" in answer.content.decode()
        assert not Preference.objects.exists()

    def test_a_link_for_kinds_that_are_mandatory_now_turns_nothing_off(self, asha):
        token = unsubscribing.make_token(asha.pk, ["notifications.mandatory", "gone.kind"])
        answer = Client().post(f"/api/portal/unsubscribe/{token}/")
        assert answer.status_code == 404
        assert "turned off" not in answer.content.decode()

    def test_a_token_of_another_person_cannot_be_made_from_ones_own(self, asha):
        token = unsubscribing.make_token(asha.pk, ["notifications.optional"])
        assert unsubscribing.read_token(token.replace(str(asha.pk), str(asha.pk + 1), 1)) is None

    def test_a_token_works_with_the_key_of_its_time_while_it_is_kept(self, asha, settings):
        token = unsubscribing.make_token(asha.pk, ["notifications.optional"])
        settings.MAIL_KEYS = ["a newer key", *settings.MAIL_KEYS]
        assert unsubscribing.read_token(token).person_id == asha.pk

    def test_a_mail_about_many_kinds_names_all(self, asha):
        kinds = unsubscribing.optional_kinds(f"notifications.{name}" for name in KINDS)
        token = unsubscribing.make_token(asha.pk, kinds * 3)
        assert set(kinds) <= set(unsubscribing.read_token(token).kinds)
        assert len(token) < 100

    def test_requests_are_limited(self, asha, monkeypatch):
        monkeypatch.setattr("services.notifications.mail.views.MOST_REQUESTS", 2)
        path = f"/api/portal/unsubscribe/{unsubscribing.make_token(asha.pk, ['notifications.optional'])}/"
        statuses = [Client().get(path) for _ in range(3)]
        assert [answer.status_code for answer in statuses] == [200, 200, 429]
        assert int(statuses[-1]["Retry-After"]) > 0


class TestPreferences:
    PATH = "/api/notifications/preferences/"

    def kinds(self, answer):
        return {kind["kind"]: kind for kind in answer.json()["kinds"]}

    def test_each_kind_has_its_channels(self, reader):
        kinds = self.kinds(reader.get(self.PATH))
        on, fixed = {"on": True, "can_change": True}, {"on": True, "can_change": False}
        assert kinds["notifications.optional"] == {
            "kind": "notifications.optional",
            "app": "notifications",
            "app_title": "Notifications",
            "title": "New: …",
            "channels": {"inbox": on, "mail": on},
        }
        assert kinds["notifications.mandatory"]["channels"] == {"inbox": fixed, "mail": fixed}
        assert kinds["notifications.inbox_only"]["channels"] == {"inbox": on, "mail": None}

    def test_a_switch_is_turned_off_and_on(self, reader, person):
        change = {"kind": "notifications.optional", "channel": "mail"}
        for _ in range(2):
            kinds = self.kinds(reader.patch_json(self.PATH, {**change, "on": False}))
            assert not kinds["notifications.optional"]["channels"]["mail"]["on"]
            assert kinds["notifications.optional"]["channels"]["inbox"]["on"]
        kinds = self.kinds(reader.patch_json(self.PATH, {**change, "on": True}))
        assert kinds["notifications.optional"]["channels"]["mail"]["on"]
        assert not Preference.objects.exists()

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"kind": "notifications.mandatory", "channel": "mail", "on": False}, "cannot be turned off"),
            ({"kind": "notifications.inbox_only", "channel": "mail", "on": False}, "is not sent by e-mail"),
            ({"kind": "notifications.none", "channel": "mail", "on": False}, "The declared ones"),
            ({"kind": "notifications.optional", "channel": "pigeon", "on": False}, '"field":"channel"'),
            ({"kind": "notifications.optional", "channel": "mail"}, '"field":"on"'),
            ({"kind": "x" * 5000, "channel": "mail", "on": False}, '"field":"kind"'),
        ],
    )
    def test_a_wrong_change_is_refused(self, reader, change, message):
        answer = reader.patch_json(self.PATH, change)
        assert answer.status_code == 400
        assert message in answer.content.decode()
        assert not Preference.objects.exists()

    def test_anonymous_visitors_have_none(self, visitor):
        assert visitor.get(self.PATH).status_code == 401

    def test_kinds_of_an_app_for_other_roles_are_left_out(self, person, use_roles, give_role, monkeypatch):
        use_roles(student={}, faculty={})
        use_audience(monkeypatch, "people", Audience(roles=["student"]))
        monkeypatch.setitem(installed_plugins()["people"].manifest.notifications, "new", NotificationKind(title="New"))
        give_role(person, "faculty")
        assert "people.new" not in self.kinds(PortalClient().sign_in(person).get(self.PATH))
        give_role(person, "student")
        assert "people.new" in self.kinds(PortalClient().sign_in(person).get(self.PATH))
