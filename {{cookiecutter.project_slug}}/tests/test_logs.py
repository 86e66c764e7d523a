"""Log lines name their request and contain no secrets."""

import json
import logging

import pytest
import structlog
from django.http import StreamingHttpResponse
from django.test import Client

from core.http.request_log import RequestMiddleware
from core.logs.configuration import configure_structlog, logging_configuration
from core.logs.redaction import HIDDEN, redact


def format_record(message: str, *, exc_info=None, **values) -> str:
    """Return the line of a record of Python's logging, as production writes it."""
    options = logging_configuration(json=True, quiet=False)["formatters"]["portal"]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=options["foreign_pre_chain"], processors=options["processors"]
    )
    record = logging.LogRecord("portal", logging.INFO, __file__, 1, message, (), exc_info)
    for key, value in values.items():
        setattr(record, key, value)
    return formatter.format(record)


def test_production_lines_are_json_with_the_request_id():
    with structlog.contextvars.bound_contextvars(request_id="0123456789abcdef"):
        line = json.loads(format_record("hello"))
    assert line["event"] == "hello"
    assert line["request_id"] == "0123456789abcdef"
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_secrets_are_hidden_by_their_keys_and_in_urls():
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


def test_a_traceback_contains_no_local_variables():
    try:
        local = "hunter2"  # noqa: F841 - the traceback must not contain it
        raise RuntimeError("broken")
    except RuntimeError as error:
        line = format_record("failed", exc_info=(type(error), error, error.__traceback__))
    assert "broken" in line
    assert '"hunter2"' not in line.replace('\\"', '"').replace('local = "hunter2"', "")


@pytest.mark.parametrize("page", ["/password/reset", "/account/email/confirm"])
@pytest.mark.parametrize("separator", ["#", "/#", "/"])
def test_a_link_in_a_message_is_logged_without_its_key(page, separator):
    line = format_record(f"mailed https://portal.example.edu{page}{separator}MQ%3Aone-time to asha")
    assert f"{page}{separator}(not shown) to asha" in line
    assert "one-time" not in line


class TestStructlogEvents:
    """In production, structlog writes its events without Python's logging."""

    @pytest.fixture
    def written_lines(self, capsys):
        """Return a function that returns the written lines as dictionaries."""
        before = structlog.get_config()
        configure_structlog(json=True, quiet=False)
        yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        structlog.configure(**before)

    def test_events_and_records_have_the_same_format(self, written_lines):
        with structlog.contextvars.bound_contextvars(request_id="0123456789abcdef"):
            structlog.get_logger("portal").info("hello", path="/password/reset/one-time/", token="hunter2")
            record = json.loads(format_record("hello", path="/password/reset/one-time/", token="hunter2"))
        (event,) = written_lines()
        assert event == record | {"timestamp": event["timestamp"]}
        assert "hunter2" not in str(event)
        assert "one-time" not in str(event)

    def test_a_traceback_contains_no_local_variables(self, written_lines):
        try:
            local = "hunter2"  # noqa: F841 - the traceback must not contain it
            raise RuntimeError("broken")
        except RuntimeError:
            structlog.get_logger("portal").exception("failed")
        (event,) = written_lines()
        assert event["level"] == "error"
        assert event["exception"][0]["exc_value"] == "broken"
        assert all("locals" not in frame for frame in event["exception"][0]["frames"])

    def test_events_below_the_level_are_not_written(self, written_lines):
        structlog.get_logger("portal").debug("detail")
        assert written_lines() == []

    def test_disabled_levels_are_not_written(self, written_lines):
        logging.disable(logging.WARNING)
        try:
            structlog.get_logger("portal").warning("disabled")
            structlog.get_logger("portal").error("enabled")
        finally:
            logging.disable(logging.NOTSET)
        assert [event["event"] for event in written_lines()] == ["enabled"]


def test_a_request_is_logged_once_without_its_query(db, client, caplog):
    caplog.set_level(logging.INFO)
    client.get("/health/live/?code=hunter2")
    client.get("/api/portal/?code=hunter2")
    (line,) = [record.msg for record in caplog.records if record.name == "portal.access"]
    assert {name: line[name] for name in ("method", "path", "status", "ip_address")} == {
        "method": "GET",
        "path": "/api/portal/",
        "status": 200,
        "ip_address": "127.0.0.1",
    }
    assert line["bytes"] > 100
    assert line["milliseconds"] > 0
    assert line["request_id"]
    assert "hunter2" not in caplog.text


def test_the_line_of_a_request_names_its_person(reader, person, caplog):
    caplog.set_level(logging.INFO)
    reader.get("/api/notifications/")
    assert caplog.records[-1].msg["person_id"] == person.pk


def test_an_error_has_the_id_of_its_request(db, caplog, monkeypatch):
    def fail(request):
        raise RuntimeError("broken")

    monkeypatch.setattr("services.portal.views.PortalView.get", fail)
    Client(raise_request_exception=False).get("/api/portal/")
    error, access = (record.msg for record in caplog.records)
    assert error["event"] == "request_failed"
    assert access["event"] == "access"
    assert access["status"] == 500
    assert error["request_id"] == access["request_id"]


def test_an_event_during_a_streamed_response_has_the_request_id(rf, caplog):
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
