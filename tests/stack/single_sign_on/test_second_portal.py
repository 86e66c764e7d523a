"""A second portal signs its people in with the first one, as the how-to says, through NGINX over TLS."""

import re
import secrets
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import yaml
from dotenv import set_key
from playwright.sync_api import Browser

from tests.support.browser import Window, running_browser
from tests.support.browser_over_tls import trusting
from tests.support.compose import ONE_SHOTS, TIER_I, Stack, bridge_gateway, run
from tests.support.forwarder import forwarding
from tests.support.single_sign_on import allow, code_of, path_of, variables_of
from tests.support.tls import context_of
from tests.support.visitor import Visitor

PAGE = "sign-in-with-another-portal"
ANSWERS = {
    "project_name": "The people's library",
    "institute_name": "O'Hara's Institute",
    "internet_domain": "library.localhost",
    "intranet_domain": "intranet.library.localhost",
    "time_zone": "Asia/Tokyo",
}
# Nobody visits its intranet site here, and nothing is sent.
PARTS = (*TIER_I, *ONE_SHOTS, "internet-server", "internet-sockets", "reverse-proxy")
START_SECONDS = 240

MOST_MILLISECONDS = 20_000

BUTTON = "/_allauth/browser/v1/auth/institute"
PERSON, PERSON_IN_A_BROWSER = "tara", "uma"  # the first portal's
PASSWORD = secrets.token_hex(8)

CREATE = """
import os
from datetime import timedelta
from django.utils import timezone
from core.people.actions import role_grant
from core.people.emails import confirm_emails
from core.people.models import Person
name = os.environ["NAME"]
Person.objects.filter(username=name).delete()
person = Person.objects.create_user(name, password=os.environ["PASSWORD"])
person.email, person.display_name = f"{name}@example.edu", f"{name.title()} O'Brien"
person.save()
confirm_emails([person])
for role in ("student", "staff"):
    role_grant(person=person, name=role, start=timezone.localdate() - timedelta(days=9))
"""
END_ROLE = """
from core.people.actions import role_end
from core.people.models import Role
role_end(role=Role.objects.get(person__username="tara", name="student"))
"""
DEACTIVATE = """
from core.people.models import Person
person = Person.objects.get(username="tara")
person.is_active = False
person.save()
"""
# What doctor does for this part. The whole of it would wait for the parts that do not run here.
EXAMINE = """
import json
from core.health.stack import health_checks
(check,) = [check for check in health_checks() if check.service == "institute-sign-in"]
print(json.dumps(check.run(check.examine).as_dict()))
"""


