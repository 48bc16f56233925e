"""The search index: an FTS5 table on SQLite, a table with a GIN index on PostgreSQL. Not a model: see search.py."""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE register_search USING fts5(
        zh, en, facets, content='',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Cn M*'"
    )""",
]
POSTGRESQL = [
    """CREATE TABLE register_search (
        party_id bigint PRIMARY KEY REFERENCES register_party (id) ON DELETE CASCADE,
        zh text NOT NULL, en text NOT NULL, words text[] NOT NULL
    )""",
    "CREATE INDEX register_search_words ON register_search USING gin (words)",
]


def make(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE register_search")


class Migration(migrations.Migration):
    dependencies = [("register", "0001_parties_places_things_and_their_facts")]
    operations = [migrations.RunPython(make, drop)]
