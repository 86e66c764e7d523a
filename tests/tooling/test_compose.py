"""Runs of the stack's tests in several checkouts share one Docker engine."""

from pathlib import Path

from tests.support.compose import project_name


def test_a_checkout_always_has_the_same_project() -> None:
    assert project_name(Path("/home/ada/template")) == project_name(Path("/home/ada/template"))


def test_two_checkouts_have_different_projects() -> None:
    assert project_name(Path("/home/ada/template")) != project_name(Path("/home/emmy/template"))
