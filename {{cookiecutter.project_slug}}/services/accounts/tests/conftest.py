"""Fixtures of the tests of the sign-in API."""

from types import SimpleNamespace

import pytest

from core.configuration.portal import SignUp

from .allauth_internals import totp
from .browser import EMAIL, PASSWORD, Browser, code_of


@pytest.fixture
def asha(make_person):
    return make_person("asha", email=EMAIL, password=PASSWORD)


@pytest.fixture
def anonymous(asha):
    return Browser()


@pytest.fixture
def signed_in(anonymous):
    assert anonymous.submit_login().status_code == 200
    return anonymous


@pytest.fixture
def clock(monkeypatch):
    """Set the time for second factors."""
    clock = SimpleNamespace(now=1_800_000_000.0)
    clock.time = lambda: clock.now
    monkeypatch.setattr(totp, "time", clock)
    return clock


@pytest.fixture
def sign_up(settings):
    """Open the sign-up, for these domains or for all."""

    def allow(*domains):
        change = {"sign_up": SignUp(domains=list(domains)) if domains else SignUp()}
        settings.PORTAL = settings.PORTAL.model_copy(update=change)

    return allow


@pytest.fixture
def set_up_second_factor(clock, django_capture_on_commit_callbacks):
    """Set up the second factor in a signed-in browser. Returns its secret."""

    def set_up(anonymous):
        anonymous.reauthenticate()
        secret = anonymous.send("GET", "account/authenticators/totp").json()["meta"]["secret"]
        with django_capture_on_commit_callbacks(execute=True):
            answer = anonymous.send("POST", "account/authenticators/totp", {"code": code_of(secret, clock)})
        assert answer.status_code == 200, answer.content
        return secret

    return set_up
