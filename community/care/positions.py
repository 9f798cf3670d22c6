"""Transaction numbers of a restored database: on another server they begin anew, and positions would mean nothing.

A backup says of every followed row which followers have not seen it (tables.py). Here each such group of followers gets
the number of a transaction of *this* server, and each follower a snapshot that has seen all but its own groups. So
nothing is told twice and nothing left out, wherever the numbers of this server stand.
"""

from django.db import connection

from community.care.tables import followed, followers


def groups() -> list[int]:
    """The groups of followers (1 and a sum of 2^n) that have not seen some row; asked right after the rows came in."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for table in sorted(followed()):
            cursor.execute(f"SELECT DISTINCT xid FROM {table} WHERE xid > 1")  # noqa: S608 - our own constants
            found.update(group for (group,) in cursor.fetchall())
    return sorted(found)


def take_numbers(most_groups: int) -> list[int]:
    """So many transactions of this server, ended before anything is read in, and one more: all later ones are new.

    Call it outside a transaction.
    """
    numbers = []
    with connection.cursor() as cursor:
        for _number in range(most_groups + 1):
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            numbers.append(int(cursor.fetchone()[0]))
    return numbers


def put_right(numbers: list[int]) -> None:
    """Give every row and every follower a place among this server's transactions; `numbers` from `take_numbers`."""
    *free, border = numbers
    number_of = dict(zip(groups(), free, strict=False))
    with connection.cursor() as cursor:
        for table in sorted(followed()) if number_of else ():
            cases = " ".join(f"WHEN {group} THEN {number}" for group, number in number_of.items())
            cursor.execute(f"UPDATE {table} SET xid = CASE xid {cases} END WHERE xid > 1")  # noqa: S608 - numbers
    for place, follower in enumerate(followers()):
        unseen = sorted(number for group, number in number_of.items() if (group - 1) & 2**place)
        oldest = min([*unseen, border])
        follower.snapshot = f"{oldest}:{border}:{','.join(map(str, unseen))}"
        follower.reading, follower.xid, follower.row = "", 0, 0
        follower.save(update_fields=["snapshot", "reading", "xid", "row"])
