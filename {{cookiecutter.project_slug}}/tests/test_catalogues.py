"""Catalogues of Python: collected from the sources, compiled without gettext's programs, and complete in Hindi."""

import ast
import os
import re
from pathlib import Path

import pytest
import rest_framework
from django.contrib import admin
from django.contrib.auth import password_validation
from django.core.management import CommandError, call_command
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, override
from rest_framework import serializers

from core.api.library_texts import TEXTS
from core.catalogues.bare_texts import bare_texts, texts_in
from core.catalogues.collecting import collect, missing, read
from core.catalogues.compiling import compile_catalogues
from core.catalogues.extraction import texts_of
from core.catalogues.places import Owner, languages, owners
from core.catalogues.texts import translate

# %(name)s, {name}, the number of a plural, and the tags of a link.
PARAMETER = re.compile(r"%\(\w+\)[sdr]|%s|(?<!one )(?<!other )(?<!=0 )\{[a-zA-Z0-9_]+(?=[,}])|</?\d+/?>")

PYTHON = """from django.utils.translation import gettext as _, ngettext
_("Due on %(day)s")
ngettext("%(number)s book", "%(number)s books", 2)
f"never collected {1}"
"""
TEMPLATE = """{% load i18n %}
    <p>{% translate "Return it" %}
  </p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}
"""
MANIFEST = "title: Library\nnotifications:\n  due: {title: 'Due: {book}', body: Return it}\n"
PORTAL = "name: Never collected\nroles: {dean: {title: Dean, details: {properties: {hall: {title: Hall}}}}}\n"


@pytest.fixture
def base(tmp_path):
    """Return the folder of a portal with the app `library`, which has a text of each kind."""
    app = tmp_path / "apps" / "library"
    for folder in (tmp_path / "core", app / "locale", app / "templates" / "library", app / "tests"):
        folder.mkdir(parents=True)
    (tmp_path / "portal.yaml").write_text(PORTAL)
    (app / "manifest.yaml").write_text(MANIFEST)
    (app / "views.py").write_text(PYTHON)
    (app / "tests" / "test_views.py").write_text("_('never collected')")
    (app / "templates" / "library" / "mail.txt").write_text(TEMPLATE)
    return tmp_path


def write(contents):
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def catalogue_of(base, owner="apps/library", language="hi"):
    return base / owner / "locale" / language / "LC_MESSAGES" / "django.po"


def test_a_catalogue_keeps_its_plural_forms(base):
    write(collect(base, ["hi"]))
    path = catalogue_of(base)
    path.write_text(re.sub(r"plural=.*?;", "plural=(n == 7);", path.read_text()))
    assert "nplurals=2; plural=(n == 7);" in collect(base, ["hi"])[path].decode()


