"""The document of a poll: its author adds it, everyone who sees the poll reads it."""

import pytest

from core.testing.client import PortalClient
from core.testing.files import upload
from core.testing.live import published

pytestmark = pytest.mark.django_db(transaction=True)

API = "/api/polls/"
PDF = b"%PDF-1.7 the plan"


def send(client, poll, content=PDF):
    path = f"{API}{poll.pk}/document/"
    return upload(client, path, content, name="The plan.pdf", content_type="application/pdf")


def test_the_author_adds_a_document_that_every_visitor_reads(make_poll, visitor):
    poll = make_poll()
    author = PortalClient().sign_in(poll.author)
    with published(poll.topic) as updates:
        added = send(author, poll)
    assert added.status_code == 200
    assert updates
    described = visitor.get(f"{API}{poll.pk}/").json()["document"]
    assert described == added.json()
    assert described["name"] == "The_plan.pdf"
    file = visitor.get(described["url"])
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"].startswith("attachment")
    assert author.delete(described["url"]).status_code == 204
    assert visitor.get(described["url"]).status_code == 404
    assert visitor.get(f"{API}{poll.pk}/").json()["document"] is None


def test_others_do_not_change_it_unless_they_have_the_permission(make_poll, visitor, reader, make_person, allow):
    poll = make_poll()
    assert send(visitor, poll).status_code == 401
    assert send(reader, poll).status_code == 403
    assert send(allow(make_person(), "change_poll"), poll).status_code == 200


def test_only_a_pdf_is_a_document(make_poll):
    poll = make_poll()
    refused = send(PortalClient().sign_in(poll.author), poll, content=b"<script>alert(1)</script>")
    assert refused.status_code == 400
    poll.refresh_from_db()
    assert not poll.document


def test_a_poll_that_is_deleted_meanwhile_is_not_found(sign_in_as, make_poll, monkeypatch):
    author = sign_in_as("student")
    poll = make_poll(author=author.person)

    def delete_and_allow(view, request, instance):
        type(instance).objects.filter(pk=instance.pk).delete()
        return True

    monkeypatch.setattr("apps.polls.views.DocumentView.may_change", delete_and_allow)
    assert author.delete(f"/api/polls/{poll.pk}/document/").status_code == 404
