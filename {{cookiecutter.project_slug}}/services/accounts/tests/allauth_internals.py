"""The private API of allauth that the tests use, and the only module of them that uses it.

tests/test_internals.py fails when a release of allauth moves one of these names.
"""

from allauth.mfa.totp.internal import auth as totp

__all__ = ["totp"]

PRIVATE = (
    "allauth.mfa.totp.internal.auth.format_hotp_value",
    "allauth.mfa.totp.internal.auth.hotp_value",
    "allauth.mfa.totp.internal.auth.time",
)
