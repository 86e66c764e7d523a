"""People come in as the operator's page says: a list through the standard input, a maintainer by a link."""

import re
from collections.abc import Callable

from tests.stack.stack import Stack
from tests.stack.visitor import Visitor

LIST = """\
username,email,display_name,role,start,end,details.department
newcomer,newcomer@example.edu,Zoë Newcomer,student,2024-08-01,2099-07-31,Physics
newcomer,newcomer@example.edu,Zoë Newcomer,guest,2024-08-01,,
"""


def test_a_list_comes_in_and_goes_out(stack: Stack, sessions: dict) -> None:
    said = stack.manage("import_people", "-", input=LIST)
    assert "1 new" in said
    assert "2 new" in said
    written = stack.manage("export_people")
    assert "newcomer,newcomer@example.edu,Zoë Newcomer,guest,2024-08-01," in written
    assert "Nothing to do" in stack.manage("import_people", "-", input=written)


def test_a_list_with_mistakes_is_refused(stack: Stack) -> None:
    done = stack.execute(
        "intranet-server",
        *("python", "manage.py", "import_people", "-"),
        input=LIST.replace("student", "wizard"),
        check=False,
    )
    assert done.returncode == 1
    assert "(standard input):2: role: 'wizard'" in done.stderr


def test_a_maintainer_is_let_in_by_a_link(stack: Stack, sessions: dict, visit: Callable[..., Visitor]) -> None:
    """Made in the internet site's container, for it is the intranet's door that the link opens."""
    arguments = ("makemaintainer", "second", "--email", "second@example.edu")
    said = stack.manage(*arguments, service="internet-server")
    link = f"https://{stack.domains['intranet']}:{stack.https_port}/password/reset/"
    (key,) = re.findall(rf"{re.escape(link)}(\S+)", said)
    visitor = visit("intranet")
    assert visitor.get(f"/password/reset/{key}").status == 200
