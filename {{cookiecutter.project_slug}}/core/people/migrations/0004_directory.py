"""Indexes by trigram, so that the directory finds words and what is like them among many people."""

from django.db import migrations

# services/people/matching.py asks by the same expressions. All details of a role are in the index, for which of them the
# directory shows is up to portal.yaml: whoever finds a row by it compares again with those alone.
INDEXES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX person_names_trigrams ON core_people_person
    USING gin (upper(display_name || ' ' || username) gin_trgm_ops);
CREATE INDEX role_details_trigrams ON core_people_role
    USING gin (upper(jsonb_path_query_array(details, '$.*')::text) gin_trgm_ops);
"""


def make_indexes(apps, schema_editor):
    """Only PostgreSQL has them; elsewhere, the directory looks at everybody."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEXES)


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX person_names_trigrams, role_details_trigrams")


class Migration(migrations.Migration):
    dependencies = [
        ("core_people", "0003_roles"),
    ]

    operations = [migrations.RunPython(make_indexes, drop_indexes)]
