"""Requests of one person at the same time. tests/portal runs this on PostgreSQL."""

import pytest
from django.db import connection

from core.testing.client import PortalClient
from core.testing.threads import at_the_same_time

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def test_tabs_that_pin_at_the_same_time_leave_one_of_their_orders(person, install_app):
    for name in ("tea", "cake", "milk"):
        install_app(name)
    orders = [["tea"], ["cake"], ["milk"], ["tea", "milk"]]
    clients = [PortalClient().sign_in(person) for _ in orders]
    responses = at_the_same_time(
        *(
            lambda client=client, order=order: client.put_json("/api/portal/pinned/", {"apps": order})
            for client, order in zip(clients, orders, strict=True)
        )
    )
    assert [response.status_code for response in responses] == [200] * len(orders)
    assert clients[0].get("/api/portal/").json()["pinned"] in orders
