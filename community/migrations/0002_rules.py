"""Rules the database itself keeps, in SQL: foreign pairs, append-only rows, visibility's SQL form."""

from django.db import migrations

COMPOSITE = """
ALTER TABLE community_solution ADD CONSTRAINT solution_answer_of_its_thread
    FOREIGN KEY (answer_id, thread_id) REFERENCES community_answer (id, thread_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE community_solutionmark ADD CONSTRAINT mark_answer_of_its_thread
    FOREIGN KEY (answer_id, thread_id) REFERENCES community_answer (id, thread_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE community_threadevent ADD CONSTRAINT event_answer_of_its_thread
    FOREIGN KEY (answer_id, thread_id) REFERENCES community_answer (id, thread_id) DEFERRABLE INITIALLY DEFERRED;
"""
DROP_COMPOSITE = """
ALTER TABLE community_solution DROP CONSTRAINT solution_answer_of_its_thread;
ALTER TABLE community_solutionmark DROP CONSTRAINT mark_answer_of_its_thread;
ALTER TABLE community_threadevent DROP CONSTRAINT event_answer_of_its_thread;
"""

APPEND_ONLY = """
CREATE FUNCTION community_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON community_threadevent
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON community_auditentry
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change();
"""
DROP_APPEND_ONLY = """
DROP TRIGGER append_only ON community_threadevent;
DROP TRIGGER append_only ON community_auditentry;
DROP FUNCTION community_refuse_change();
"""

# The SQL form of Board.visible_to, for work on many people at once (the fan-out). A person is null for a visitor.
# The second factor is asked for as permissions do: a staff role without one is no staff role.
VISIBILITY = """
CREATE FUNCTION community_has_role(person bigint, VARIADIC wanted text[]) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (
        SELECT 1 FROM community_user u
        JOIN community_user_groups ug ON ug.user_id = u.id
        JOIN auth_group g ON g.id = ug.group_id
        WHERE u.id = person AND u.is_active AND u.anonymised_at IS NULL AND g.name = ANY (wanted)
          AND EXISTS (SELECT 1 FROM mfa_authenticator a WHERE a.user_id = u.id AND a.type <> 'recovery_codes')
    )
$$;
CREATE FUNCTION community_may_see_board(board bigint, person bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (
        SELECT 1 FROM community_board b
        LEFT JOIN community_user u ON u.id = person AND u.is_active
        WHERE b.id = board AND (
            b.audience = 'public'
            OR (u.id IS NOT NULL AND b.audience = 'signed_in')
            OR (u.id IS NOT NULL AND b.audience = 'groups' AND EXISTS (
                SELECT 1 FROM community_board_audience_groups bg
                JOIN community_user_groups ug ON ug.group_id = bg.group_id
                WHERE bg.board_id = b.id AND ug.user_id = u.id))
            OR community_has_role(person, 'moderator', 'admin')
        )
    )
$$;
CREATE FUNCTION community_may_see_thread(thread bigint, person bigint) RETURNS boolean STABLE LANGUAGE sql AS $$
    SELECT EXISTS (
        SELECT 1 FROM community_thread t
        WHERE t.id = thread
          AND (t.hidden_at IS NULL OR community_has_role(person, 'moderator', 'admin'))
          AND community_may_see_board(t.board_id, person)
    )
$$;
"""
DROP_VISIBILITY = """
DROP FUNCTION community_may_see_thread(bigint, bigint);
DROP FUNCTION community_may_see_board(bigint, bigint);
DROP FUNCTION community_has_role(bigint, VARIADIC text[]);
"""

# Where rate limits and used codes are counted for all workers alike (settings.CACHES). Unlogged: losing the counters with
# a crashed server costs nothing, and nothing else is kept there.
RATE_LIMIT = """
CREATE UNLOGGED TABLE community_rate_limit (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL
);
-- read by: the removal of what has expired
CREATE INDEX community_rate_limit_expires ON community_rate_limit (expires);
"""

# A site has a handful of boards, too few changes for autovacuum ever to count them; without statistics the planner takes
# nearly every thread for invisible, and reads and sorts all that are older than a list's cursor.
STATISTICS = """
ALTER TABLE community_board SET (autovacuum_analyze_threshold = 0, autovacuum_analyze_scale_factor = 0);
"""
DROP_STATISTICS = """
ALTER TABLE community_board RESET (autovacuum_analyze_threshold, autovacuum_analyze_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("community", "0001_initial"), ("mfa", "0003_authenticator_type_uniq"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.RunSQL(COMPOSITE, DROP_COMPOSITE),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
        migrations.RunSQL(VISIBILITY, DROP_VISIBILITY),
        migrations.RunSQL(RATE_LIMIT, "DROP TABLE community_rate_limit;"),
        migrations.RunSQL(STATISTICS, DROP_STATISTICS),
    ]
