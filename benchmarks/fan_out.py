"""Measure how quickly many people are notified, and an inbox is read: with inboxes in Redis, and as rows of SQL.

    python benchmarks/fan_out.py [--people 1000 10000 100000]

The fan-out takes the real way: `notify` → PostgreSQL → RabbitMQ → the worker as its container runs it, with two
processes for each queue → one Lua call for a thousand people → Redis, which writes each call to its disk. Every person
has an inbox before. While the largest number is told, single notifications are sent to other people.

The same work as rows of SQL alone is measured beside it: a row for each person by `bulk_create`, and by one
INSERT … SELECT; a person's unread count, and the newest 50 rows. Then clients ask Gunicorn for an inbox of 200.

The servers of tier I must be installed: `python -m tests.support.servers` names what is missing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[0] = str(REPOSITORY)  # in place of this folder, whose requests.py has the name of a library

import yaml  # noqa: E402

from tests.support.installation import Installation, copy_portal  # noqa: E402
from tests.support.network import HOST  # noqa: E402
from tests.support.processes import Process  # noqa: E402
from tests.support.servers import RealServers, Server, ServerMissingError  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402
from tools.generate import main as generate  # noqa: E402

LEAST_RATE = 20_000  # inboxes in a second, at the largest number of people
MOST_SINGLE_SECONDS = 1.0  # p95 of a single notification meanwhile
MOST_PAGE_MILLISECONDS = {1: 8.0, 8: 30.0}  # p95 of an inbox of 200, by clients
PAGE = "/api/notifications/?page_size=200"

# What infrastructure/redis/notification-store.conf says, for a Redis that started without it.
STORE = {
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory": "128mb",
    "zset-max-listpack-entries": "256",
    "set-max-intset-entries": "512",
}

# Runs in the portal. Prints a line of JSON for each measurement.
PROGRAM = """
import json, sys, threading, time
import django
django.setup()
from django.db import connection, transaction
from django.utils import timezone
from core.people.models import Person
from services.notifications import inbox, notify
from services.notifications.models import Chunk, Message

KIND, PARAMETERS = "polls.closed", {"question": "Tea or coffee?"}

def say(**found):
    print(json.dumps(found), flush=True)

def make_people(number):
    Person.objects.bulk_create(
        (Person(username=f"{number}-{place}") for place in range(number)), batch_size=5000
    )
    people = Person.objects.filter(username__startswith=f"{number}-").order_by()
    ids = list(people.values_list("pk", flat=True))
    with inbox.client().pipeline(transaction=False) as pipeline:
        for place, person in enumerate(ids):
            pipeline.zadd(inbox.key(f"inboxes:{person}:entries"), {"0": 0})
            pipeline.expire(inbox.key(f"inboxes:{person}:entries"), 30 * 86400)
            if place % 1000 == 999:
                pipeline.execute()
        pipeline.execute()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people, ids

def is_done(message):
    if not Message.objects.filter(pk=message.pk, started_at__isnull=False).exists():
        return False
    return not Chunk.objects.filter(message=message, done_at__isnull=True).exists()

def wait(message, every):
    while not is_done(message):
        time.sleep(every)

def send_single(person, seconds, stop):
    while not stop.is_set():
        started = time.perf_counter()
        wait(notify(KIND, to=person, params=PARAMETERS), 0.01)
        seconds.append(time.perf_counter() - started)
        time.sleep(0.05)
    connection.close()

def fan_out(number, with_singles):
    people, ids = make_people(number)
    wait(notify(KIND, to=people[:1], params=PARAMETERS), 0.01)  # the connections are open
    stop, singles, thread = threading.Event(), [], None
    if with_singles:
        other = Person.objects.create_user("other")
        thread = threading.Thread(target=send_single, args=(other, singles, stop))
        thread.start()
        time.sleep(0.5)
        before = len(singles)
    started = time.perf_counter()
    message = notify(KIND, to=people, params=PARAMETERS)
    sent = time.perf_counter() - started
    wait(message, 0.02)
    whole = time.perf_counter() - started
    if thread:
        stop.set()
        thread.join()
        singles = singles[before:]
    with inbox.client().pipeline(transaction=False) as pipeline:
        for person in ids:
            pipeline.zscore(inbox.key(f"inboxes:{person}:entries"), message.pk)
        missing = sum(score is None for score in pipeline.execute())
    say(people=number, sent=sent, whole=whole, singles=singles, missing=missing)
    return ids

