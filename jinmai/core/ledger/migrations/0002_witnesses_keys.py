from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0001_entries_and_their_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="cosignature",
            name="verifier",
            field=models.TextField(default="", verbose_name="witness's key"),
            preserve_default=False,
        ),
    ]
