"""How many SQL statements a sign-in costs: those of the transactions, which tests begin as savepoints, do not count."""

import pytest

from core.testing.counting import counted_round_trips

OFFLINE = "openid profile email roles offline_access"


@pytest.fixture
def cost(db):
    """Return a function that returns how many SQL statements a call takes, without savepoints."""

    def measure(call):
        with counted_round_trips() as counted:
            response = call()
        assert response.status_code < 400, response.content
        statements = [one for one in counted.sql if "SAVEPOINT" not in one]
        return len(statements), statements

    return measure


@pytest.fixture
def warm(relying_party, use_roles, give_role, asha):
    """A client with an audience, whose person has signed in before."""
    use_roles(student={})
    give_role(asha, "student")
    client = relying_party(roles=("student",))
    client.userinfo(client.tokens(scope=OFFLINE)["access_token"])
    return client


def test_authorization_with_remembered_consent(warm, cost):
    number, statements = cost(lambda: warm.authorize(scope=OFFLINE))
    assert number <= 10, statements


def test_exchange_of_a_code(warm, cost):
    code = warm.code(scope=OFFLINE)
    number, statements = cost(lambda: warm.exchange(code))
    assert number <= 12, statements


def test_refresh(warm, cost):
    token = warm.tokens(scope=OFFLINE)["refresh_token"]
    number, statements = cost(lambda: warm.refresh(token))
    assert number <= 12, "\n".join(statements)


def test_userinfo(warm, cost):
    token = warm.tokens(scope=OFFLINE)["access_token"]
    number, statements = cost(lambda: warm.userinfo(token))
    assert number <= 7, statements
