"""allauth's authentication backend, with a faster look-up of the session's person."""

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend

from core.people.models import Person
from core.people.selectors import person_by_id


class AuthenticationBackend(AllauthBackend):  # type: ignore[misc]  # allauth has no types
    def get_user(self, user_id: int) -> Person | None:
        person = person_by_id(user_id)
        return person if person and self.user_can_authenticate(person) else None
