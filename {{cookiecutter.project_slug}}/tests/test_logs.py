"""Logs name the request, and hold no secret."""

import json
import logging

import pytest
import structlog
from django.http import StreamingHttpResponse
from django.test import Client

from core.http.request_log import RequestMiddleware
from core.logs.configuration import configure_structlog, logging_configuration
from core.logs.redaction import HIDDEN, redact


def line(event, **values) -> dict:
    formatter = logging_configuration(json=True, quiet=False)["formatters"]["portal"]
    made = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
    )
    record = logging.LogRecord("portal", logging.INFO, __file__, 1, event, (), None)
    for key, value in values.items():
        setattr(record, key, value)
    return json.loads(made.format(record))


def test_production_lines_are_json_with_the_request_id():
    with structlog.contextvars.bound_contextvars(request_id="0123456789abcdef"):
        made = line("hello")
    assert made["event"] == "hello"
    assert made["request_id"] == "0123456789abcdef"
    assert made["level"] == "info"
    assert made["timestamp"].endswith("Z")


def test_secrets_are_hidden_by_their_names_and_in_addresses():
    event = redact(
        None,
        "info",
        {
            "password": "hunter2",
            "session_key": "hunter2",
            "headers": {"Cookie": "hunter2", "Accept": "json"},
            "event": "lost redis://portal:hunter2@session-store:6379/0",
        },
    )
    assert "hunter2" not in str(event)
    assert event["password"] == HIDDEN
    assert event["headers"]["Accept"] == "json"
    assert event["event"] == "lost redis://portal:***@session-store:6379/0"


def test_a_traceback_shows_no_values():
    formatter = logging_configuration(json=True, quiet=False)["formatters"]["portal"]
    made = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
    )
    try:
        local = "hunter2"  # noqa: F841 - it must not be shown
        raise RuntimeError("broken")
    except RuntimeError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, "failed", (), info)
    text = made.format(record)
    assert "broken" in text
    assert '"hunter2"' not in text.replace('\\"', '"').replace('local = "hunter2"', "")


class TestOwnEvents:
    """In production the portal's own events do not pass through Python's logging."""

    @pytest.fixture
    def written(self, capsys):
        """The lines that were written, as machines read them."""
        before = structlog.get_config()
        configure_structlog(json=True, quiet=False)
        yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        structlog.configure(**before)

    def test_they_look_as_everybody_else_s_lines_do(self, written):
        with structlog.contextvars.bound_contextvars(request_id="0123456789abcdef"):
            structlog.get_logger("portal").info("hello", path="/password/reset/one-time/", token="hunter2")
            other = line("hello", path="/password/reset/one-time/", token="hunter2")
        (made,) = written()
        assert made == other | {"timestamp": made["timestamp"]}
        assert "hunter2" not in str(made)
        assert "one-time" not in str(made)

    def test_a_traceback_shows_no_values(self, written):
        try:
            local = "hunter2"  # noqa: F841 - it must not be shown
            raise RuntimeError("broken")
        except RuntimeError:
            structlog.get_logger("portal").exception("failed")
        (made,) = written()
        assert made["level"] == "error"
        assert made["exception"][0]["exc_value"] == "broken"
        assert all("locals" not in frame for frame in made["exception"][0]["frames"])

    def test_what_is_below_the_level_is_not_written(self, written):
        structlog.get_logger("portal").debug("whisper")
        assert written() == []

    def test_what_is_silenced_is_not_written(self, written):
        logging.disable(logging.WARNING)
        try:
            structlog.get_logger("portal").warning("between the lines of a table")
            structlog.get_logger("portal").error("this all the same")
        finally:
            logging.disable(logging.NOTSET)
        assert [line["event"] for line in written()] == ["this all the same"]


def test_a_request_is_told_once_without_its_query(db, client, caplog):
    caplog.set_level(logging.INFO)
    client.get("/health/live/?code=hunter2")
    client.get("/api/portal/?code=hunter2")
    (told,) = [record.msg for record in caplog.records if record.name == "portal.access"]
    assert {name: told[name] for name in ("method", "path", "status", "ip_address")} == {
        "method": "GET",
        "path": "/api/portal/",
        "status": 200,
        "ip_address": "127.0.0.1",
    }
    assert told["bytes"] > 100
    assert told["milliseconds"] > 0
    assert told["request_id"]
    assert "hunter2" not in caplog.text


def test_a_request_of_a_person_names_them(reader, person, caplog):
    caplog.set_level(logging.INFO)
    reader.get("/api/notifications/")
    assert caplog.records[-1].msg["person_id"] == person.pk


def test_an_error_is_told_with_its_request(db, caplog, monkeypatch):
    def fail(request):
        raise RuntimeError("broken")

    monkeypatch.setattr("services.portal.views.PortalView.get", fail)
    Client(raise_request_exception=False).get("/api/portal/")
    failed, told = (record.msg for record in caplog.records)
    assert failed["event"] == "request_failed"
    assert told["event"] == "access"
    assert told["status"] == 500
    assert failed["request_id"] == told["request_id"]


def test_what_is_logged_while_an_answer_streams_names_its_request(rf, caplog):
    caplog.set_level(logging.INFO)

    def content():
        structlog.get_logger("content").info("half_way")
        yield b"done"

    request = rf.get("/")
    response = RequestMiddleware(lambda request: StreamingHttpResponse(content()))(request)
    assert not structlog.contextvars.get_contextvars()
    assert response.getvalue() == b"done"
    half_way = next(record.msg for record in caplog.records if record.name == "content")
    assert half_way["request_id"] == request.request_id
    assert not structlog.contextvars.get_contextvars()
