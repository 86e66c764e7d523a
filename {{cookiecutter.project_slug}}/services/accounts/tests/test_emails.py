"""Changing and confirming an email address."""

import io

from allauth.account.models import EmailAddress
from django.core.management import call_command

from core.people.models import Person
from core.testing.client import PortalClient

from .browser import EMAIL, PASSWORD, Browser, codes, link_in


class TestEmail:
    NEW = "asha.rao@example.edu"

    def change(self, anonymous, mailoutbox, email=NEW):
        anonymous.reauthenticate()
        mailoutbox.clear()
        answer = anonymous.send("POST", "account/email", {"email": email})
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]

    def test_a_change_requires_reauthentication(self, signed_in):
        answer = signed_in.send("POST", "account/email", {"email": self.NEW})
        assert answer.status_code == 401
        assert answer.json()["meta"]["is_authenticated"] is True
        assert [flow["id"] for flow in answer.json()["data"]["flows"]] == ["reauthenticate"]

    def test_a_change_is_confirmed_by_email(self, signed_in, asha, mailoutbox):
        listed = self.change(signed_in, mailoutbox)
        assert {(one["email"], one["verified"]) for one in listed} == {(EMAIL, True), (self.NEW, False)}
        asha.refresh_from_db()
        assert asha.email == EMAIL
        assert mailoutbox[0].to == [self.NEW]
        key = link_in(mailoutbox[0], "/account/email/confirm")
        found = Browser().send("GET", "auth/email/verify", **{"X-Email-Verification-Key": key})
        assert found.json()["data"]["email"] == self.NEW
        Browser().send("POST", "auth/email/verify", {"key": key})
        asha.refresh_from_db()
        assert asha.email == self.NEW
        assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [(self.NEW, True, True)]
        assert mailoutbox[-1].to == [EMAIL], "the old address is notified"
        again = Browser().send("POST", "auth/email/verify", {"key": key})
        assert again.status_code == 400
        assert Browser().submit_login(EMAIL).status_code == 400
        assert Browser().submit_login(self.NEW).status_code == 200

    def test_an_unconfirmed_email_cannot_become_primary(self, make_person):
        make_person("ben", password=PASSWORD)
        ben = Browser()
        ben.submit_login("ben")
        ben.reauthenticate()
        ben.send("POST", "account/email", {"email": "anonymous@example.edu"})
        answer = ben.send("PATCH", "account/email", {"email": "anonymous@example.edu", "primary": True})
        assert answer.status_code == 405
        assert Person.objects.get(username="ben").email == ""

    def test_the_email_of_another_person_is_neither_revealed_nor_taken(self, signed_in, make_person, mailoutbox):
        ben = make_person("ben", email="ben@example.edu")
        free = self.change(signed_in, mailoutbox)
        taken = self.change(signed_in, mailoutbox, ben.email)
        assert len(free) == len(taken) == 2
        key = link_in(mailoutbox[0], "/account/email/confirm")
        answer = signed_in.send("POST", "auth/email/verify", {"key": key})
        assert codes(answer) == ["email_taken"]
        ben.refresh_from_db()
        assert ben.email == "ben@example.edu"

    def test_the_only_email_cannot_be_removed(self, signed_in):
        signed_in.reauthenticate()
        answer = signed_in.send("DELETE", "account/email", {"email": EMAIL})
        assert codes(answer) == ["cannot_remove_primary_email"]

    def test_a_change_is_cancelled(self, signed_in, mailoutbox):
        self.change(signed_in, mailoutbox)
        answer = signed_in.send("DELETE", "account/email", {"email": self.NEW})
        assert [one["email"] for one in answer.json()["data"]] == [EMAIL]

    def test_a_change_works_with_a_second_factor(self, signed_in, mailoutbox, set_up_second_factor):
        set_up_second_factor(signed_in)
        assert len(self.change(signed_in, mailoutbox)) == 2

    def addresses(self, person):
        return list(EmailAddress.objects.filter(user=person).values_list("email", "primary", "verified"))

    def test_people_from_commands_have_confirmed_emails(self, db):
        options = {"username": "boss", "email": "Boss@Example.EDU"}
        call_command("createsuperuser", interactive=False, stdout=io.StringIO(), **options)
        call_command("seed", stdout=io.StringIO())
        for person in Person.objects.all():
            assert self.addresses(person) == [(person.email, True, True)]
        assert Person.objects.get(username="boss").email == "boss@example.edu"

    def test_people_changed_in_the_admin_have_confirmed_emails(self, asha, make_person):
        boss = PortalClient().sign_in(make_person("boss", is_staff=True, is_superuser=True))
        EmailAddress.objects.create(user=asha, email="half.way@example.edu")
        form = boss.get(f"/admin/core_people/person/{asha.pk}/change/").context["adminform"].form
        fields = [name for name in form.fields if name.endswith("_visible_to")]
        given = {name: form.initial[name] or "" for name in ("username", "display_name", *fields)}
        answer = boss.post(
            f"/admin/core_people/person/{asha.pk}/change/", {**given, "email": "Rao@example.edu", "is_active": "on"}
        )
        assert answer.status_code == 302, answer.context["adminform"].errors
        asha.refresh_from_db()
        assert asha.email == "rao@example.edu"
        assert self.addresses(asha) == [("rao@example.edu", True, True)]