def translate_in(path, text, translation):
    content = path.read_text()
    assert f'msgid "{text}"\nmsgstr ""' in content
    path.write_text(content.replace(f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "{translation}"'))


def test_texts_of_every_kind_are_collected(base):
    texts = collect(base, ["hi"])[catalogue_of(base)].decode()
    for text in ("Due on %(day)s", "%(number)s books", "Return it", "Hello %(name)s", "Library", "Due: {book}"):
        assert f'"{text}"' in texts
    assert "never collected" not in texts
    assert "nplurals=2" in texts
    roles = collect(base, ["hi"])[catalogue_of(base, ".")].decode()
    assert '"Dean"' in roles
    assert '"Hall"' in roles
    assert "Never collected" not in roles


def test_an_app_without_a_folder_locale_is_left_out(base):
    (base / "apps" / "library" / "locale").rmdir()
    assert list(collect(base, ["hi"])) == [catalogue_of(base, ".")]


def test_translations_are_kept_and_old_texts_leave(base):
    write(collect(base, ["hi"]))
    translate_in(catalogue_of(base), "Return it", "लौटाएँ")
    (base / "apps" / "library" / "views.py").write_text("")
    write(collect(base, ["hi"]))
    content = catalogue_of(base).read_text()
    assert "लौटाएँ" in content
    assert "Due on" not in content
    assert collect(base, ["hi"])[catalogue_of(base)].decode() == content


def test_missing_translations_are_listed_by_file(base):
    write(collect(base, ["hi"]))
    translate_in(catalogue_of(base), "Due on %(day)s", "%(day)s तक")
    found = {(file, text) for _, file, text in missing(base, ["hi"])}
    assert ("apps/library/views.py", "%(number)s book") in found
    assert ("apps/library/manifest.yaml", "Library") in found
    assert not {text for _, text in found} & {"Due on %(day)s", "Dean"}  # roles are the institute's own words


def test_texts_of_pages_count_too(base):
    (base / "apps" / "library" / "locale" / "hi.po").write_text(
        '#: apps/library/frontend/index.jsx\nmsgid "Shelf"\nmsgstr ""\n'
    )
    assert languages(base) == ["hi"]
    assert ("apps/library/frontend/index.jsx", "Shelf") in {(file, text) for _, file, text in missing(base, ["hi"])}


def test_a_compiled_catalogue_is_compiled_again_after_a_change(base, settings):
    write(collect(base, ["hi", "pt-br"]))
    translate_in(catalogue_of(base), "Library", "पुस्तकालय")
    assert len(compile_catalogues(base)) == 4  # of the app and of the portal, in two languages
    assert compile_catalogues(base) == []
    settings.LOCALE_PATHS = [base / "apps" / "library" / "locale"]
    with override("hi"):
        assert translate("Library") == "पुस्तकालय"
        assert translate("") == ""
    os.utime(catalogue_of(base), (0, 0))  # also after an older file took its place
    assert compile_catalogues(base) == [catalogue_of(base)]
    assert (base / "apps" / "library" / "locale" / "pt_BR" / "LC_MESSAGES" / "django.mo").is_file()


def test_the_check_fails_for_a_text_that_is_left_out(base, settings, capsys):
    settings.BASE_DIRECTORY = base
    settings.LANGUAGES = [("en", "English"), ("hi", "Hindi")]
    write(collect(base, ["hi"]))
    with pytest.raises(CommandError, match="0 catalogues are not in step, and 6 texts have no translation"):
        call_command("makemessages", check=True)
    assert "no translation of 'Library' (apps/library/manifest.yaml)" in capsys.readouterr().out
    (base / "apps" / "library" / "views.py").write_text("_('One more')\nraise ValidationError('A bare text')")
    with pytest.raises(CommandError, match="1 texts are not marked, 1 catalogues are not in step"):
        call_command("makemessages", check=True)
    assert (
        "apps/library/views.py:2: mark this text with gettext or gettext_lazy: 'A bare text'" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("raise ValidationError('Too late')", ["Too late"]),
        ("raise serializers.ValidationError({'day': ['Too late', _('marked')]})", ["Too late"]),
        ("raise PermissionDenied('Only %s' % name)", ["Only %s"]),
        ("raise NotFound(detail='No book' if book else _('marked'))", ["No book"]),
        ("raise ParseError(_('marked'), code='invalid')", []),
        ("raise ValidationError({'day': str(error)})", []),
        ("raise ValueError('for engineers')", []),
        ("class Late(APIException):\n    default_detail = 'Too late'\n    default_code = 'late'", ["Too late"]),
        ("models.CharField('title', max_length=9)", ["title"]),
        ("models.CharField(verbose_name='title', help_text=_('marked'), db_column='title')", ["title"]),
        ("models.ForeignKey('library.Book', verbose_name='book', related_name='loans')", ["book"]),
        ("serializers.CharField(help_text='for the schema')", []),
        ("class Meta:\n    verbose_name = 'book'\n    ordering = ['title']", ["book"]),
        ("class State(models.TextChoices):\n    LENT = 'lent', 'lent to somebody'", ["lent to somebody"]),
        ("admin.action(description='Take back', permissions=['change'])", ["Take back"]),
        ("messages.error(request, 'Nothing changed')", ["Nothing changed"]),
        ("class Admin:\n    fieldsets = [('Loan', {'fields': ['book']}), (None, {'fields': ['day']})]", ["Loan"]),
    ],
)
def test_texts_in_python_that_are_not_marked_are_found(code, found):
    assert [text.value for text in texts_in(ast.parse(code))] == [*found]


def test_an_f_string_that_people_read_is_found():
    assert len(list(texts_in(ast.parse("raise ValidationError(f'{name} is lent')")))) == 1
    assert not list(texts_in(ast.parse("raise ValidationError(f'{name}: {day}')")))


def test_every_text_of_the_portal_is_marked(settings):
    assert list(bare_texts(settings.BASE_DIRECTORY)) == []


def test_the_admin_names_models_and_fields_in_the_language_of_the_reader(settings):
    translated = tuple(owner.name.replace("/", ".") for owner in owners(settings.BASE_DIRECTORY) if owner.name)
    bare = []
    for model in (model for model in admin.site._registry if model.__module__.startswith(translated)):
        named = [field for field in model._meta.fields if not field.primary_key]
        bare += [str(field) for field in named if not isinstance(field.verbose_name, Promise)]
        bare += [model._meta.label] if not isinstance(model._meta.verbose_name, Promise) else []
    assert bare == []


@pytest.mark.parametrize("code", ["en", "xx", "../hi"])
def test_only_languages_that_django_ships_can_be_added(base, settings, code):
    settings.BASE_DIRECTORY = base
    with pytest.raises(CommandError, match="a language that Django ships"):
        call_command("makemessages", language=code)


def test_another_language_gets_its_catalogues(base, settings, capsys):
    settings.BASE_DIRECTORY = base
    call_command("makemessages", language="pt-br")
    assert catalogue_of(base, language="pt_BR").is_file()


def test_the_texts_of_one_app_are_collected_alone(base, settings, capsys):
    settings.BASE_DIRECTORY = base
    (base / "services" / "cinema").mkdir(parents=True)
    (base / "services" / "cinema" / "manifest.yaml").write_text("title: Cinema\n")
    write(collect(base, ["hi"]))
    catalogue_of(base).unlink()
    before = {path: path.read_bytes() for path in base.rglob("*.po")}
    call_command("makemessages", app="library")
    assert catalogue_of(base).is_file()
    assert {path: path.read_bytes() for path in before} == before
    output = capsys.readouterr().out
    assert "no translation of 'Library'" in output
    assert "Cinema" not in output
    with pytest.raises(CommandError, match="libary: there is no service"):
        call_command("makemessages", app="libary")


def test_a_portal_reads_hindi():
    with override("hi"):
        assert gettext("Sign in to continue.") != "Sign in to continue."
        one, two = (ngettext("%(number)d notification", "%(number)d notifications", number) for number in (1, 2))
        assert "notification" not in one + two


def catalogues(base):
    """Yield all catalogues of the portal, of Python and of pages."""
    for folder in ("frontend", "core", "services", "apps", "locale"):
        for path in (base / folder).glob("**/*.po"):
            if not {"testing", "build"} & set(path.parts):
                yield path


def test_translations_have_the_parameters_of_their_texts(settings):
    wrong = []
    for path in catalogues(settings.BASE_DIRECTORY):
        for message in read(path):
            originals = [message.id] if isinstance(message.id, str) else list(message.id)
            translations = [message.string] if isinstance(message.string, str) else list(message.string)
            allowed = [set(PARAMETER.findall(text)) for text in originals]
            wrong += [text for text in translations if text and set(PARAMETER.findall(text)) not in allowed]
    assert wrong == []


def test_no_text_of_the_portal_is_left_out(settings):
    """`make lint` checks those of apps too, whose translations may still be work in progress while their tests pass."""
    contents = collect(settings.BASE_DIRECTORY, languages(settings.BASE_DIRECTORY))
    offered = [code for code, _ in settings.LANGUAGES if code != "en"]
    others = tuple(str(settings.BASE_DIRECTORY / folder) for folder in ("locale", "apps"))
    outdated = [str(path) for path, new in contents.items() if not path.is_file() or path.read_bytes() != new]
    assert [path for path in outdated if not path.startswith(others)] == []
    left = [f"{path}: {text} ({file})" for path, file, text in missing(settings.BASE_DIRECTORY, offered)]
    assert [line for line in left if not line.startswith(others)] == []


def test_the_texts_of_libraries_are_those_of_the_installed_versions():
    found = {
        text
        for module in (rest_framework, password_validation)
        for text, _, _ in texts_of(Owner("library", Path(module.__file__).parent))
    }
    assert set(TEXTS) - found == set()


def test_errors_of_the_api_are_in_hindi():
    with override("hi"):
        field = serializers.CharField(max_length=3)
        for value in ("", None, "long"):
            with pytest.raises(serializers.ValidationError) as caught:
                field.run_validation(value)
            assert not re.search("[A-Za-z]", str(caught.value.detail[0]))
