"""The search index: one row per item. On SQLite an FTS5 table whose rowid is `Item.pos`, so that matches come in the
order of release; on PostgreSQL a tsvector with a GIN index. No extensions."""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE members_search USING fts5"
    " (item, reference, title, body, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')"
)
POSTGRESQL = (
    # Without a foreign key: items are never deleted, and the table is not one of Django's.
    "CREATE TABLE members_search (item_id bigint PRIMARY KEY, document tsvector NOT NULL)",
    "CREATE INDEX members_search_document ON members_search USING gin (document)",
)


def create(apps, schema_editor):
    for statement in (SQLITE,) if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE members_search")


class Migration(migrations.Migration):
    dependencies = [("members", "0001_people_and_items")]

    operations = [migrations.RunPython(create, drop)]
