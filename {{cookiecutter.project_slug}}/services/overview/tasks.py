from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from core.mail.sending import send_later
from core.periodic import periodic
from core.stores.session_store import session_store

from .problems import stack_problems

ONCE_IN = timedelta(hours=23)  # so that a run an hour later each day sends the mail of the next day


@periodic(every=timedelta(hours=1))
def mail_problems() -> None:
    """Send maintainers a mail for each problem of the stack, once a day for as long as it lasts."""
    with translation.override(settings.LANGUAGE_CODE):
        for problem in stack_problems():
            if session_store("overview").add(f"mailed:{problem.key}", True, lifetime=ONCE_IN):
                text = problem.text + "\n\n" + _("The overview of the portal shows its state.")
                subject = f"{settings.PORTAL.name}: {problem.subject}"
                send_later(EmailMessage(subject, text, to=[settings.PORTAL.maintainers.email]))
