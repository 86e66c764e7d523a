"""What the failure of each part means, and what to do about it. Doctor and the overview show it.

The key is the part's service, or the name that a check gives to another problem of it: `Degraded("...", advice="...")`.
Commands are between backticks.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Advice:
    """A sentence that says what is wrong, what it means for people, and steps. The texts are lazy translations."""

    title: Any
    meaning: Any
    steps: tuple[Any, ...]


def look_at(service: str) -> Any:
    return LazyStep(_("Look at `%s`"), f"docker compose logs {service}")


def restart(service: str) -> Any:
    return LazyStep(_("Then `%s`"), f"docker compose restart {service}")


@dataclass(frozen=True, slots=True)
class LazyStep:
    """A step with a command in it, translated when it is shown."""

    text: Any
    command: str

    def __str__(self) -> str:
        return str(self.text) % self.command


SIGN_IN_FAILS = _("Nobody can sign in or stay signed in, and every page that needs a person answers 503.")
MAKE_UP = _("Start what is missing with `make up`")
PASSWORD = _("If its password is refused, the one in `.env` differs from the one it started with: `make up`")

ADVICE = {
    "message-broker": Advice(
        _("The message broker does not answer"),
        _(
            "Notifications and mail wait in the database, and none is lost. Pages work. The worker and the scheduler "
            "continue by themselves when it is back."
        ),
        (
            look_at("message-broker"),
            _("If its disk is full, free some space: it accepts nothing below 200 MB"),
            restart("message-broker"),
        ),
    ),
    "channel-layer": Advice(
        _("The channel layer does not answer"),
        _("Pages do not change by themselves. They show what is new when they are opened again. Nothing is lost."),
        (look_at("channel-layer"), restart("channel-layer"), PASSWORD),
    ),
    "session-store": Advice(
        _("The session store does not work"),
        SIGN_IN_FAILS,
        (
            look_at("session-store"),
            _("If it says that its memory is full, give it more: `docs/operate/set-limits.md`"),
            restart("session-store"),
        ),
    ),
    "notification-store": Advice(
        _("The notification store does not work"),
        _("The bell and the inboxes are empty. New notifications wait in the database, and none is lost."),
        (
            look_at("notification-store"),
            _("If it says that its memory is full, give it more: `docs/operate/set-limits.md`"),
            restart("notification-store"),
        ),
    ),
    "notifications-late": Advice(
        _("Notifications are late"),
        _("They wait in the database, and none is lost. The worker delivers them as soon as it can."),
        (look_at("worker"), _("If it is busy, give it more processes with `WORKER_PROCESSES` in `.env`")),
    ),
    "application-store": Advice(
        _("The application store does not work"),
        _("Drafts are not kept, and pages do not show who else looks at them. Everything else works."),
        (look_at("application-store"), restart("application-store"), PASSWORD),
    ),
    "database": Advice(
        _("The database does not work"),
        _("Nothing of the portal works, except pages that need no data."),
        (
            look_at("database"),
            _("If a table or column is missing, `make up` brings the tables up to date"),
            _("If the disk is full, free some space: `docker system df` and `docker image prune`"),
        ),
    ),
    "second-factors": Advice(
        _("Second factors cannot be read"),
        _("The key that encrypts them was removed. Their people cannot sign in."),
        (
            _("Put the key that was removed back into `ENCRYPTION_KEYS`"),
            _("Encrypt again, as `docs/operate/rotate-the-encryption-key.md` says"),
        ),
    ),
    "cache": Advice(
        _("The cache does not keep values"),
        _("The portal is slower, and right: everything in the cache is computed again."),
        (look_at("cache"), restart("cache")),
    ),
    "worker": Advice(
        _("The worker does not run tasks"),
        _("Notifications and mail wait, and none is lost. Pages work."),
        (
            look_at("worker"),
            _("If it is busy with long tasks, give it more processes with `WORKER_PROCESSES` in `.env`"),
            restart("worker"),
        ),
    ),
    "scheduler": Advice(
        _("The scheduler sends no heartbeat"),
        _("Periodic work waits: polls do not close by themselves, and mail that failed is not tried again."),
        (
            _("In the first minute after a start, wait"),
            look_at("scheduler"),
            restart("scheduler"),
        ),
    ),
    "mail": Advice(
        _("Mail cannot be sent"),
        _("Mail waits for up to 5 days, and is sent by itself when the mail server answers."),
        (
            _("Check `MAIL_URL` in `.env`: name, port, user and password"),
            _("Check that this machine can reach the mail server"),
            look_at("worker"),
        ),
    ),
    "mail-waits": Advice(
        _("Mail was given up, or waits for long"),
        _("Its readers do not know what it says. What waits is sent by itself; what was given up is not."),
        (
            _("Read why below, or in `/admin/core_mail/mail/`"),
            _("Correct the reason, then choose Send again, or delete the mail"),
        ),
    ),
    "institute-sign-in": Advice(
        _("The institute's provider does not answer as it should"),
        _("Nobody can sign in with the institute's account. Passwords and passkeys of the portal work."),
        (
            _("Open the issuer's URL followed by `/.well-known/openid-configuration`: it must name the same issuer"),
            _("Check `institute_sign_in` in `portal.yaml`, and `COMPOSE_FILE` in `.env`, which connects the servers"),
            _(
                "If no public authority signed its certificate, set `CA_CERTIFICATE` in `.env` to the file of the one "
                "that did"
            ),
            _("If the provider is down, wait, or ask its operators"),
        ),
    ),
    "single-sign-on": Advice(
        _("A key that signs ID tokens cannot be used"),
        _("Tokens that it signed do not verify at the institute's other sites. The portal itself works."),
        (
            _("If it says that no key decrypts this, put the key that was removed back into `ENCRYPTION_KEYS`"),
            _("If the key is lost, make another one: `python manage.py signingkey rotate --at-once`"),
        ),
    ),
    "files": Advice(
        _("Uploads cannot be stored or read"),
        _("Files and photos cannot be opened or added. Everything else works."),
        (
            _("Check `FILES_URL` and `FILES_SECRET` in `.env`: `docs/operate/keep-uploads-elsewhere.md`"),
            _("If the store is down, wait, or ask its operators"),
        ),
    ),
    "intranet-server": Advice(
        _("The intranet site's server does not answer"),
        _("Nobody can use the intranet site."),
        (look_at("intranet-server"), MAKE_UP),
    ),
    "internet-server": Advice(
        _("The internet site's server does not answer"),
        _("Nobody can use the internet site."),
        (look_at("internet-server"), MAKE_UP),
    ),
    "intranet-sockets": Advice(
        _("The intranet site's sockets do not answer"),
        _("Pages of the intranet site do not change by themselves. Everything else works."),
        (look_at("intranet-sockets"), restart("intranet-sockets")),
    ),
    "internet-sockets": Advice(
        _("The internet site's sockets do not answer"),
        _("Pages of the internet site do not change by themselves. Everything else works."),
        (look_at("internet-sockets"), restart("internet-sockets")),
    ),
    "redis-gui": Advice(
        _("The Redis GUI does not answer"),
        _("Maintainers cannot look into the stores. Everything else works."),
        (look_at("redis-gui"), restart("redis-gui")),
    ),
    "reverse-proxy": Advice(
        _("The reverse proxy does not answer as it should"),
        _("Some or all pages cannot be reached."),
        (LazyStep(_("Look at `%s`"), "docker compose logs configuration reverse-proxy"), MAKE_UP),
    ),
    "certificate": Advice(
        _("A certificate expires soon"),
        _("When it has expired, browsers refuse the site."),
        (
            _("For a self-signed certificate, `make up` makes a new one"),
            _("For your own, renew it: `docs/operate/use-your-own-certificate.md`"),
        ),
    ),
    "client-addresses": Advice(
        _("The portal does not know where its visitors come from"),
        _("Rings, and limits of attempts, cannot tell visitors apart."),
        (
            _("Set `TRUSTED_PROXIES` in `.env` to the proxies in front, if there are any"),
            _("Read `docs/reference/containers.md` and `docs/operate/use-a-proxy.md`"),
        ),
    ),
    "frontend": Advice(
        _("The frontend is not built"),
        _("Pages cannot be shown from here. `make dev` needs no build."),
        (_("Run `make frontend/build`"),),
    ),
}

ELSEWHERE = "-elsewhere"  # the end of the key for a server that is none of the portal's containers
STEPS_ELSEWHERE = (
    _("This server is none of the portal's containers: ask its operators whether it runs"),
    _("Check its URL and its password in `.env`: `docs/operate/use-servers-elsewhere.md`"),
)
ADVICE |= {
    service + ELSEWHERE: replace(ADVICE[service], steps=STEPS_ELSEWHERE)
    for service in (
        *("session-store", "notification-store", "channel-layer", "application-store"),
        *("database", "cache", "message-broker"),
    )
}
