"""What notices may be about: also what the company hears, week by week."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('community', '0023_recorded'),
    ]

    operations = [
        migrations.AlterField(
            model_name='noticechoice',
            name='topic',
            field=models.CharField(choices=[('answers', 'Answers to your questions'), ('mentions', 'Somebody mentions you'), ('thanks', 'Your answers: accepted, and who they helped'), ('shared', 'A problem you share is solved'), ('watched', 'News in questions you watch'), ('questions', 'New questions on boards and tags you watch'), ('issues', 'News of known issues that you have too'), ('desk', 'Work that waits for you at the desk'), ('heard', 'What the company hears, week by week'), ('reminders', 'Whether an answer solved your question'), ('digest', 'What else is worth your time')], max_length=10),
        ),
        migrations.AlterField(
            model_name='notification',
            name='topic',
            field=models.CharField(blank=True, choices=[('answers', 'Answers to your questions'), ('mentions', 'Somebody mentions you'), ('thanks', 'Your answers: accepted, and who they helped'), ('shared', 'A problem you share is solved'), ('watched', 'News in questions you watch'), ('questions', 'New questions on boards and tags you watch'), ('issues', 'News of known issues that you have too'), ('desk', 'Work that waits for you at the desk'), ('heard', 'What the company hears, week by week'), ('reminders', 'Whether an answer solved your question'), ('digest', 'What else is worth your time')], max_length=10),
        ),
    ]
