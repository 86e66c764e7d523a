from services.notifications import mail_content

from .mails import render_mail
from .sending import KIND

mail_content.register(KIND, render_mail)
