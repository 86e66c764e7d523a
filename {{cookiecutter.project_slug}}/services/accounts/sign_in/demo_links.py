"""A link that signs in as an account of the demo, in development. Production makes none, and has no such URL."""

from typing import cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.people.models import Person
from core.people.seeding import demo_accounts

SALT = "accounts.demo"
LIFETIME_SECONDS = 600


def demo_link(person: Person, origin: str) -> str:
    """Return the URL at `origin` that signs in as an account of the demo, for ten minutes."""
    check_environment()
    return f"{origin}{reverse('demo-sign-in', args=[signing.dumps(person.username, salt=SALT)])}"


def check_environment() -> None:
    if settings.CONFIGURATION.environment.is_production:
        raise Http404("There are no demo accounts in production.")


@require_GET
@never_cache
def demo_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in and show the home page. 404 in production, and for a link that is wrong or too old."""
    check_environment()
    try:
        username = cast(str, signing.loads(token, salt=SALT, max_age=LIFETIME_SECONDS))
    except signing.BadSignature:
        raise Http404("The link has expired.") from None
    person = Person.objects.filter(username=username, username__in=demo_accounts(), is_active=True).first()
    if person is None:
        raise Http404(f"There is no account {username}.")
    login(request, person)
    UserSession.objects.create_from_request(request)
    return HttpResponseRedirect("/")
