"""Rules of the ledger that the database itself keeps: facts and entries are append-only, and every move is a legal one.

There is no rule against TRUNCATE: emptying the ledger to derive it anew (`manage.py ledger rebuild --replace`), and the
flush of a test, must work.
"""

from django.db import migrations

APPEND_ONLY = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON support_{table} "
    "FOR EACH ROW EXECUTE FUNCTION community_refuse_change();\n"
    for table in ("view", "outsidecontact", "costinput", "deflectioncase", "deflectionentry")
)
DROP_APPEND_ONLY = "".join(
    f"DROP TRIGGER append_only ON support_{table};\n"
    for table in ("view", "outsidecontact", "costinput", "deflectioncase", "deflectionentry")
)

# What is empty may be filled, once; what was said stays.
FILL_ONCE = """
CREATE FUNCTION support_fill_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before jsonb := to_jsonb(OLD);
        after jsonb := to_jsonb(NEW);
        name text;
BEGIN
    FOR name IN SELECT jsonb_object_keys(before) LOOP
        IF before -> name <> after -> name
           AND before -> name <> 'null'::jsonb AND before -> name <> '""'::jsonb THEN
            RAISE EXCEPTION '% keeps its %', TG_TABLE_NAME, name USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
""" + "".join(
    f"CREATE TRIGGER fill_once BEFORE UPDATE ON support_{table} FOR EACH ROW EXECUTE FUNCTION support_fill_once();\n"
    for table in ("survey", "intent", "definition", "channelcoverage", "programmecost", "baseline", "personstanding")
) + "".join(
    f"CREATE TRIGGER not_deleted BEFORE DELETE ON support_{table} "
    "FOR EACH ROW EXECUTE FUNCTION community_refuse_change();\n"
    for table in ("survey", "intent", "channelcoverage", "programmecost", "baseline", "personstanding")
) + """
CREATE TRIGGER not_deleted BEFORE DELETE ON support_definition FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
    EXECUTE FUNCTION community_refuse_change();
"""
DROP_FILL_ONCE = "".join(
    f"DROP TRIGGER fill_once ON support_{table};\nDROP TRIGGER not_deleted ON support_{table};\n"
    for table in ("survey", "intent", "definition", "channelcoverage", "programmecost", "baseline", "personstanding")
) + "DROP FUNCTION support_fill_once();"

# A statement's entries together: the next of each case, by legal moves, never back in time; then the case as it stands,
# and the tallies.
ENTRIES = """
CREATE FUNCTION support_post_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
    SELECT * INTO bad FROM (
        SELECT n.case_id, n.seq, n.status, n.as_of,
               coalesce(lag(n.seq) OVER w, c.seq, 0) AS seq_before,
               coalesce(lag(n.status) OVER w, c.status, '') AS status_before,
               coalesce(lag(n.as_of) OVER w, c.as_of, n.as_of) AS as_of_before
        FROM new_entries n LEFT JOIN support_currententry c ON c.case_id = n.case_id
        WINDOW w AS (PARTITION BY n.case_id ORDER BY n.seq)
    ) e
    WHERE seq <> seq_before + 1
       OR as_of < as_of_before
       OR (status_before = '' AND status = 'credited')
       OR (status_before = 'credited' AND status = 'pending')
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % of case % (% after %) is no legal move',
            bad.seq, bad.case_id, bad.status, coalesce(nullif(bad.status_before, ''), 'nothing')
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    WITH last AS (
        SELECT DISTINCT ON (n.case_id) n.* FROM new_entries n ORDER BY n.case_id, n.seq DESC
    ), moved AS (
        SELECT c.day, c.board_id, c.kind, c.status, c.reason, c.known, c.channel, c.is_entitled, c.definition_id,
               c.is_simulated, -1 AS count
        FROM last JOIN support_currententry c ON c.case_id = last.case_id
        UNION ALL
        SELECT k.day, last.board_id, k.kind, last.status, last.reason, last.known, last.channel, last.is_entitled,
               last.definition_id, k.is_simulated, 1
        FROM last JOIN support_deflectioncase k ON k.id = last.case_id
    )
    INSERT INTO support_ledgertally (day, board_id, kind, status, reason, known, channel, is_entitled, definition_id,
                                     is_simulated, count)
    SELECT day, board_id, kind, status, reason, known, channel, is_entitled, definition_id, is_simulated, sum(count)
    FROM moved GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 HAVING sum(count) <> 0;

    INSERT INTO support_currententry (case_id, seq, status, reason, person_key, thread_id, board_id, definition_id, known,
                                      channel, is_entitled, as_of, kind, occurred_at, day, is_simulated)
    SELECT last.case_id, last.seq, last.status, last.reason, last.person_key, last.thread_id, last.board_id,
           last.definition_id, last.known, last.channel, last.is_entitled, last.as_of, k.kind, k.occurred_at, k.day,
           k.is_simulated
    FROM (SELECT DISTINCT ON (n.case_id) n.* FROM new_entries n ORDER BY n.case_id, n.seq DESC) last
    JOIN support_deflectioncase k ON k.id = last.case_id
    ON CONFLICT (case_id) DO UPDATE SET
        seq = excluded.seq, status = excluded.status, reason = excluded.reason, person_key = excluded.person_key,
        thread_id = excluded.thread_id, board_id = excluded.board_id, definition_id = excluded.definition_id,
        known = excluded.known, channel = excluded.channel, is_entitled = excluded.is_entitled, as_of = excluded.as_of;
    RETURN NULL;
END $$;
CREATE TRIGGER post_entries AFTER INSERT ON support_deflectionentry
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION support_post_entries();
"""
DROP_ENTRIES = "DROP TRIGGER post_entries ON support_deflectionentry; DROP FUNCTION support_post_entries();"


class Migration(migrations.Migration):
    dependencies = [("support", "0007_ledger"), ("community", "0002_rules")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
        migrations.RunSQL(FILL_ONCE, DROP_FILL_ONCE),
        migrations.RunSQL(ENTRIES, DROP_ENTRIES),
    ]
