"""`make maintenance` closes the portal to visitors. Health checks and maintainers pass."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.stack.test_headers import check_headers
from tests.support.compose import SITES, Stack, run
from tests.support.visitor import Visitor

Visit = Callable[..., Visitor]


def set_maintenance(stack: Stack, state: str) -> list[str]:
    """Close or open the portal. Returns the links that let a browser pass."""
    command = ("make", "--no-print-directory", "maintenance", f"STATE={state}")
    output = run(*command, cwd=stack.portal, env=stack.environment(), seconds=120).stdout
    return re.findall(r"https://\S+", output)


@pytest.fixture(scope="module")
def links(stack: Stack) -> Iterator[dict[str, str]]:
    """Close the portal, and return site → the path of its link."""
    found = {urlsplit(link).hostname: urlsplit(link).path for link in set_maintenance(stack, "on")}
    yield {site: found[stack.domains[site]] for site in SITES}
    set_maintenance(stack, "off")


@pytest.mark.parametrize("site", SITES)
@pytest.mark.usefixtures("links")
class TestWhileThePortalIsClosed:
    def test_people_get_a_page_that_says_so(self, visit: Visit, site: str) -> None:
        for path in ("/", "/polls/", "/sign-in", "/static/frontend/index.html", "/media/x"):
            response = visit(site).get(path)
            assert response.status == 503, path
            assert "closed for maintenance" in response.text
            check_headers(response.headers)

    def test_programs_get_problem_details_and_when_to_try_again(self, visit: Visit, site: str) -> None:
        response = visit(site).get("/api/portal/")
        assert "working on the portal" in response.problem()["detail"]
        assert response.headers["Retry-After"]

    def test_health_checks_answer(self, stack: Stack, visit: Visit, site: str) -> None:
        assert visit(site).get("/health/live/").status == 200
        assert visit(site).get("/health/ready/").json() == {"status": "ok"}
        done = stack.execute(f"{site}-server", "python", "manage.py", "doctor", "--json", check=False)
        found = {part["service"]: part["status"] for part in json.loads(done.stdout)}
        assert {found[name] for name in ("reverse-proxy", f"{site}-server", f"{site}-sockets")} == {"ok"}

    def test_the_link_lets_a_browser_pass(self, visit: Visit, links: dict[str, str], site: str) -> None:
        maintainer = visit(site)
        response = maintainer.get(links[site])
        assert (response.status, response.headers["Location"]) == (302, "/")
        assert maintainer.get("/").status == 200
        assert maintainer.portal()["site"] == site
        check_headers(response.headers)

    def test_another_link_does_not(self, visit: Visit, links: dict[str, str], site: str) -> None:
        visitor = visit(site)
        wrong = links[site][:-1] + ("0" if links[site][-1] != "0" else "1")
        assert visitor.get(wrong).status == 404
        visitor.cookies["maintenance_pass"] = wrong.rpartition("/")[2]
        assert visitor.get("/").status == 503

    def test_no_log_has_the_key(self, stack: Stack, visit: Visit, links: dict[str, str], site: str) -> None:
        visit(site).get(links[site])
        log = stack.compose("logs", "--no-color", "--tail=300", "reverse-proxy").stdout
        assert "/_maintenance/(not shown)" in log
        assert links[site].rpartition("/")[2] not in log


def test_the_portal_opens_again(stack: Stack, visit: Visit) -> None:
    path = urlsplit(set_maintenance(stack, "on")[0]).path
    set_maintenance(stack, "off")
    for site in SITES:
        assert visit(site).get("/api/portal/").status == 200
        assert visit(site).get(path).status == 404


def test_a_state_that_does_not_exist_is_refused(stack: Stack) -> None:
    done = run("make", "maintenance", "STATE=half", cwd=stack.portal, env=stack.environment(), check=False)
    assert done.returncode != 0
    assert "STATE is half" in done.stderr
