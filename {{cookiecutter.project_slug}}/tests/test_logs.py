"""Logs name the request, and hold no secret."""

import json
import logging

import structlog

from core.logs.configuration import logging_configuration
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


def test_a_request_is_told_once_without_its_query(db, client, caplog):
    caplog.set_level(logging.INFO)
    client.get("/health/live/?code=hunter2")
    client.get("/api/portal/?code=hunter2")
    told = [record for record in caplog.records if "request_finished" in str(record.msg)]
    assert len(told) == 1
    assert "GET /api/portal/" in str(told[0].msg)
    assert "hunter2" not in caplog.text
