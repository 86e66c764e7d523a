"""Add trigram indexes, so that the directory finds similar words among many people."""

from django.db import migrations

# services/people/matching.py queries with the same expressions. The index holds all details of a role. A query must
# compare its matches again with the details that portal.yaml lets the directory show.
INDEXES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX person_names_trigrams ON core_people_person
    USING gin (upper(display_name || ' ' || username) gin_trgm_ops);
CREATE INDEX role_details_trigrams ON core_people_role
    USING gin (upper(jsonb_path_query_array(details, '$.*')::text) gin_trgm_ops);
"""


def make_indexes(apps, schema_editor):
    """Add the indexes on PostgreSQL. On other databases, the directory scans all people."""
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
