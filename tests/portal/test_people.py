"""Commands for people, in a production portal on real servers."""

import csv
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import Visitor

NOTHING = "Nothing to do"


@pytest.fixture
def own_database(production: Installation, real_servers: RealServers, request: pytest.FixtureRequest) -> Installation:
    """The portal with a database of its own, in which the maintainer is the only person."""
    name = re.sub(r"\W", "_", request.node.name)[:60]
    return production.with_variables(DATABASE_URL=real_servers["database"].create(name, template="portal"))


def write_list(path: Path, rows: int) -> Path:
    """Write a list of students for `import_people`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["username", "email", "display_name", "role", "start", "end", "details.department"])
        for number in range(rows):
            person = [f"person{number}", f"person{number}@example.edu", f"Person {number}"]
            writer.writerow([*person, "student", "2024-08-01", "2028-07-31", "Physics"])
    return path


@pytest.mark.parametrize("rows", [30, pytest.param(3000, marks=pytest.mark.long)])
def test_a_list_that_was_exported_has_what_was_imported(own_database: Installation, tmp_path: Path, rows: int) -> None:
    people, written = str(write_list(tmp_path / "people.csv", rows)), tmp_path / "written.csv"
    assert f"{rows} new" in own_database.manage("import_people", "--dry-run", people).stdout
    assert f"{rows} new" in own_database.manage("import_people", people).stdout
    own_database.manage("export_people", str(written))
    assert NOTHING in own_database.manage("import_people", str(written)).stdout
    students = [line for line in written.read_bytes().splitlines() if b",student," in line]
    assert len(students) == rows
    assert own_database.manage("export_people").stdout.encode() == written.read_bytes().replace(b"\r\n", b"\n")


def test_two_imports_at_the_same_time_run_one_after_the_other(own_database: Installation, tmp_path: Path) -> None:
    people = str(write_list(tmp_path / "people.csv", 1000))
    with ThreadPoolExecutor(2) as pool:
        outputs = list(pool.map(lambda _: own_database.manage("import_people", people).stdout, range(2)))
    assert sorted(NOTHING in output for output in outputs) == [False, True]


@pytest.mark.parametrize("site", ["intranet", "internet"])
def test_a_new_maintainer_gets_a_link_to_the_intranet_site_and_signs_in(
    production: Installation,
    intranet_domain: str,
    http_server: PortalServer,
    visit: Callable[..., Visitor],
    site: str,
) -> None:
    name, password = f"maintainer-of-{site}", "four words of one maintainer"
    command = production.with_variables(SITE=site)
    output = command.manage("makemaintainer", name, "--email", f"{name}@example.edu").stdout
    (key,) = re.findall(rf"https://{re.escape(intranet_domain)}(?::\d+)?/password/reset#(\S+)", output)
    visitor = visit(http_server)
    assert visitor.get("/password/reset").status == 200
    response = visitor.send("POST", "/_allauth/browser/v1/auth/password/reset", {"key": key, "password": password})
    assert response.status == 401, response  # the password is set, and the visitor still has to sign in
    assert visitor.sign_in(name, password).status == 200
    assert visitor.username == name
