"""Mails about accounts are text and HTML, in the portal's name and colour."""

import re

from django.conf import settings as portal_settings
from django.utils.html import escape

from core.configuration.colour import accent_of
from core.mail.frame import framed_html

from .browser import EMAIL, link_in


def html_of(mail):
    (alternative,) = mail.alternatives
    assert alternative.mimetype == "text/html"
    return alternative.content


def test_a_link_is_a_button_in_the_portals_colour_with_the_address_of_the_text(anonymous, mailoutbox):
    anonymous.send("POST", "auth/password/request", {"email": EMAIL})
    (mail,) = mailoutbox
    html = html_of(mail)
    portal = portal_settings.PORTAL
    assert escape(portal.name) in html
    assert portal.name in mail.body
    assert accent_of(portal.branding.colour).on_light in html
    assert "Set a new password</a>" in html
    assert link_in(mail, "/password/reset") in html
    assert not re.search(r"<(img|script|link|style|iframe)|url\(", html)


def test_what_people_type_is_no_markup():
    html = framed_html('Hello <b>Asha</b>\nand "Ben"\n\nhttps://portal.example/?a=1&b=2\n')
    assert "Hello &lt;b&gt;Asha&lt;/b&gt;<br>and &quot;Ben&quot;" in html
    assert 'href="https://portal.example/?a=1&amp;b=2"' in html


def test_a_notice_has_both_forms(asha, mailoutbox, django_capture_on_commit_callbacks):
    from services.accounts.notices import notify

    with django_capture_on_commit_callbacks(execute=True):
        notify(asha, "Your account was changed", "Ben & Co. has changed your account.")
    (mail,) = mailoutbox
    assert "Ben & Co. has changed" in mail.body
    assert "Ben &amp; Co. has changed" in html_of(mail)
