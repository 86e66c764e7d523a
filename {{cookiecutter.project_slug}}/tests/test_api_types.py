"""Pages have the types of their API, made from the schema."""

import pytest
from django.core.management import CommandError, call_command

from core.api.types import declarations, type_of


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"type": "string", "nullable": True}, "string | null"),
        ({"enum": ["a", "it's", None]}, "'a' | 'it\\'s' | null"),
        ({"type": "array", "items": {"type": "string", "nullable": True}}, "(string | null)[]"),
        ({"allOf": [{"$ref": "#/components/schemas/Poll"}], "nullable": True}, "Poll | null"),
        ({"oneOf": [{"type": "string"}, {"type": "number"}]}, "string | number"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Record<string, boolean>"),
        ({"type": "object", "additionalProperties": {}}, "Record<string, any>"),
        (
            {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "a-b": {}}},
            "{\n  id: number\n  'a-b'?: any\n}",
        ),
    ],
)
def test_a_schema_becomes_a_type(schema, expected):
    assert type_of(schema) == expected


def test_only_the_types_of_the_plugin_are_declared_with_those_that_they_refer_to():
    reference = {"$ref": "#/components/schemas/Book"}
    schema = {
        "paths": {"/api/library/": {"get": reference}, "/api/polls/": {"get": {"$ref": "#/components/schemas/Poll"}}},
        "components": {
            "schemas": {
                "Author": {"type": "string"},
                "Book": {
                    "type": "object",
                    "properties": {
                        "author": {"$ref": "#/components/schemas/Author"},
                        "state": {"$ref": "#/components/schemas/StateDe1Enum"},
                    },
                },
                "StateDe1Enum": {"enum": ["lent", "there"], "type": "string"},
                "Poll": {"type": "string"},
            }
        },
    }
    text = declarations(schema, "library")
    assert "export type Author = string\n" in text
    assert "export type Book = {\n  author?: Author\n  state?: 'lent' | 'there'\n}\n" in text
    assert "Enum" not in text
    assert "Poll" not in text


def test_the_types_of_all_pages_are_up_to_date(db):
    call_command("apitypes", "--check")


def test_a_name_that_does_not_exist_is_refused(db):
    with pytest.raises(CommandError, match="no service or app of the name nothing"):
        call_command("apitypes", "nothing")
