"""Decides which person has signed in: by the account at the provider, and the first time by the verified email."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit.events import Event
from core.audit.recording import record
from core.configuration.institute_sign_in import InstituteSignIn
from core.people.emails import confirm_emails
from core.people.models import Person, clean_email
from services.accounts.models import InstituteAccount

LONGEST_USERNAME = 64
MOST_TRIES = 100  # numbers at the end of a username


class NoAccount(Exception):
    """Nobody was found, and nobody was made."""


class EmailNotVerified(NoAccount):
    """The provider has sent no email address that it has verified."""


def account_of(sign_in: InstituteSignIn, claims: Mapping[str, Any]) -> InstituteAccount:
    """Return the account of these claims. The first time, connect it with a person, or with a new one.

    Raises NoAccount. An email address that is not verified finds nobody and makes nobody.
    """
    accounts = InstituteAccount.objects.select_related("person").filter(issuer=claims["iss"], subject=claims["sub"])
    if (known := accounts.first()) is not None:
        return known
    email = verified_email(sign_in, claims)
    try:
        return account_make(sign_in, claims, email)
    except IntegrityError:  # another request of the same person was first
        return accounts.first() or account_make(sign_in, claims, email)


@transaction.atomic
def account_make(sign_in: InstituteSignIn, claims: Mapping[str, Any], email: str) -> InstituteAccount:
    person = person_with(email) or person_make(sign_in, claims, email)
    account = InstituteAccount.objects.create(person=person, issuer=claims["iss"], subject=claims["sub"])
    record(Event.INSTITUTE_ACCOUNT_CONNECTED, person=person, issuer=account.issuer, email=email)
    return account


def person_with(email: str) -> Person | None:
    """Return the person with this email address, which must be confirmed in the portal as well.

    Otherwise somebody else may have signed up with it, and know the password. Nobody could sign in with that account
    before, so it becomes the account of the person whom the provider has verified, and the password no longer works.
    """
    person = Person.objects.select_for_update(no_key=True).filter(email=email).first()
    if person is None or EmailAddress.objects.filter(user=person, email=email, verified=True).exists():
        return person
    if person.last_login is not None:
        raise NoAccount
    person.set_unusable_password()
    person.save(update_fields=["password"])
    confirm_emails([person])
    record(Event.EMAIL_CONFIRMED, person=person, email=email)
    return person


def verified_email(sign_in: InstituteSignIn, claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    if not isinstance(email, str) or not email or len(email) > 254 or claims.get("email_verified") is not True:
        raise EmailNotVerified
    email = clean_email(email)
    if not sign_in.accepts(email):
        raise NoAccount
    return email


def person_make(sign_in: InstituteSignIn, claims: Mapping[str, Any], email: str) -> Person:
    """Make a person from the claims, without a password. Raises NoAccount unless `create` is set."""
    if not sign_in.create:
        raise NoAccount
    person = Person(email=email, display_name=display_name(claims))
    person.set_unusable_password()
    for username in usernames(claims, email):
        if not Person.objects.filter(username__iexact=username).exists():
            person.username = username
            break
    else:
        raise NoAccount
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        raise NoAccount from error
    person.save()
    confirm_emails([person])
    record(Event.PERSON_ADDED, person=person, email=email, issuer=claims["iss"])
    return person


def usernames(claims: Mapping[str, Any], email: str) -> list[str]:
    """Return usernames to try: what the provider calls the person, or their email address, then with numbers."""
    preferred = claims.get("preferred_username")
    text = (preferred if isinstance(preferred, str) else "").partition("@")[0] or email.partition("@")[0]
    name = re.sub(r"[^\w.+-]", "", Person.normalize_username(text)[:1000]).lstrip(".+-") or "person"
    numbered = [f"{name[: LONGEST_USERNAME - 4]}{number}" for number in range(2, MOST_TRIES)]
    return [name[:LONGEST_USERNAME], *numbered]


def display_name(claims: Mapping[str, Any]) -> str:
    """Return the name in one line, without control characters."""
    name = claims.get("name")
    text = unicodedata.normalize("NFC", name[:1000]) if isinstance(name, str) else ""
    return "".join(one for one in " ".join(text.split()) if unicodedata.category(one)[0] != "C")[:200]
