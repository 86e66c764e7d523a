"""Signing in with django-allauth, by username or email address, with an optional second factor.

https://docs.allauth.org/en/latest/. The API is allauth's headless one. The pages are those of services/accounts.
"""

from .configuration import ENVIRONMENT, PORTAL, SITE
from .security import COOKIE_PREFIX, SITE_ORIGINS

AUTHENTICATION_BACKENDS = ["services.accounts.sign_in.backend.AuthenticationBackend"]
LOGIN_URL = "/sign-in/"
LOGOUT_REDIRECT_URL = "/"  # of the admin

# The powers of maintainers need a second factor: core/people/powers.py.
SECOND_FACTOR_FOR_MAINTAINERS = ENVIRONMENT.is_production

# https://docs.allauth.org/en/latest/headless/configuration.html
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ["browser"]
# An email links to the site's own origin, whatever host the request named. In development the port varies, so that a
# link has no origin. The key is in the fragment, which browsers send to no server: no log and no proxy sees it.
LINK_ORIGIN = SITE_ORIGINS[SITE] if ENVIRONMENT.is_production and SITE else ""
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": f"{LINK_ORIGIN}/account/email/confirm#{{key}}",
    "account_reset_password": f"{LINK_ORIGIN}/password/",
    "account_reset_password_from_key": f"{LINK_ORIGIN}/password/reset#{{key}}",
    "account_signup": f"{LINK_ORIGIN}/sign-up/",
}

# The reverse proxy alone sets the client's IP address: it overwrites the header that clients send.
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For" if ENVIRONMENT.is_production else None

# https://docs.allauth.org/en/latest/account/configuration.html
ACCOUNT_ADAPTER = "services.accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "services.accounts.sign_in.forms.SignUpForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{PORTAL.name}] "
ACCOUNT_CHANGE_EMAIL = True  # a person has one email address; a new one replaces it when it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # an email reports a changed password, email address or second factor
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# A code by mail is not among them: a person who can read the mail of another could then change how they sign in.
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds for which a confirmed password counts
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "services.accounts.sign_in.tokens.PasswordTokenGenerator"  # noqa: S105 - a class
PASSWORD_RESET_TIMEOUT = 3 * 3600  # seconds

# A browser in which a person has signed in before: services/accounts/sign_in/devices.py.
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}{SITE}_device"

# The number of attempts by IP address (`ip`), by the username or email address that was typed (`key`) and by person
# (`user`). A browser with a device cookie of the person has a `key` of its own. A campus may share one IP address, so
# these limits are higher. The reverse proxy has limits of its own.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",  # wrong codes of a second factor count too
    "reauthenticate": "10/m/user",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
}

# https://docs.allauth.org/en/latest/mfa/configuration.html
MFA_ADAPTER = "services.accounts.sign_in.second_factors.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
# A passkey belongs to the host at which it was made, so each site has passkeys of its own. The device verifies its
# owner by fingerprint, face or PIN. So a passkey replaces the password and the second factor.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_TOTP_ISSUER = PORTAL.name
# Without it allauth allows no second factor while a change of the email address waits for confirmation. Nobody signs in
# to an account whose only email address is unconfirmed, so a second factor is safe here.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# https://docs.allauth.org/en/latest/usersessions/configuration.html
USERSESSIONS_ADAPTER = "services.accounts.sign_in.sessions.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = False  # it would write to the database on each request
