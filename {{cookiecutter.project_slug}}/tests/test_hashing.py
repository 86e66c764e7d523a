"""Passwords are hashed with OWASP's parameters, and a process hashes no more at once than its memory allows."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    PBKDF2PasswordHasher,
    check_password,
    identify_hasher,
    make_password,
)
from django.test import RequestFactory
from structlog.testing import capture_logs

from config.settings.security import PASSWORD_HASHERS
from core.hashing.limits import MEGABYTES_AT_ONCE
from core.hashing.pool import NICENESS, HashingBusy, HashingPool, hashing_pool
from core.http.outage import OutageMiddleware
from core.testing.waiting import wait_until

PASSWORD = "correct horse battery staple"
OLD = {  # as earlier releases and other systems wrote them
    "django's argon2": lambda: Argon2PasswordHasher().encode(PASSWORD, "a-salt-of-some-length"),
    "pbkdf2": lambda: PBKDF2PasswordHasher().encode(PASSWORD, "a-salt-of-some-length", 1000),
}


@pytest.fixture(autouse=True)
def production_hashers(settings):
    settings.PASSWORD_HASHERS = [hasher for hasher in PASSWORD_HASHERS if "MD5" not in hasher]


@pytest.fixture
def used(monkeypatch):
    """The megabytes of each hash, in the order of the hashes."""
    pool, used = hashing_pool(), []
    run = pool.run

    def record(function, *, megabytes):
        used.append(megabytes)
        return run(function, megabytes=megabytes)

    monkeypatch.setattr(pool, "run", record)
    return used


def test_a_new_hash_has_owasps_parameters():
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("make_old", OLD.values(), ids=OLD.keys())
def test_an_old_hash_verifies_and_is_written_anew(db, make_person, make_old):
    person = make_person("asha")
    person.password = make_old()
    person.save()
    assert not person.check_password("wrong")
    person.refresh_from_db()
    assert "m=19456" not in person.password, "a wrong password has replaced the hash"
    assert person.check_password(PASSWORD)
    person.refresh_from_db()
    assert person.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert person.check_password(PASSWORD)


def test_a_hash_counts_with_the_memory_that_it_names(used):
    assert check_password(PASSWORD, OLD["django's argon2"]())
    assert check_password(PASSWORD, make_password(PASSWORD))
    assert used == [100, 19, 19]


def test_a_hash_that_needs_more_memory_than_a_process_has_is_never_right():
    encoded = make_password(PASSWORD).replace("m=19456", f"m={(MEGABYTES_AT_ONCE + 1) * 1024}")
    with capture_logs() as logs:
        assert not check_password(PASSWORD, encoded)
    assert logs[0]["event"] == "password_hash_too_large"


class Work:
    """Work that says how much of it runs at once, and ends when it is told to."""

    def __init__(self):
        self.lock, self.may_end = threading.Lock(), threading.Event()
        self.megabytes = self.most = 0

    def start(self, pool, executor, megabytes):
        def function():
            with self.lock:
                self.megabytes += megabytes
                self.most = max(self.most, self.megabytes)
            self.may_end.wait(10)
            with self.lock:
                self.megabytes -= megabytes

        return executor.submit(pool.run, function, megabytes=megabytes)


def test_what_is_hashed_at_once_stays_within_the_memory():
    pool, work = HashingPool(megabytes=120, requests=50), Work()
    with ThreadPoolExecutor(50) as executor:
        running = [work.start(pool, executor, megabytes) for megabytes in [100, 19] * 25]
        wait_until(lambda: work.megabytes > 0)
        work.may_end.set()
        for one in running:
            one.result(timeout=30)
    assert 0 < work.most <= 120
    assert work.megabytes == 0


def test_waiting_for_memory_ends():
    pool, work = HashingPool(megabytes=120, requests=50, wait_seconds=0.05), Work()
    with ThreadPoolExecutor(1) as executor:
        first = work.start(pool, executor, 100)
        wait_until(lambda: work.megabytes == 100)
        with pytest.raises(HashingBusy, match="100 MiB"):
            pool.run(lambda: None, megabytes=100)
        assert pool.run(lambda: "small enough", megabytes=20) == "small enough"
        work.may_end.set()
        first.result(timeout=10)
    assert pool.run(lambda: "free again", megabytes=100) == "free again"


def test_further_requests_are_refused_at_once():
    pool, work = HashingPool(megabytes=120, requests=2, wait_seconds=60), Work()
    with ThreadPoolExecutor(2) as executor:
        running = [work.start(pool, executor, 10) for _ in range(2)]
        wait_until(lambda: work.megabytes == 20)
        with pytest.raises(HashingBusy):
            pool.run(lambda: 1, megabytes=0)
        with pytest.raises(HashingBusy), pool.admit():
            pass
        work.may_end.set()
        for one in running:
            one.result(timeout=10)
    with pool.admit():
        assert pool.run(lambda: 1, megabytes=0) == 1


def test_a_request_is_admitted_once_however_often_it_hashes():
    pool = HashingPool(megabytes=120, requests=1)
    with pool.admit(), pool.admit():
        assert [pool.run(lambda: 1, megabytes=100) for _ in range(2)] == [1, 1]


def test_an_error_gives_the_memory_and_the_admission_back():
    pool = HashingPool(megabytes=120, requests=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            pool.run(lambda: 1 / 0, megabytes=120)
    assert pool.run(lambda: 1, megabytes=120) == 1


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="only Linux has a priority for each thread")
def test_hashing_has_a_lower_priority_than_requests():
    def niceness():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    assert hashing_pool().run(niceness, megabytes=0) == min(19, max(before, NICENESS))
    assert niceness() == before


FORK = """
import os, django
django.setup()
from core.hashing.hashers import Argon2Hasher
encoded = Argon2Hasher().encode("x", "a-salt-of-some-length")
pid = os.fork()
if pid == 0:
    os._exit(0 if Argon2Hasher().verify("x", encoded) else 1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def test_a_forked_process_has_threads_of_its_own():
    environment = {"DJANGO_SETTINGS_MODULE": "config.testing", "PATH": os.defpath}
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-W", "ignore", "-c", FORK],
        cwd=settings.BASE_DIRECTORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "0\n", done.stderr


@pytest.mark.parametrize("path", ["/_allauth/browser/v1/auth/login", "/api/people/"])
def test_a_refusal_is_a_problem_with_the_time_of_the_next_attempt(path):
    request = RequestFactory().post(path)
    response = OutageMiddleware(lambda request: None).process_exception(request, HashingBusy("full"))
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert int(response["Retry-After"]) > 0


def test_an_unknown_name_costs_the_hash_that_a_known_one_costs(db, make_person, used, client):
    person = make_person("asha", password=PASSWORD)
    assert identify_hasher(person.password).algorithm == "argon2"
    used.clear()
    for username in ("asha", "nobody"):
        data = {"username": username, "password": "wrong"}
        response = client.post("/_allauth/browser/v1/auth/login", data, content_type="application/json")
        assert response.status_code == 400
    assert used == [19, 19]
