"""A search walks the lists of a viewer's own buckets: the index keeps beside an item's words where it lies.

Words of reference and title are kept once more under a mark of their own (`_word`), so that a phrase in them is found
without going through the texts; and each word once in a table, for words that are begun. On SQLite the tokenizer is
`ascii`, which leaves cutting to us: `unicode61` knows fewer letters than Python does.
"""

from collections import defaultdict

from django.db import migrations

BODY = 3  # the level from which a placement gives the text
GAP = 10

SQLITE = (
    "DROP TABLE members_search",
    "CREATE VIRTUAL TABLE members_search USING fts5"
    " (item, places, reference, title, body, tokenize = 'ascii tokenchars _', prefix = '1 2 3 4')",
    "CREATE TABLE members_word (word text PRIMARY KEY) WITHOUT ROWID",
)
POSTGRESQL = (
    "DROP TABLE members_search",
    # Without a foreign key: items are never deleted, and the table is not one of Django's.
    "CREATE TABLE members_search"
    " (item_id bigint PRIMARY KEY, shelf smallint NOT NULL, pos bigint NOT NULL, document tsvector NOT NULL)",
    "CREATE INDEX members_search_page ON members_search (shelf, pos)",
    # Without the list of what is still to be sorted in: every search would go through it.
    "CREATE INDEX members_search_document ON members_search USING gin (document) WITH (fastupdate = off)",
    'CREATE TABLE members_word (word text COLLATE "C" NOT NULL)',
    "CREATE INDEX members_word_begun ON members_word (word)",
)


def move(apps, schema_editor):
    """Every row that there is, in its new shape."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        texts = fts5_texts(cursor) if sqlite else tsvector_texts(cursor)
        lies = where(cursor, texts)
        for statement in SQLITE if sqlite else POSTGRESQL:
            cursor.execute(statement)
        for item, (reference, title, body) in texts.items():
            pos, shelf, buckets = lies[item]
            places = [f"__{bucket}_{shelf}" for bucket in sorted(buckets)]
            parts = places, [f"_{word}" for word in reference], [f"_{word}" for word in title], body
            if sqlite:
                cursor.execute(
                    "INSERT INTO members_search (rowid, item, places, reference, title, body)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    [pos, f"__i_{item}", *map(" ".join, parts)],
                )
            else:
                cursor.execute(
                    "INSERT INTO members_search (item_id, shelf, pos, document) VALUES (%s, %s, %s, %s::tsvector)",
                    [item, shelf, pos, document(*parts)],
                )
        known = sorted({word for _reference, _title, body in texts.values() for word in body if len(word) > 3})
        cursor.executemany("INSERT INTO members_word (word) VALUES (%s)", [[word] for word in known])


def fts5_texts(cursor):
    """item: (words of its reference, of its title, all of its words once)."""
    cursor.execute("SELECT item, reference, title, body FROM members_search")
    return {
        int(item[1:]): (reference.split(), title.split(), list(dict.fromkeys(f"{reference} {title} {body}".split())))
        for item, reference, title, body in cursor.fetchall()
    }


def tsvector_texts(cursor):
    """The same out of positions and weights: reference and title have weight A and a gap between them."""
    cursor.execute("SELECT item_id, lexeme, positions, weights FROM members_search, unnest(document)")
    heads, every = defaultdict(dict), defaultdict(list)
    for item, word, positions, weights in cursor.fetchall():
        every[item].append(word)
        heads[item] |= {place: word for place, weight in zip(positions, weights) if weight == "A"}
    return {item: (*halves(heads[item]), body) for item, body in every.items()}


def halves(placed):
    found, before = ([], []), 0
    for place in sorted(placed):
        second = bool(found[1]) or place - before > GAP
        found[second].append(placed[place])
        before = place
    return found


def where(cursor, texts):
    """item: (pos, shelf, buckets)."""
    cursor.execute("SELECT id, pos, realm * 100 + kind FROM members_item")
    lies = {item: (pos, shelf, set()) for item, pos, shelf in cursor.fetchall() if item in texts}
    cursor.execute("SELECT item_id, bucket FROM members_placement WHERE level >= %s", [BODY])
    for item, bucket in cursor.fetchall():
        if item in lies:
            lies[item][2].add(bucket)
    return lies


def document(places, reference, title, body):
    lexemes = [f"'{word}'" for word in (*places, *body)]
    lexemes += [f"'{word}':{number}" for number, word in enumerate(reference, 1)]
    lexemes += [f"'{word}':{number}" for number, word in enumerate(title, len(reference) + GAP)]
    return " ".join(lexemes)


class Migration(migrations.Migration):
    # There is no way back: a search would find nothing until each text had been indexed again.
    dependencies = [("members", "0003_embargo_origin_children")]

    operations = [migrations.RunPython(move)]
