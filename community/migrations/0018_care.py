"""What an administrator calls the state of the site, and mails that a restore leaves out."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0017_people_data'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='sitestate',
            options={'verbose_name': 'site', 'verbose_name_plural': 'site'},
        ),
        migrations.AlterField(
            model_name='mail',
            name='outcome',
            field=models.CharField(blank=True, choices=[('sent', 'sent'), ('empty', 'nothing left to tell: out of sight, read or stopped meanwhile'), ('stopped', 'the person wants none of these'), ('suspended', 'the address does not take mail'), ('gone', 'the person has no account or confirmed address any more'), ('refused', 'the mail server refused it'), ('gave_up', 'could not be handed over'), ('dropped', 'left out after a restore')], max_length=10),
        ),
    ]
