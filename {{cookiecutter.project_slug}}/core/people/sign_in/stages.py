"""The steps between a right password and being signed in: allauth's, but for one."""

from typing import Any

from allauth.account.stages import EmailVerificationStage as AllauthStage


class EmailVerificationStage(AllauthStage):
    """An address must be confirmed; who has none, for maintainers made the account so, has none to confirm."""

    def handle(self) -> tuple[Any, bool]:
        person = self.login.user
        if person is not None and not person.email:
            return None, True
        return super().handle()
