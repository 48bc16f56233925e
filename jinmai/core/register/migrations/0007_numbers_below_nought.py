"""Which numbers may lie below nought."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0006_facts_known_already")]
    operations = [
        migrations.AddField(
            model_name="factkind",
            name="signed",
            field=models.BooleanField(default=False, verbose_name="may be below nought"),
        ),
    ]
