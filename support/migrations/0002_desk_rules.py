"""Rules of the desk that the database itself keeps: events are append-only, and a ticket keeps its requester."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON support_ticketevent
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change();
"""
DROP_APPEND_ONLY = "DROP TRIGGER append_only ON support_ticketevent;"

# Who asked it never changes.
REQUESTER = """
CREATE FUNCTION support_keep_requester() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a ticket keeps its requester' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep_requester BEFORE UPDATE OF requester_id ON support_ticket
    FOR EACH ROW WHEN (OLD.requester_id IS DISTINCT FROM NEW.requester_id)
    EXECUTE FUNCTION support_keep_requester();
"""
DROP_REQUESTER = """
DROP TRIGGER keep_requester ON support_ticket;
DROP FUNCTION support_keep_requester();
"""


class Migration(migrations.Migration):
    dependencies = [("support", "0001_desk"), ("community", "0002_rules")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
        migrations.RunSQL(REQUESTER, DROP_REQUESTER),
    ]