@pytest.fixture(scope="module")
def second(
    stack: Stack, authority: Path, generate: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Do what the how-to says in both portals, and start the second one."""
    folder = tmp_path_factory.mktemp("second")
    portal = generate(into=folder, **ANSWERS)
    # Stands for the institute's DNS: the first portal's domain leads to an address that containers reach.
    dns = folder / "dns.yaml"
    hosts = {"extra_hosts": {stack.domains["internet"]: bridge_gateway()}}
    dns.write_text(yaml.safe_dump({"services": {"internet-server": hosts}}))
    overrides = (portal / "compose.institute-sign-in.yaml", dns)
    with stack.another_portal("second", portal, *overrides) as second, forwarding(bridge_gateway(), stack.https_port):
        follow_how_to(stack, second, authority)
        second.compose("up", "--detach", "--wait", "--no-deps", *PARTS, seconds=START_SECONDS)
        yield second


def follow_how_to(first: Stack, second: Stack, authority: Path) -> None:
    """Add the client at the first portal, and configure the second one with the blocks of the page."""
    names = {
        "https://portal.example.edu": first.origin("internet"),
        "https://library.example.edu": second.origin("internet"),
        "https://intranet.library.example.edu": second.origin("intranet"),
        "/etc/ssl/portal-authority.crt": str(authority),
    }
    console, _copy = code_of(second.portal, PAGE, "console")
    (command,) = re.findall(r"(?m)^\$ docker compose (.*)$", replaced(console, names))
    client = variables_of(first.compose(*shlex.split(command)).stdout)
    names |= {
        "0aefbd26e88a405d8c04020146db5ab1": client["CLIENT_ID"],
        "the-secret-of-the-client": client["CLIENT_SECRET"],
    }
    (lines,) = code_of(second.portal, PAGE, "yaml")
    with (second.portal / "portal.yaml").open("a") as file:
        file.write(replaced(lines, names))
    (variables,) = code_of(second.portal, PAGE, "sh")
    for line in replaced(variables, names).splitlines():
        set_key(second.portal / ".env", *line.split("=", 1), quote_mode="never")
    run("infrastructure/write-secrets", cwd=second.portal)


def replaced(text: str, names: dict[str, str]) -> str:
    for found, name in names.items():
        text = text.replace(found, name)
    return text


def create(stack: Stack, name: str) -> None:
    stack.python(CREATE, variables={"NAME": name, "PASSWORD": PASSWORD})


@pytest.fixture(scope="module")
def at_first(stack: Stack, authority: Path) -> Visitor:
    """Return a person who has signed in at the first portal."""
    create(stack, PERSON)
    visitor = Visitor(stack.origin("internet"), stack.https_port, context_of(authority))
    assert visitor.sign_in(PERSON, PASSWORD).status == 200
    return visitor


@pytest.fixture
def at_second(second: Stack, tmp_path: Path) -> Visitor:
    """Return an anonymous visitor of the second portal."""
    file = tmp_path / "authority.crt"
    second.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(file))
    return Visitor(second.origin("internet"), second.https_port, context_of(file))


@pytest.fixture
def browser(stack: Stack, second: Stack, chromium: str) -> Iterator[Browser]:
    with running_browser(chromium, *trusting(stack, second)) as browser:
        yield browser


def press_button(at_second: Visitor) -> str:
    """Return the URL at the first portal to which the button leads."""
    answer = at_second.send("POST", BUTTON, {"next": "/people"})
    assert answer.status == 200, answer.text
    return answer.json()["data"]["location"]


def arrive(at_second: Visitor, answer: str) -> str:
    """Return where the second portal leads the person who comes back from the first one."""
    assert answer.startswith(f"{at_second.origin}/"), answer
    return at_second.get(path_of(answer)).headers["Location"]


ARRIVED = f"/sign-in/institute?{urlencode({'next': '/people'})}"


def test_a_person_of_the_first_portal_signs_in_with_their_roles(at_first: Visitor, at_second: Visitor) -> None:
    answer = allow(at_first, press_button(at_second))
    assert parse_qs(urlsplit(answer).query)["iss"] == [at_first.origin]
    assert arrive(at_second, answer) == ARRIVED
    person = at_second.portal()["person"]
    assert (person["username"], person["display_name"]) == (PERSON, "Tara O'Brien")
    assert person["roles"] == ["student"], "the role that portal.yaml maps, and not the other one"


def test_a_role_that_ended_at_the_first_portal_is_gone_at_the_next_sign_in(
    stack: Stack, at_first: Visitor, at_second: Visitor
) -> None:
    stack.python(END_ROLE)
    answer = at_first.get(path_of(press_button(at_second)))
    assert answer.status == 302, "the person has allowed it before"
    assert arrive(at_second, answer.headers["Location"]) == ARRIVED
    assert at_second.portal()["person"]["roles"] == []


def test_a_person_who_is_deactivated_at_the_first_portal_cannot_sign_in(
    stack: Stack, at_first: Visitor, at_second: Visitor
) -> None:
    stack.python(DEACTIVATE)
    answer = at_first.get(path_of(press_button(at_second)))
    assert answer.status == 302
    assert urlsplit(answer.headers["Location"]).path == "/sign-in/", "their session has ended"
    assert at_first.sign_in(PERSON, PASSWORD).status != 200


def test_doctor_of_the_second_portal_names_the_first_one(stack: Stack, second: Stack) -> None:
    part = second.python(EXAMINE, service="internet-server")
    assert part["status"] == "ok", part
    assert stack.origin("internet") in part["detail"]


def test_a_person_signs_in_by_the_pages_of_both_portals(stack: Stack, second: Stack, browser: Browser) -> None:
    create(stack, PERSON_IN_A_BROWSER)
    page = browser.new_page()
    page.set_default_timeout(MOST_MILLISECONDS)
    window = Window(page, url=second.origin("internet"), folder=second.portal)
    window.open("/sign-in?next=/people")
    page.get_by_role("button", name="Sign in with Example Institute").click()
    page.wait_for_url(f"{stack.origin('internet')}/sign-in/**")
    window.submit_sign_in(PERSON_IN_A_BROWSER, PASSWORD)
    page.get_by_text("Library wants to use your account").wait_for()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{second.origin('internet')}/people")
    page.get_by_role("button", name="Signed in as Uma O'Brien").wait_for()
    assert window.problems == []
