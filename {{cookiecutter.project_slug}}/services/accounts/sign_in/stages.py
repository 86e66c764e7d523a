"""The stages between a correct password and an open session: allauth's, with one exception."""

from typing import Any

from allauth.account.stages import EmailVerificationStage as AllauthStage


class EmailVerificationStage(AllauthStage):
    """Require a confirmed email, except of people without any: maintainers made their accounts that way."""

    def handle(self) -> tuple[Any, bool]:
        person = self.login.user
        if person is not None and not person.email:
            return None, True
        return super().handle()
