"""People come in by a list and by `make maintainer`, as commands of a production portal on real servers."""

import csv
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests.support.installation import Installation, PortalServer
from tests.support.servers import RealServers
from tests.support.visitor import Visitor

ROWS = 3000
NOTHING = "Nothing to do"


@pytest.fixture
def registry(production: Installation, real_servers: RealServers, request: pytest.FixtureRequest) -> Installation:
    """A portal with a database of its own, in which nobody is yet."""
    name = re.sub(r"\W", "_", request.node.name)[:60]
    registry = production.with_variables(DATABASE_URL=real_servers["database"].create(name))
    registry.manage("migrate", "--no-input")
    return registry


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list of thousands."""
    path = tmp_path / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["username", "email", "display_name", "role", "start", "end", "details.department"])
        for number in range(ROWS):
            who = [f"person{number}", f"person{number}@example.edu", f"Person {number}"]
            writer.writerow([*who, "student", "2024-08-01", "2028-07-31", "Physics"])
    return path


@pytest.mark.long
def test_a_list_of_thousands_comes_in_and_goes_out(registry: Installation, people: Path, tmp_path: Path) -> None:
    assert f"{ROWS} new" in registry.manage("import_people", "--dry-run", str(people)).stdout
    assert f"{ROWS} new" in registry.manage("import_people", str(people)).stdout
    assert NOTHING in registry.manage("import_people", str(people)).stdout
    written = tmp_path / "written.csv"
    registry.manage("export_people", str(written))
    assert NOTHING in registry.manage("import_people", str(written)).stdout
    assert len(written.read_bytes().splitlines()) == ROWS + 1
    assert registry.manage("export_people").stdout.encode() == written.read_bytes().replace(b"\r\n", b"\n")


def test_two_at_once_take_turns(registry: Installation, people: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        ran = list(pool.map(lambda _: registry.manage("import_people", str(people)), range(2)))
    assert sorted(NOTHING in one.stdout for one in ran) == [False, True]


@pytest.mark.parametrize("site", ["intranet", "internet"])
def test_a_maintainer_is_let_in_by_a_link_to_the_intranet_site(
    production: Installation, http_server: PortalServer, visit: Callable[..., Visitor], site: str
) -> None:
    name, password = f"chief-of-{site}", "four words of one chief"
    told = production.with_variables(SITE=site)
    said = told.manage("makemaintainer", name, "--email", f"{name}@example.edu").stdout
    domain = yaml.safe_load((production.folder / "portal.yaml").read_text())["sites"]["intranet"]["domain"]
    (key,) = re.findall(rf"https://{re.escape(domain)}(?::\d+)?/password/reset/(\S+)", said)
    visitor = visit(http_server)
    assert visitor.get(f"/password/reset/{key}").status == 200
    visitor.get("/_allauth/browser/v1/config")
    answer = visitor.send("POST", "/_allauth/browser/v1/auth/password/reset", {"key": key, "password": password})
    assert answer.status == 401, answer  # done, and not signed in by it
    assert visitor.sign_in(name, password).status == 200
    assert visitor.username == name
