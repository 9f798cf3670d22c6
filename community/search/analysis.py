"""From a thread to a document of the index: the fields there are and how their texts are taken apart."""

from functools import cache

import tantivy

from community.search.documents import ThreadRow

#: Of the index's form: another one makes every machine build its index anew.
VERSION = 1


@cache
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # never unsigned: a number below zero would kill the writer's thread
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_integer_field("board_id", indexed=True, fast=True)
    for name in ("title", "body", "answers", "solution", "tags"):
        builder.add_text_field(name)
    return builder.build()


def document(row: ThreadRow) -> tantivy.Document:
    return tantivy.Document(
        id=row.id,
        board_id=row.board_id,
        title=row.title,
        body=row.body,
        answers=row.answers,
        solution=row.solution,
        tags=row.tag_words,
    )
