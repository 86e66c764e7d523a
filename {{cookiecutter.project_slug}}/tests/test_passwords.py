"""Passwords that are common, or made of the portal's and the person's names, are refused wherever one is set."""

import io

import pytest
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from core.people.models import Person
from core.testing.client import PortalClient

ASHA = Person(username="rao42", display_name="Asha Râo-Verma", email="asha.k@mail.example.org")


@pytest.fixture(autouse=True)
def names(settings):
    """Give the portal names of its own."""
    portal = settings.PORTAL
    settings.PORTAL = portal.model_copy(
        update={
            "name": "Campus Hub",
            "institute": portal.institute.model_copy(update={"name": "Doon Institute of Technology and Arts"}),
            "sites": portal.sites.model_copy(
                update={"internet": portal.sites.internet.model_copy(update={"domain": "lantern.bücher.example"})}
            ),
        }
    )
    settings.LANGUAGE_CODE = "en"


def problems(password, person=ASHA):
    """Return the codes of what is wrong with a password."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        return {problem.code for problem in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "campushub", "Campus-Hub-2026!", "hub campus 1", "CAMPUS.HUB!!", "campushub and",  # the portal's name
        "technology-arts", "DoonInstitute1", "doon2026doon", "Doon Doon Doon", "DIOTAA-2026",  # the institute's
        "lantern2026!", "büchercampus", "bucher-lantern", "example12345",  # the domains'
        "rao rao rao", "ASHA.1999", "Asha_Verma_7", "râo-vérma", "ａｓｈａ１９９９", "asha@example.org",  # the person's
        "asha@campus#hub", "verma2doon", "campushubaaaa",
    ],
)  # fmt: skip
def test_a_password_made_of_names_is_refused(password):
    assert "password_made_of_names" in problems(password)


@pytest.mark.parametrize(
    "password",
    ["asha likes orchids", "campus hub of otters", "doon-orchid", "1.7 otters", "8 hub otters", "राजमार्ग पर बादल"],
)
def test_a_password_with_other_words_is_accepted(password):
    assert problems(password) == set()


def test_another_persons_names_are_no_reason(db):
    assert "password_made_of_names" not in problems("Asha_Verma_7", Person(username="ben"))
    assert "password_made_of_names" in problems("Campus-Hub-2026", None)


@pytest.mark.parametrize("password", ["password", "Password123!", "!!sunshine2026", "1qaz2wsx..", "...Football99"])
def test_a_common_password_is_refused_with_decorations_too(password):
    assert "password_too_common" in problems(password)


@pytest.mark.parametrize("length", [8, 64, 128])
def test_any_composition_of_at_least_8_characters_is_accepted(length):
    assert problems(("kqzwvxjy" * 16)[:length]) == set()
    assert "password_too_short" in problems("kqzwvxj")


def test_the_message_says_what_to_do():
    with pytest.raises(ValidationError, match="Add words that have nothing to do with them"):
        validate_password("campushub2026", ASHA)
    assert any("can’t be made of the portal's" in text for text in password_validators_help_texts())


class TestWherePasswordsAreSet:
    """The sign-in API's ways are in services/accounts/tests/test_passwords.py."""

    @pytest.fixture
    def maintainer(self, make_person):
        return PortalClient().sign_in(make_person("boss", is_staff=True, is_superuser=True))

    def test_the_admins_form_for_a_new_person(self, maintainer):
        form = {"username": "dev", "display_name": "Dev Das", "usable_password": "true"}
        form |= {"password1": "dev-das-2026", "password2": "dev-das-2026"}
        page = maintainer.post(reverse("admin:core_people_person_add"), form)
        assert "made of names" in page.content.decode()
        assert not Person.objects.filter(username="dev").exists()

    def test_the_admins_form_for_a_password(self, maintainer, make_person):
        dev = make_person("dev", display_name="Dev Das")
        url = reverse("admin:auth_user_password_change", args=[dev.pk])
        form = {"usable_password": "true", "password1": "dev-das-2026", "password2": "dev-das-2026"}
        assert "made of names" in maintainer.post(url, form).content.decode()
        dev.refresh_from_db()
        assert not dev.has_usable_password()

    def test_createsuperuser(self, db, monkeypatch):
        answers = iter(["campus-hub-2026", "campus-hub-2026", "two otters and a lamp", "two otters and a lamp"])
        command = "django.contrib.auth.management.commands.createsuperuser"
        monkeypatch.setattr(f"{command}.getpass.getpass", lambda *prompt: next(answers))
        monkeypatch.setattr("builtins.input", lambda *prompt: "n")  # do not accept it nevertheless
        errors = io.StringIO()
        terminal = io.StringIO()
        terminal.isatty = lambda: True
        names = {"username": "boss", "email": "boss@example.edu"}
        call_command("createsuperuser", **names, stdin=terminal, stdout=io.StringIO(), stderr=errors)
        assert "made of names" in errors.getvalue()
        assert Person.objects.get(username="boss").check_password("two otters and a lamp")
