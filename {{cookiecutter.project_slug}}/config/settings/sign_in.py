"""Signing in, with django-allauth: by name or e-mail, with a second factor for whoever wants one.

https://docs.allauth.org/en/latest/. The API is allauth's headless one, the pages are the frontend's.
"""

from .configuration import SITE, environment, portal
from .security import SITE_ORIGINS

AUTHENTICATION_BACKENDS = ["services.accounts.sign_in.backend.AuthenticationBackend"]
LOGIN_URL = "/sign-in/"

# Maintainers open /admin/ and /redis/ with a second factor alone: core/access/maintainers.py.
SECOND_FACTOR_FOR_MAINTAINERS = environment.is_production

# https://docs.allauth.org/en/latest/headless/configuration.html
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ["browser"]
# In a mail, an address is the domain's own, whatever name the request came by. A developer's has any port.
BASE = SITE_ORIGINS[SITE] if environment.is_production and SITE else ""
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": f"{BASE}/account/email/confirm/{{key}}",
    "account_reset_password": f"{BASE}/password/",
    "account_reset_password_from_key": f"{BASE}/password/reset/{{key}}",
    "account_signup": f"{BASE}/sign-up/",
}

# The address of whoever asks: the reverse proxy's word for it alone, which overwrites what clients say.
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For" if environment.is_production else None

# https://docs.allauth.org/en/latest/account/configuration.html
ACCOUNT_ADAPTER = "services.accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "services.accounts.sign_in.forms.SignUpForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{portal.name}] "
ACCOUNT_CHANGE_EMAIL = True  # one address a person; a new one takes its place when it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail says that the password, the address or the second factor was changed
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds for which a password that was just given again counts
PASSWORD_RESET_TIMEOUT = 3 * 3600  # seconds

# How often, by address (`ip`), by what was typed for an account (`key`: its name, its e-mail) and by person (`user`). A
# campus behind one address is many people, so addresses have more. The reverse proxy has limits of its own.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",  # wrong codes of a second factor count here too
    "reauthenticate": "10/m/user",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
}

# https://docs.allauth.org/en/latest/mfa/configuration.html
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = portal.name
# allauth would keep a second factor and a change of address apart, for an account whose address was never confirmed
# may be a squatter's. Nobody signs in to such an account here; the only unconfirmed address is one being changed to.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# https://docs.allauth.org/en/latest/usersessions/configuration.html
USERSESSIONS_TRACK_ACTIVITY = False  # it would write to the database with each request