def sql(ids):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS plain")
        cursor.execute(
            "CREATE TABLE plain (id bigserial PRIMARY KEY, person_id bigint NOT NULL, title varchar(200) NOT NULL,"
            " link varchar(300) NOT NULL, created_at timestamptz NOT NULL, read_at timestamptz)"
        )
        cursor.execute("CREATE INDEX ON plain (person_id, id DESC)")
        cursor.execute("CREATE INDEX ON plain (person_id) WHERE read_at IS NULL")

    from django.db import models

    class Plain(models.Model):
        id = models.BigAutoField(primary_key=True)
        person_id = models.BigIntegerField()
        title = models.CharField(max_length=200)
        link = models.CharField(max_length=300)
        created_at = models.DateTimeField()
        read_at = models.DateTimeField(null=True)

        class Meta:
            app_label, db_table, managed = "notifications", "plain", False

    now = timezone.now()
    started = time.perf_counter()
    with transaction.atomic():
        Plain.objects.bulk_create(
            (Plain(person_id=person, title="Tea or coffee?", link="/polls/1/", created_at=now) for person in ids),
            batch_size=5000,
        )
    bulk = time.perf_counter() - started
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO plain (person_id, title, link, created_at) SELECT id, %s, %s, %s FROM core_people_person"
            " WHERE username LIKE %s",
            ["Tea or coffee?", "/polls/1/", now, f"{len(ids)}-%"],
        )
    select = time.perf_counter() - started
    reader = ids[0]
    Plain.objects.bulk_create(
        Plain(person_id=reader, title="Tea or coffee?", link="/polls/1/", created_at=now) for _ in range(200)
    )
    say(
        bulk_create=bulk,
        insert_select=select,
        sql_count=quickly(lambda: Plain.objects.filter(person_id=reader, read_at__isnull=True).count()),
        sql_list=quickly(lambda: list(Plain.objects.filter(person_id=reader).order_by("-id")[:50].values())),
    )

