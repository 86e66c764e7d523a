"""The device cookie: a browser in which a person has signed in before.

Wrong passwords for a name use up the attempts for that name. A browser with the cookie of that person
counts its attempts separately, so that nobody can lock a person out of it from elsewhere. The cookie opens nothing:
the password and the second factor are as necessary as without it.

https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from core.people.models import Person

LIFETIME_SECONDS = 365 * 24 * 3600  # browsers keep no cookie for longer than 400 days
MAX_PEOPLE = 5  # of one browser; signing in forgets the person whose sign-in is longest ago
MAX_LENGTH = 1000  # characters; a longer cookie is not looked at
SALT = "device"


def devices(request: HttpRequest) -> dict[int, str]:
    """Return person id → random id of this browser, for the people who have signed in in it, the latest last."""
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not cookie or len(cookie) > MAX_LENGTH:
        return {}
    try:
        return dict(signing.loads(cookie, salt=SALT, max_age=LIFETIME_SECONDS))
    except signing.BadSignature:
        return {}


def attempts_key_of_login(request: HttpRequest, login: str) -> str | None:
    """Return the key that counts this browser's attempts for `login`: a username or email of a person of its cookie.

    Return None for every other browser and name, without a query, so that the answer reveals nothing about accounts.
    """
    if not (known := devices(request)):
        return None
    login = Person.normalize_username(login).casefold()
    for person in Person.objects.filter(pk__in=known).only("username", "email"):
        if login in (person.username.casefold(), person.email.casefold()):
            return attempts_key(person.pk, known[person.pk])
    return None


def attempts_key_of_person(request: HttpRequest, person: Person) -> str | None:
    """Return the key that counts this browser's attempts for `person`; None in a browser without their cookie."""
    device = devices(request).get(person.pk)
    return attempts_key(person.pk, device) if device else None


def attempts_key(person_id: int, device: str) -> str:
    return f"device:{person_id}:{device}"


def remember_device(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Give the browser the cookie of `person`, who has signed in, beside those of its other people."""
    known = devices(request)
    device = known.pop(person.pk, None) or secrets.token_urlsafe(16)
    entries = [*known.items(), (person.pk, device)][-MAX_PEOPLE:]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(entries, salt=SALT),
        max_age=LIFETIME_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
