"""What doctor says about single sign-on: it signs a token as a sign-in does, and verifies it as a client does."""

import time

import jwt
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.health.checks import Degraded

from .adapter import Adapter
from .allauth_internals import load_key, public_key
from .keys import ALGORITHM, count_unreadable, signing_keys

SECONDS = 60


def report() -> str:
    """Return how many keys there are. Raises an error when none signs, or verifies what it signed.

    Raises Degraded for a key that cannot be decrypted: tokens that it signed do not verify.
    """
    pem = Adapter().get_signing_key().pem
    name, private = load_key(pem)
    now = int(time.time())
    token = jwt.encode({"iat": now, "exp": now + SECONDS}, private, algorithm=ALGORITHM, headers={"kid": name})
    published = jwt.PyJWKSet.from_dict({"keys": [public_key(key.pem) for key in signing_keys()]})
    jwt.decode(token, published[jwt.get_unverified_header(token)["kid"]], algorithms=[ALGORITHM])
    if count := count_unreadable():
        raise Degraded(
            format_lazy(_("no key of ENCRYPTION_KEYS decrypts {count} of the keys that sign ID tokens"), count=count)
        )
    site = settings.PORTAL.single_sign_on.site
    return f"signed and verified; published keys: {len(published.keys)}; on the {site} site"
