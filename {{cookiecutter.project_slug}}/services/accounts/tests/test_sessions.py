"""The list of a person's sessions."""

import io
import json

from django.core.cache import caches
from django.core.management import call_command

from core.sessions.store import SessionStore
from core.testing.client import PortalClient

from .browser import COOKIE, PASSWORD, Browser


class TestSessions:
    def test_they_are_listed_with_device_network_and_time(self, signed_in, settings):
        settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For"
        Browser(headers={"User-Agent": "Phone", "X-Forwarded-For": "10.1.2.3"}).submit_login()
        Browser(headers={"User-Agent": "Tablet", "X-Forwarded-For": "203.0.113.9"}).submit_login()
        here, phone, tablet = signed_in.sessions()
        assert here["is_current"]
        assert not phone["is_current"]
        assert (phone["user_agent"], phone["ip"], phone["rings"]) == ("Phone", "10.1.2.3", ["campus"])
        assert (tablet["user_agent"], tablet["ip"], tablet["rings"]) == ("Tablet", "203.0.113.9", [])
        assert phone["created_at"] <= tablet["created_at"]
        assert "session_key" not in phone

    def test_a_session_is_ended(self, signed_in):
        other = Browser()
        other.submit_login()
        assert other.username == "asha"
        (mine, theirs) = signed_in.sessions()
        answer = signed_in.send("DELETE", "auth/sessions", {"sessions": [theirs["id"]]})
        assert [session["id"] for session in answer.json()["data"]] == [mine["id"]]
        assert SessionStore.from_token(other.token).load() == {}
        assert other.username is None
        assert signed_in.username == "asha"

    def test_all_sessions_are_ended(self, signed_in):
        others = [Browser(), Browser()]
        for other in others:
            other.submit_login()
        ids = [session["id"] for session in signed_in.sessions()]
        assert len(ids) == 3
        assert signed_in.send("DELETE", "auth/sessions", {"sessions": ids}).status_code == 401
        assert [one.username for one in (signed_in, *others)] == [None] * 3
        assert caches["sessions"].keys("*") == []

    def test_a_session_of_another_person_cannot_be_ended(self, signed_in, make_person):
        make_person("ben", password=PASSWORD)
        ben = Browser()
        ben.submit_login("ben")
        (theirs,) = ben.sessions()
        assert signed_in.send("DELETE", "auth/sessions", {"sessions": [theirs["id"]]}).status_code == 400
        assert ben.username == "ben"

    def test_the_list_contains_the_sessions_of_both_sites(self, signed_in, settings):
        settings.SITE = "internet"
        other = Browser()
        other.submit_login()
        ids = [session["id"] for session in other.sessions()]
        assert len(ids) == 2
        settings.SITE = "intranet"
        assert signed_in.username == "asha", "signing in on one site ends no session on the other"
        assert [session["id"] for session in signed_in.sessions()] == ids
        signed_in.send("DELETE", "auth/sessions", {"sessions": ids[1:]})
        settings.SITE = "internet"
        assert other.username is None

    def test_a_session_from_the_shell_is_listed_and_can_be_ended(self, signed_in):
        call_command("makesession", "asha", stdout=(output := io.StringIO()))
        shell = PortalClient()
        shell.cookies[COOKIE] = json.loads(output.getvalue())["value"]
        assert shell.get("/api/portal/").json()["person"]["username"] == "asha"
        listed = signed_in.sessions()
        assert listed[-1]["user_agent"] == "manage.py makesession"
        signed_in.send("DELETE", "auth/sessions", {"sessions": [listed[-1]["id"]]})
        assert shell.get("/api/portal/").json()["person"] is None


def test_the_list_of_sessions_stays_cheap(signed_in, round_trips):
    with round_trips(sql=3, stores=4):
        signed_in.sessions()
