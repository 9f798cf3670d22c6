from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0021_known_issues")]

    operations = [
        migrations.AddField(
            model_name="knownissuethread",
            name="told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="knownissueupdate",
            name="told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="knownissuethread",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["id"], name="known_issue_link_untold"),
        ),
        migrations.AddIndex(
            model_name="knownissueupdate",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["id"], name="known_issue_update_untold"),
        ),
    ]
