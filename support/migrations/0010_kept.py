"""What was said of rights is kept as it was said; and a plan that nobody approved may still be changed."""

import django.db.models.deletion
from django.db import migrations, models


KEPT = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON support_rightschange
    FOR EACH ROW EXECUTE FUNCTION community_refuse_change();
"""
DROP_KEPT = "DROP TRIGGER append_only ON support_rightschange;"

APPROVED_STAYS = """
DROP TRIGGER fill_once ON support_definition;
CREATE TRIGGER fill_once BEFORE UPDATE ON support_definition FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL)
    EXECUTE FUNCTION support_fill_once();
"""
ALL_STAYS = """
DROP TRIGGER fill_once ON support_definition;
CREATE TRIGGER fill_once BEFORE UPDATE ON support_definition FOR EACH ROW EXECUTE FUNCTION support_fill_once();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0023_recorded'),
        ('support', '0009_related'),
    ]

    operations = [
        migrations.CreateModel(
            name='RightsChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('period', 'support period'), ('entitlement', 'entitlement')], max_length=11)),
                ('row_id', models.BigIntegerField()),
                ('person_key', models.CharField(blank=True, max_length=66)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField(null=True)),
                ('board', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.board')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person_key', ''), ('what', 'period')), models.Q(('person_key__regex', '^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$'), ('what', 'entitlement')), _connector='OR'), name='right_of_somebody')],
            },
        ),
        migrations.RunSQL(KEPT, DROP_KEPT),
        migrations.RunSQL(APPROVED_STAYS, ALL_STAYS),
    ]
