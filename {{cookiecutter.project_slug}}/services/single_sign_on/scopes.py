"""The scopes that a client can have: those of OpenID Connect about the person, and those of apps' APIs."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.tokens.selectors import scope_texts

OPENID, PROFILE, EMAIL, PHOTO, ROLES = "openid", "profile", "email", "photo", "roles"
OFFLINE = "offline_access"

# What each lets a client do, in the order of the page of consent.
IDENTITY_SCOPES = {
    OPENID: _("Recognize you when you come again"),
    PROFILE: _("See your name and your username"),
    EMAIL: _("See your email address"),
    PHOTO: _("See your photo"),
    ROLES: _("See your roles, such as student"),
    OFFLINE: _("Do this also while you are not using the site"),
}

# Scope → the part of the profile that people can hide in the directory (core/people/privacy.py).
PARTS = {PROFILE: "entry", EMAIL: "email", PHOTO: "photo", ROLES: "roles"}


def all_scopes() -> dict[str, str]:
    """Return each scope and what it lets a client do, in the language of the request."""
    return {**{name: str(text) for name, text in IDENTITY_SCOPES.items()}, **scope_texts(every_site=True)}


def texts_of(scopes: Iterable[str]) -> list[str]:
    """Return what these scopes let a client do, in a fixed order. An app that is gone has no text."""
    wanted, known = set(scopes), all_scopes()
    return [text for name, text in known.items() if name in wanted]
