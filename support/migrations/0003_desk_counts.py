"""Tickets are counted as they change (models/tallies.py), and a message knows the form it was sent with."""

from django.conf import settings
from django.db import migrations, models

SORTS = "queue_id, status, priority, assignee_id, board_id, channel"
# New tickets are counted by the statement, so that a million at once are a few rows; changes by the row, and only
# where something changes that is counted.
TALLY = f"""
CREATE FUNCTION support_tally_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO support_tickettally ({SORTS}, count)
        SELECT {SORTS}, count(*) FROM fresh GROUP BY {SORTS};
    RETURN NULL;
END $$;
CREATE FUNCTION support_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO support_tickettally ({SORTS}, count) VALUES
        (OLD.queue_id, OLD.status, OLD.priority, OLD.assignee_id, OLD.board_id, OLD.channel, -1);
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO support_tickettally ({SORTS}, count) VALUES
            (NEW.queue_id, NEW.status, NEW.priority, NEW.assignee_id, NEW.board_id, NEW.channel, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_new AFTER INSERT ON support_ticket REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION support_tally_new();
CREATE TRIGGER tally_changed AFTER UPDATE OF {SORTS} ON support_ticket FOR EACH ROW
    WHEN ((OLD.queue_id, OLD.status, OLD.priority, OLD.assignee_id, OLD.board_id, OLD.channel)
          IS DISTINCT FROM (NEW.queue_id, NEW.status, NEW.priority, NEW.assignee_id, NEW.board_id, NEW.channel))
    EXECUTE FUNCTION support_tally_changed();
CREATE TRIGGER tally_gone AFTER DELETE ON support_ticket
    FOR EACH ROW EXECUTE FUNCTION support_tally_changed();
INSERT INTO support_tickettally ({SORTS}, count, is_base)
    SELECT {SORTS}, count(*), TRUE FROM support_ticket GROUP BY {SORTS};
"""
DROP_TALLY = """
DROP TRIGGER tally_gone ON support_ticket;
DROP TRIGGER tally_changed ON support_ticket;
DROP TRIGGER tally_new ON support_ticket;
DROP FUNCTION support_tally_changed();
DROP FUNCTION support_tally_new();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('support', '0002_desk_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TicketTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('queue_id', models.BigIntegerField()),
                ('status', models.CharField(max_length=10)),
                ('priority', models.CharField(choices=[('urgent', 'Urgent'), ('high', 'High'), ('normal', 'Normal'), ('low', 'Low')], max_length=8)),
                ('assignee_id', models.BigIntegerField(blank=True, null=True)),
                ('board_id', models.BigIntegerField(blank=True, null=True)),
                ('channel', models.CharField(max_length=8)),
                ('count', models.IntegerField()),
                ('is_base', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('is_base', True)), fields=('queue_id', 'status', 'priority', 'assignee_id', 'board_id', 'channel'), name='one_base_tally', nulls_distinct=False),
                ],
                'indexes': [
                    models.Index(condition=models.Q(('is_base', False)), fields=['id'], name='tally_loose'),
                ],
            },
        ),
        migrations.AddField(
            model_name='ticketmessage',
            name='key',
            field=models.CharField(blank=True, default='', editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='ticketmessage',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('author', 'key'), name='one_message_per_key'),
        ),
        migrations.RunSQL(TALLY, DROP_TALLY),
    ]
