"""FILES_URL names an S3-like store for uploads. What is written into NGINX's configuration cannot break out of it."""

import pytest
from pydantic import SecretStr, ValidationError

from core.configuration.environment import Environment
from core.configuration.files_url import parse_files_url
from core.configuration.production import check_files

URL = "s3://AKIA1@s3.example.edu/portal-files"


def test_a_url_has_a_host_a_bucket_and_a_key():
    server = parse_files_url("s3://a%2Fb@S3.example.edu:9000/portal-files/campus/portal?region=eu-central-1")
    assert server.origin == "https://s3.example.edu:9000"
    assert (server.address, server.bucket, server.access_key) == ("s3.example.edu:9000", "portal-files", "a/b")
    assert (server.region, server.location("media")) == ("eu-central-1", "campus/portal/media")
    assert parse_files_url(URL).location("protected") == "protected"
    assert parse_files_url(f"{URL}?security=none").origin == "http://s3.example.edu"


@pytest.mark.parametrize(
    "url",
    [
        "https://AKIA1@s3.example.edu/portal-files",
        "s3://s3.example.edu/portal-files",
        "s3://AKIA1@s3.example.edu",
        "s3://AKIA1@s3.example.edu/x",
        "s3://AKIA1@s3.example.edu/portal-files/../other",
        "s3://AKIA1@s3.example.edu/portal-files/a b",
        "s3://AKIA1@s3.example.edu:many/portal-files",
        "s3://AKIA1@s3.example.edu;evil/portal-files",
        "s3://AKIA1@{host}/portal-files",
        "s3://AKIA1@[::1]/portal-files",
        f"{URL}?region=$host",
        f"{URL}?tls=no",
        f"{URL}?security=weak",
        f"{URL}#part",
    ],
)
def test_other_urls_are_refused_with_what_is_allowed(url):
    with pytest.raises(ValidationError, match=r"a URL such as s3://ACCESS_KEY@s3\.example\.edu/bucket"):
        Environment(files_url=url)


def test_the_secret_does_not_belong_into_the_url():
    with pytest.raises(ValidationError, match="FILES_SECRET") as refused:
        Environment(files_url="s3://AKIA1:hunter2@s3.example.edu/portal-files")
    assert "hunter2" not in str(refused.value)


FILES = "compose.yaml:compose.files.yaml"
SECRET = SecretStr("a secret of the store")


@pytest.mark.parametrize(
    ("process", "values", "refused"),
    [
        ("server", {"files_url": URL}, ["FILES_SECRET"]),
        ("server", {"files_url": URL, "files_secret": SECRET}, []),
        ("sockets", {"files_url": URL}, []),
        ("server", {}, []),
        ("configuration", {"files_url": URL, "files_secret": SECRET}, ["COMPOSE_FILE"]),
        ("configuration", {"files_url": URL, "files_secret": SECRET, "compose_file": FILES}, []),
        ("configuration", {"compose_file": FILES}, ["COMPOSE_FILE"]),
        ("configuration", {}, []),
    ],
)
def test_production_checks_the_secret_and_the_network(process, values, refused):
    environment = Environment(portal_process=process, **values)
    assert [problem.key for problem in check_files(environment, str)] == refused


def test_the_message_names_the_files_to_write():
    environment = Environment(
        portal_process="configuration",
        files_url=URL,
        files_secret=SECRET,
        compose_file="compose.yaml:compose.institute-sign-in.yaml",
    )
    (problem,) = check_files(environment, str)
    assert "COMPOSE_FILE=compose.yaml:compose.institute-sign-in.yaml:compose.files.yaml" in str(problem)
