"""The portal can be closed to visitors, and stays closed until it is opened."""

import re

from core.deployment.maintenance import ensure_file, set_maintenance


def configuration(folder) -> str:
    return (folder / "maintenance.conf").read_text()


def test_a_new_portal_is_open(tmp_path):
    ensure_file(tmp_path)
    assert "map 1 $is_closed { default 0; }" in configuration(tmp_path)


def test_a_deployment_does_not_open_it(tmp_path):
    set_maintenance(tmp_path, on=True)
    closed = configuration(tmp_path)
    ensure_file(tmp_path)
    assert configuration(tmp_path) == closed


def test_the_key_of_the_link_is_that_of_the_cookie(tmp_path):
    link = set_maintenance(tmp_path, on=True)
    key = re.fullmatch(r"/_maintenance/([0-9a-f]{32})", link)[1]
    assert f"    {key} 0;" in configuration(tmp_path)
    assert f'    {link} "maintenance_pass={key}; Path=/; Secure; HttpOnly; SameSite=Lax";' in configuration(tmp_path)


def test_each_time_has_another_key_and_none_is_left_when_it_opens(tmp_path):
    links = {set_maintenance(tmp_path, on=True) for _ in range(2)}
    assert len(links) == 2
    assert set_maintenance(tmp_path, on=False) is None
    assert not any(link in configuration(tmp_path) for link in links)
