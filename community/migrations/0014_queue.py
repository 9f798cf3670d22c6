"""How many people's reports hide a post by themselves."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0013_people")]

    operations = [
        migrations.AddField(
            model_name="brand",
            name="flags_to_hide",
            field=models.PositiveSmallIntegerField(
                blank=True,
                default=3,
                validators=[django.core.validators.MaxValueValidator(50)],
                verbose_name="reports that hide a post",
            ),
        ),
    ]
