from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0002_witnesses_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkpoint",
            name="link",
            field=models.BinaryField(default=b"", verbose_name="link to the one before"),
            preserve_default=False,
        ),
    ]
