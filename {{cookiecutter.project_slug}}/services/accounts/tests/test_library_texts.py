"""The catalogues have the texts of allauth for the languages in which it has none."""

from pathlib import Path

import allauth
from django.utils.translation import gettext, override

from core.catalogues.extraction import texts_of
from core.catalogues.places import Owner
from services.accounts.library_texts import TEXTS


def test_the_texts_are_those_of_the_installed_version():
    library = Owner("allauth", Path(allauth.__file__).parent)
    assert set(TEXTS) - {text for text, _, _ in texts_of(library)} == set()


def test_allauths_own_translations_count_where_it_has_some():
    with override("hi"):
        assert gettext("Incorrect code.") != "Incorrect code."
    with override("de"):
        assert gettext("Incorrect code.") not in ("Incorrect code.", "")
