"""The reference describes what apps may import, and apps import nothing else."""

import json
import re
from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from jsonschema import Draft202012Validator

from core.development.reference.errors import MissingDescription, UndefinedName
from core.development.reference.python import public_names
from core.plugins.private_imports import check_imports, private_imports
from core.plugins.public_names import FILE_NAME, names_by_module, read_public_names

ROOT: Path = settings.BASE_DIRECTORY
BLOCK = re.compile(r"(?ms)^( *)```python\n(.*?)^ *```")
PUBLIC = names_by_module(read_public_names(ROOT))


def test_the_reference_is_up_to_date():
    call_command("writereference", check=True)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file of a portal."""

    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
        return file

    return write


def test_a_name_is_described_with_its_signature_and_methods(tmp_path, write):
    write(FILE_NAME, "Shelves:\n  core.shelves: [shelf, shelf.put]\n")
    write("core/shelves/__init__.py", "from .wood import shelf\n")
    write(
        "core/shelves/wood.py",
        '''
        class Base:
            def put(self, book: str, *, row: int = 1) -> None:
                """Put a book on the shelf."""

        class Shelf(Base):
            pass

        def shelf(name: str = "new") -> Shelf:
            """Return a shelf."""
        ''',
    )
    assert public_names(tmp_path) == dedent("""\
        ## Shelves

        ### shelf

        ```python
        from core.shelves import shelf

        def shelf(name: str = 'new') -> Shelf
        ```

        Return a shelf.

        - `put(book: str, *, row: int = 1)`: Put a book on the shelf.""")


@pytest.mark.parametrize(
    ("names", "error"),
    [("[shelf]", MissingDescription), ("[cupboard]", UndefinedName), ("[shelf.put]", UndefinedName)],
)
def test_a_name_without_a_description_or_a_definition_is_refused(tmp_path, write, names, error):
    write(FILE_NAME, f"Shelves:\n  core.shelves: {names}\n")
    write("core/shelves.py", "def shelf():\n    return None\n")
    with pytest.raises(error):
        public_names(tmp_path)


@pytest.mark.parametrize(
    ("line", "do"),
    [
        ("from core.openid.tokens import token", "choose a name in docs/reference/python.md"),
        ("import core.openid.tokens", "choose a name in docs/reference/python.md"),
        ("from core.stores.outage import after_commit", "from core.transactions import after_commit"),
        ("from core.transactions import finish", "import only after_commit from core.transactions"),
        ("from services.notification import send", "import from services.notifications, or choose"),
    ],
)
def test_a_private_import_is_reported_with_what_is_public(write, line, do):
    file = write("apps/library/views.py", f"from django import urls\n{line}\n")
    (message,) = private_imports(file, "apps/library/views.py", PUBLIC)
    assert message.startswith("apps/library/views.py, line 2: ")
    assert f"\n  found    {line}\n  do       {do}" in message


@pytest.mark.parametrize(
    "line",
    [
        "from core.transactions import after_commit",
        "from services.notifications import mail_content",
        "import core.files.fields",
        "import os",
    ],
)
def test_other_imports_are_not_reported(write, line):
    assert list(private_imports(write("views.py", line), "views.py", PUBLIC)) == []


def test_the_apps_of_this_portal_import_only_public_names():
    assert check_imports(None) == []


def test_a_new_app_imports_only_public_names(tmp_path, settings):
    (tmp_path / "apps").mkdir()
    settings.BASE_DIRECTORY, settings.PLUGINS = tmp_path, ()  # the portal may have an app of this name
    call_command("createapp", "library", kind="full", stdout=StringIO())
    modules = [path for path in (tmp_path / "apps").rglob("*.py") if path.parent.name != "migrations"]
    assert len(modules) > 10
    for module in modules:
        assert list(private_imports(module, module.name, PUBLIC)) == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_the_python_of_a_page_can_be_parsed_and_imports_only_public_names(page, write):
    for indent, code in BLOCK.findall(page.read_text()):
        text = re.sub(rf"(?m)^{indent}", "", code)
        if page.name == "python.md":
            text = re.sub(r"(?s)\n\n.*", "", text)  # a signature has no body
        if not re.search(r"(?m)^\.\.\.$", text):  # which stands for lines that the page leaves out
            assert list(private_imports(write("block.py", text), page.name, PUBLIC)) == []


REFERENCE = ROOT / "docs" / "reference"
SCHEMA_LINE = re.compile(r"(?m)^# yaml-language-server: \$schema=(.+)$")


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("portal.schema.json", ["portal.yaml"]),
        ("manifest.schema.json", ["apps/*/manifest.yaml", "services/*/manifest.yaml"]),
    ],
)
def test_a_schema_accepts_the_files_that_name_it_and_no_misspelt_key(schema, files):
    validator = Draft202012Validator(json.loads((REFERENCE / schema).read_text()))
    for file in (file for pattern in files for file in ROOT.glob(pattern)):
        text = file.read_text()
        named = [(file.parent / found).resolve() for found in SCHEMA_LINE.findall(text)]
        assert named == [REFERENCE / schema] or file.parent.parent.name in {"apps", "services"}
        content = yaml.safe_load(text)
        validator.validate(content)
        assert not validator.is_valid({**content, "misspelt": 1})


def test_a_new_app_names_the_schema_of_its_manifest():
    for template in (ROOT / "core" / "management" / "app_template").glob("*/manifest.yaml-tpl"):
        (found,) = SCHEMA_LINE.findall(template.read_text())
        assert (ROOT / "apps" / "library" / found).resolve() == REFERENCE / "manifest.schema.json"
