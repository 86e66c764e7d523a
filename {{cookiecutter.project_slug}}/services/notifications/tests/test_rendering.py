"""The texts of a notification: templates of the manifest, filled in when somebody reads them."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override
from pydantic import ValidationError

from core.catalogues.compiling import compile_catalogue
from core.plugins.manifest import NotificationKind
from services.notifications.rendering import Content, render


def content(kind="test", app="notifications", **params):
    return Content(app, kind, params, "/", datetime(2026, 1, 1, tzinfo=UTC))


def test_parameters_fill_the_title_and_the_body(declare):
    declare("due", title="{book} is due", body="Return {book} by {day}.")
    assert render(content("due", book="Dune", day=7), "en") == ("Dune is due", "Return Dune by 7.")


def test_braces_in_a_parameter_stay(declare):
    declare("two", title="{a} {b}")
    assert render(content("two", a="{b}", b="{a.__class__}"), "en")[0] == "{b} {a.__class__}"


def test_a_title_is_one_short_line():
    assert render(content(what="a\n\tb"), "en")[0] == "a b"
    assert len(render(content(what="x" * 500), "en")[0]) == 200


@pytest.mark.parametrize(
    ("app", "params", "title"),
    [
        ("notifications", {}, "Notifications"),
        ("notifications", {"title": "As it was sent"}, "As it was sent"),
        ("removed", {}, "removed"),
    ],
)
def test_a_kind_that_is_gone_has_a_neutral_title(app, params, title):
    assert render(content("gone", app=app, **params), "en") == (title, "")


def test_a_kind_that_has_other_parameters_now_has_a_neutral_title(declare):
    declare("due", title="{book} is due", body="By {day}")
    assert render(content("due", book="Dune"), "en") == ("Notifications", "")


@pytest.fixture
def catalogue(settings, tmp_path):
    """Write a catalogue: `catalogue("hi", "New: {what}", "नया: {what}")`."""

    def write(language, text, translation):
        path = tmp_path / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text(f'msgid "{text}"\nmsgstr "{translation}"\n')
        compile_catalogue(path)
        settings.LOCALE_PATHS = [tmp_path]

    return write


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "browser", "title"), [("", "hi", "नया"), ("hi", "en", "नया"), ("en", "hi", "Hello")]
)
def test_a_list_is_in_the_language_of_the_person_or_else_of_the_request(
    catalogue, settings, make_person, send, titles, chosen, browser, title
):
    settings.LANGUAGES = [("en", "English"), ("hi", "Hindi")]
    catalogue("hi", "{what}", "नया")
    person = make_person(language=chosen)
    send(person)
    with override(browser):
        assert titles(person) == [title]


def test_the_texts_are_in_the_readers_language(declare, catalogue):
    declare("new", title="New: {what}", body="More")
    catalogue("hi", "New: {what}", "नया: {what}")
    assert render(content("new", what="Dune"), "hi") == ("नया: Dune", "More")
    assert render(content("new", what="Dune"), "hi-in") == ("नया: Dune", "More")
    assert render(content("new", what="Dune"), "en") == ("New: Dune", "More")
    assert render(content("new", what="Dune"), "de") == ("New: Dune", "More")


def test_a_translation_with_an_unknown_parameter_does_no_harm(declare, catalogue):
    declare("new", title="New: {what}")
    catalogue("hi", "New: {what}", "नया: {naam}")
    assert render(content("new", what="Dune"), "hi") == ("New: Dune", "")


def test_a_content_survives_the_store():
    assert Content.decode(content(what="न😀").encode()) == content(what="न😀")


@pytest.mark.parametrize(
    "template",
    ["{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:>9}", "{A}", "{a b}", "{a", "a}", "{{a}}", "{" + "a" * 41 + "}"],
)
def test_braces_hold_nothing_but_a_name(template):
    for field in ("title", "body"):
        with pytest.raises(ValidationError, match=r"in braces|every \{"):
            NotificationKind.model_validate({"title": "x", field: template})


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"title": ""},
        {"title": "x", "channels": []},
        {"title": "x", "channels": ["sms"]},
        {"title": "x", "urgent": 1},
    ],
)
def test_a_wrong_kind_is_refused(members):
    with pytest.raises(ValidationError):
        NotificationKind.model_validate(members)


def test_a_kind_is_mandatory_and_for_the_inbox_by_default():
    kind = NotificationKind(title="x")
    assert (kind.channels, kind.optional, kind.urgent, kind.body) == (["inbox"], False, False, "")
