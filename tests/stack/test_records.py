"""Operators import people from standard input, and invite a maintainer with a link."""

import re
from collections.abc import Callable
from uuid import uuid4

from tests.support.compose import Stack
from tests.support.visitor import Visitor

GIVEN = ["Srinivasa", "Ada", "Emmy", "Alan", "Katherine"]
FAMILY = ["Ramanujan", "Lovelace", "Noether", "Turing", "Johnson", "Okafor", "Tanaka"]
DEPARTMENTS = ["Mathematics", "Physics", "Computer Science"]

LIST = """\
username,email,display_name,role,start,end,details.department
sample,sample@example.edu,Zoë Sample,student,2024-08-01,2099-07-31,Physics
sample,sample@example.edu,Zoë Sample,guest,2024-08-01,,
"""


def test_a_list_is_imported_and_exported(stack: Stack, sessions: dict) -> None:
    name = f"sample{uuid4().hex[:8]}"  # new in each run, since the stack may be kept
    output = stack.manage("import_people", "-", input=LIST.replace("sample", name))
    assert "1 new" in output
    assert "2 new" in output
    exported = stack.manage("export_people")
    assert f"{name},{name}@example.edu,Zoë Sample,guest,2024-08-01," in exported
    assert "Nothing to do" in stack.manage("import_people", "-", input=exported)


def test_a_list_with_mistakes_is_refused(stack: Stack) -> None:
    done = stack.execute(
        "intranet-server",
        *("python", "manage.py", "import_people", "-"),
        input=LIST.replace("student", "wizard"),
        check=False,
    )
    assert done.returncode == 1
    assert "(standard input):2: role: 'wizard'" in done.stderr


def test_a_new_maintainer_gets_a_link_to_set_a_password(
    stack: Stack, sessions: dict, visit: Callable[..., Visitor]
) -> None:
    """The link leads to the intranet site even when the internet site's server makes it."""
    arguments = ("makemaintainer", "second", "--email", "second@example.edu")
    output = stack.manage(*arguments, service="internet-server")
    link = f"https://{stack.domains['intranet']}:{stack.https_port}/password/reset#"
    assert re.search(rf"{re.escape(link)}\S+", output)
    visitor = visit("intranet")
    assert visitor.get("/password/reset").status == 200


def registrars_list(number: int) -> str:
    """Return a list of `number` students with different names."""
    lines = ["username,email,display_name,role,start,end,details.department"]
    for one in range(number):
        name = f"{GIVEN[one % len(GIVEN)]} {FAMILY[one // len(GIVEN) % len(FAMILY)]} {one}"
        department = DEPARTMENTS[one % len(DEPARTMENTS)]
        lines.append(f"roll{one},roll{one}@example.edu,{name},student,2024-08-01,2099-07-31,{department}")
    return "\n".join(lines) + "\n"


def test_a_whole_institute_is_imported_and_found(stack: Stack, sessions: dict, visit: Callable[..., Visitor]) -> None:
    """One list holds 20,000 people. Afterwards a search with a typing mistake still finds one of them."""
    output = stack.manage("import_people", "-", input=registrars_list(20_000), seconds=180)
    assert len(re.findall(r"\b20,?000 (?:new|unchanged)", output)) == 2, output
    reader = visit("internet", "reader")
    found = reader.get("/api/people/?search=Ramanujna%2017").json()["results"]
    assert found
    assert any("Ramanujan" in one["display_name"] for one in found)
    one = reader.get("/api/people/?search=roll19999").json()["results"][0]
    assert one["roles"][0]["name"] == "student"
    assert reader.get(f"/api/people/{one['id']}/").json()["display_name"] == one["display_name"]
    page = reader.get("/api/people/?role=student&page_size=100").json()
    assert len(page["results"]) == 100
    assert page["next"]
