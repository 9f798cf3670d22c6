"""When an acceptance was learned of, and from which board a thread was moved: what the ledger derives from."""

import community.clock
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0022_issues'),
    ]

    operations = [
        migrations.AddField(
            model_name='solution',
            name='recorded_at',
            field=models.DateTimeField(default=community.clock.now),
        ),
        migrations.AddField(
            model_name='threadevent',
            name='from_board',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='community.board'),
        ),
        # until now nothing was accepted later than it was learned of
        migrations.RunSQL("UPDATE community_solution SET recorded_at = accepted_at", migrations.RunSQL.noop),
    ]
