"""A site whose clock is some minutes off accepts a sign-in, or refuses it with a clear error."""

import time
from contextlib import nullcontext
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self

import jwt
import pytest

from tests.support.single_sign_on import allow
from tests.support.visitor import Visitor

# An ID token is valid for five minutes. The how-to allows one more, before and after.
CLOCKS = {
    "5 minutes slow": (-5, pytest.raises(jwt.ImmatureSignatureError, match="not yet valid")),
    "50 seconds slow": (-5 / 6, nullcontext()),
    "5 minutes fast": (5, nullcontext()),
    "7 minutes fast": (7, pytest.raises(jwt.ExpiredSignatureError, match="expired")),
}


def move_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let PyJWT and Authlib read another time than the portal."""
    now = time.time

    class MovedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(now(), tz) + by

    monkeypatch.setattr("jwt.api_jwt.datetime", MovedDatetime)
    monkeypatch.setattr(time, "time", lambda: now() + by.total_seconds())


@pytest.mark.parametrize(("minutes", "expected"), CLOCKS.values(), ids=CLOCKS)
def test_a_clock_that_is_off(
    site: Any, reader: Visitor, monkeypatch: pytest.MonkeyPatch, minutes: float, expected: Any
) -> None:
    url, kept = site.begin()
    answer = allow(reader, url)
    move_clock(monkeypatch, timedelta(minutes=minutes))
    with expected:
        assert site.finish(answer, kept)["preferred_username"] == "reader"