def quickly(function, times=300):
    found = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        found.append(time.perf_counter() - started)
    return sorted(found)[times // 2]

def fill(reader):
    inbox.rebuild(reader.pk)
    for place in range(200):
        message = notify(KIND, to=reader, params={"question": f"Question {place}: tea or coffee?"}, link="/polls/1/")
    wait(message, 0.02)
    while inbox.count_unread(reader.pk) < 200:
        time.sleep(0.02)
    say(
        redis_count=quickly(lambda: inbox.count_unread(reader.pk)),
        redis_list=quickly(lambda: inbox.read(reader.pk, before=None, most=50, only_unread=False)),
    )

numbers = json.loads(sys.argv[1])
for number in numbers:
    ids = fan_out(number, with_singles=number == numbers[-1])
sql(ids)
fill(Person.objects.create_user("reader"))
"""


def use_settings_of_the_store(store: Server) -> None:
    for name, value in STORE.items():
        if (answer := store.run("CONFIG", "SET", name, value)) != "OK":
            sys.exit(f"notification-store refuses {name} {value}: {answer}")
    wait_until(lambda: "aof_rewrite_in_progress:0" in store.run("INFO", "persistence"), seconds=30)


def peak_megabytes(worker: Process) -> list[int]:
    """Return the most memory that each process of the worker has had so far, in megabytes."""
    peaks = []
    for process_id in worker.alive():
        status = Path(f"/proc/{process_id}/status")
        if status.exists():
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            peaks.append(int(lines.get("VmHWM", "0 kB").split()[0]) // 1024)
    return sorted(peaks)


def measure_fan_out(production: Installation, people: list[int]) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Return what the program printed, and the worker's memory after each line."""
    (production.folder / "measure.py").write_text(PROGRAM)
    temporary = production.logs / "worker"
    temporary.mkdir(parents=True)
    with production.with_variables(TMPDIR=str(temporary)).running("python", "-P", "config/worker.py") as worker:
        wait_until(lambda: (temporary / "alive").exists(), seconds=60)
        program = subprocess.Popen(
            [production.python, "measure.py", json.dumps(people)],
            cwd=production.folder,
            env=production.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"},
            stdout=subprocess.PIPE,
            stderr=(production.logs / "measure.log").open("w"),
            text=True,
        )
        found, memory = [], []
        with program:
            for line in program.stdout:
                found.append(json.loads(line))
                memory.append(peak_megabytes(worker))
    if program.returncode:
        sys.exit(f"the measurement failed:\n{(production.logs / 'measure.log').read_text()[-3000:]}")
    return found, memory


def page_times(port: int, domain: str, cookie: dict[str, str], *, clients: int, requests: int) -> list[float]:
    """Return how long each request for an inbox of 200 took, in milliseconds."""
    headers = {
        "Host": domain,
        "Cookie": f"{cookie['name']}={cookie['value']}",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "https",
    }
    times: list[float] = []

    def send_requests() -> None:
        connection = HTTPConnection(HOST, port, timeout=20)
        for number in range(requests + 10):
            started = time.perf_counter()
            connection.request("GET", PAGE, headers=headers)
            response = connection.getresponse()
            body = response.read()
            if number >= 10:  # the first ones warm up
                times.append((time.perf_counter() - started) * 1000)
            if response.status != 200 or body.count(b'"id"') != 200:
                raise RuntimeError(f"{response.status}: {body[:300]!r}")

    threads = [threading.Thread(target=send_requests) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != clients * requests:
        sys.exit("a client failed")
    return times


def p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--people", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    arguments.add_argument("--requests", type=int, default=300, help="requests of each client")
    options = arguments.parse_args()
    generated = generate(REPOSITORY / "var" / "test", [])
    subprocess.run(["make", "--no-print-directory", "--silent", ".venv"], cwd=generated, check=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fan-out-")))
        try:
            servers = stack.enter_context(RealServers())
        except ServerMissingError as missing:
            print(f"Nothing was measured: {missing}")
            return
        use_settings_of_the_store(servers["notification-store"])
        variables = servers.production_environment(f"smtp://{HOST}:9?security=none")
        production = copy_portal(generated, folder, variables=variables)
        production.manage("migrate", "--no-input")
        found, memory = measure_fan_out(production, options.people)
        intranet = production.with_variables(SITE="intranet")
        cookie = json.loads(intranet.manage("makesession", "reader").stdout)
        domain = yaml.safe_load((production.folder / "portal.yaml").read_text())["sites"]["intranet"]["domain"]
        with intranet.http_server() as server:
            pages = {
                clients: page_times(server.port, domain, cookie, clients=clients, requests=options.requests)
                for clients in MOST_PAGE_MILLISECONDS
            }
    report(found, memory, pages)


def report(found: list[dict[str, Any]], memory: list[list[int]], pages: dict[int, list[float]]) -> None:
    """Print the results, and exit with an error when a promise is missed."""
    fan_outs = [line for line in found if "people" in line]
    broken = []
    print(
        "| people | `notify` returns after | all inboxes have it | inboxes a second | largest process of the worker |"
    )
    print("|---|---|---|---|---|")
    for line, peaks in zip(fan_outs, memory, strict=False):
        rate = line["people"] / line["whole"]
        print(f"| {line['people']:,} | {line['sent']:.2f} s | {line['whole']:.2f} s | {rate:,.0f} | {peaks[-1]} MB |")
        if line["missing"]:
            broken.append(f"{line['missing']} of {line['people']} inboxes do not have the message")
    largest = fan_outs[-1]
    if (rate := largest["people"] / largest["whole"]) < LEAST_RATE:
        broken.append(f"{rate:,.0f} inboxes a second are fewer than {LEAST_RATE:,}")
    singles = largest["singles"]
    if len(singles) >= 2:
        print(f"\n{len(singles)} single notifications meanwhile: median {median(singles) * 1000:.0f} ms, ", end="")
        print(f"p95 {p95(singles) * 1000:.0f} ms")
        if p95(singles) > MOST_SINGLE_SECONDS:
            broken.append(f"a single notification took {p95(singles):.2f} s (p95), at most {MOST_SINGLE_SECONDS} s")
    rest = {name: value for line in found if "people" not in line for name, value in line.items()}
    print("\n| | with inboxes in Redis | as rows of SQL |\n|---|---|---|")
    rows = f"`bulk_create` {rest['bulk_create']:.2f} s, INSERT … SELECT {rest['insert_select']:.2f} s"
    print(f"| send to {largest['people']:,} people | {largest['whole']:.2f} s | {rows} |")
    for name in ("count", "list"):
        title = "the unread count" if name == "count" else "the newest 50"
        print(f"| {title} | {rest[f'redis_{name}'] * 1000:.2f} ms | {rest[f'sql_{name}'] * 1000:.2f} ms |")
    for clients, times in pages.items():
        most = MOST_PAGE_MILLISECONDS[clients]
        print(f"\nAn inbox of 200, {clients} clients: median {median(times):.1f} ms, p95 {p95(times):.1f} ms")
        if p95(times) > most:
            broken.append(f"an inbox of 200 took {p95(times):.1f} ms (p95) with {clients} clients, at most {most} ms")
    print(f"\nload {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    if broken:
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
