"""Fixtures of the tests of the sign-in API."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from core.configuration.institute_sign_in import InstituteSignIn
from core.configuration.portal import SignUp
from core.openid.provider import forget_providers
from core.testing.openid_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider

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
def closed_sign_up(settings):
    """Close the sign-up, whatever portal.yaml says."""
    settings.PORTAL = settings.PORTAL.model_copy(update={"sign_up": None})


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


@pytest.fixture(scope="session")
def running_provider():
    with OpenIdProvider() as provider:
        yield provider


@pytest.fixture
def institute(running_provider, settings, db):
    """The institute's provider, with `institute_sign_in` configured. Call `configure(**keys)` to change it."""
    running_provider.reset()
    forget_providers()

    def configure(**keys):
        sign_in = InstituteSignIn(
            **{"name": "Example Institute", "issuer": running_provider.issuer, "client_id": CLIENT_ID, **keys}
        )
        settings.PORTAL = settings.PORTAL.model_copy(update={"institute_sign_in": sign_in})

    environment = settings.CONFIGURATION.environment.model_copy(
        update={"institute_sign_in_secret": SecretStr(CLIENT_SECRET)}
    )
    settings.CONFIGURATION = replace(settings.CONFIGURATION, environment=environment)
    running_provider.configure = configure
    configure()
    yield running_provider
    forget_providers()
