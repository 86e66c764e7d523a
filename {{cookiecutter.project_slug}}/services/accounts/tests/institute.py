"""What a browser does to sign in with the institute's account."""

from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

START = "auth/institute"


def decide(location, decision="yes"):
    """Open the provider's page and decide. Returns where the provider sends the browser."""
    parts = urlsplit(location)
    connection = HTTPConnection(parts.netloc, timeout=15)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}&decision={decision}")
        answer = connection.getresponse()
        assert answer.status == 302, answer.read()
        return answer.headers["Location"]
    finally:
        connection.close()


def begin(browser, next_path="/"):
    """Press the button. Returns the provider's page for this sign-in."""
    answer = browser.send("POST", START, {"next": next_path})
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]["location"]


def finish(browser, location):
    """Bring the provider's answer to the portal. Returns the query of the page that the portal redirects to."""
    parts = urlsplit(location)
    answer = browser.get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 302, answer.content
    page = urlsplit(answer["Location"])
    assert (page.netloc, page.path) == ("", "/sign-in/institute")
    return query_of(answer["Location"])


def sign_in(browser, next_path="/"):
    """Do all of it, and return the query of the last page."""
    return finish(browser, decide(begin(browser, next_path)))


def query_of(location):
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
