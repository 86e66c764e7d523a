"""The tokens in links that set a password, as in allauth, with a second kind for the link of `make maintainer`.

https://docs.allauth.org/en/latest/account/configuration.html (ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR)
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from core.people.models import Person


class MaintainerTokenGenerator(PasswordResetTokenGenerator):
    """Makes the tokens of `make maintainer`. A person who sets a password with one may also set up a second factor."""

    key_salt = "services.accounts.sign_in.tokens.MaintainerTokenGenerator"


class PasswordTokenGenerator(PasswordResetTokenGenerator):
    """Makes the tokens of emails, and accepts both kinds. Each works once, and until the email or password changes."""

    def check_token(self, user: Person | None, token: str | None) -> bool:
        return super().check_token(user, token) or MaintainerTokenGenerator().check_token(user, token)
