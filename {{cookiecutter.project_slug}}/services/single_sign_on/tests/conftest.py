"""Fixtures for the tests of single sign-on: clients, and people who sign in at them."""

from itertools import cycle

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from core.stores.cache import cached
from services.single_sign_on import keys
from services.single_sign_on.clients import ClientFields, client_create

from .relying_party import RelyingParty

CALLBACK = "https://wiki.example.edu/callback"
LOOPBACK = "http://127.0.0.1/callback"
PASSWORD = "correct horse battery"
SCOPES = ("openid", "profile", "email", "photo", "roles", "offline_access")


@pytest.fixture(scope="session")
def rsa_keys():
    return [rsa.generate_private_key(public_exponent=keys.EXPONENT, key_size=keys.BITS) for _ in range(3)]


@pytest.fixture(autouse=True)
def quick_keys(rsa_keys, monkeypatch):
    """Use the same few keys in all tests: making one takes long. Forget those of the test before.

    The Memcached of a stack does not let clients flush it, as the fixture `clean_stores` does with others.
    """
    cached("single_sign_on").forget(keys.CACHED)
    found = cycle(rsa_keys)
    monkeypatch.setattr(keys.rsa, "generate_private_key", lambda **more: next(found))


@pytest.fixture
def make_client(db):
    """Return a function that adds a client, with the fields of ClientFields. It returns the client and its secret."""
    uris = {"web": (CALLBACK,), "native": (LOOPBACK,), "machine": ()}

    def make(**more):
        kind = more.get("kind", "web")
        usual = {"name": "Wiki", "kind": kind, "redirect_uris": uris[kind], "scopes": SCOPES}
        return client_create(by=None, fields=ClientFields(**{**usual, **more}))

    return make


@pytest.fixture
def asha(make_person):
    return make_person("asha", email="asha@example.edu", display_name="Asha Rao", password=PASSWORD)


@pytest.fixture
def relying_party(make_client, asha):
    """Return a function that makes a client, with a browser in which asha is signed in."""

    def make(**more):
        registration, secret = make_client(**more)
        uris = registration.client.get_redirect_uris()
        return RelyingParty(registration, secret, redirect_uri=uris[0] if uris else "", person=asha)

    return make


@pytest.fixture
def wiki(relying_party):
    return relying_party()


@pytest.fixture
def trusted(relying_party):
    """A client that needs no consent."""
    return relying_party(name="Trusted", trusted=True)
