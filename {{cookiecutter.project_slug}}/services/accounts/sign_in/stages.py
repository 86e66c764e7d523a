"""The stages between a correct password and an open session: allauth's, with one exception."""

from typing import Any, cast

from allauth.account.stages import EmailVerificationStage as AllauthStage


class EmailVerificationStage(AllauthStage):  # type: ignore[misc]  # allauth has no types
    """Require a confirmed email, except of people without any: maintainers made their accounts that way."""

    def handle(self) -> tuple[Any, bool]:
        person = self.login.user
        if person is not None and not person.email:
            return None, True
        return cast(tuple[Any, bool], super().handle())
