"""An agent may take back that a ticket is about something else."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0008_ledger_rules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ticketevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "opened"),
                    ("wrote", "the customer wrote"),
                    ("replied", "replied"),
                    ("noted", "noted"),
                    ("claimed", "took it"),
                    ("assigned", "assigned it"),
                    ("released", "gave it back to the queue"),
                    ("returned", "went back to the queue unanswered"),
                    ("moved", "moved it to another queue"),
                    ("prioritised", "changed the priority"),
                    ("retagged", "changed the tags"),
                    ("started", "opened it for work"),
                    ("waited", "waits for the customer"),
                    ("held", "put it on hold"),
                    ("woken", "woke up"),
                    ("resolved", "resolved it"),
                    ("closed", "closed it"),
                    ("reopened", "reopened it"),
                    ("no_reply", "needs no reply"),
                    ("merged", "merged it into another"),
                    ("took_in", "took another one in"),
                    ("unmerged", "took the merge back"),
                    ("split", "split messages off"),
                    ("split_from", "was split off another"),
                    ("copied", "put somebody in copy"),
                    ("uncopied", "took somebody out of copy"),
                    ("warned", "a promise is nearly due"),
                    ("breached", "a promise was broken"),
                    ("gave_back", "gave the question back to the community"),
                    ("published", "published the outcome"),
                    ("withheld", "did not publish the outcome"),
                    ("solved_by_peers", "the community solved it"),
                    ("rated", "said how it went"),
                    ("unrelated", "marked it as about something else"),
                    ("related", "took back that it is about something else"),
                ],
                max_length=16,
            ),
        ),
    ]
