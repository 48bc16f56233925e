"""Sources of tariffs and emission factors, one in each language instead of both in one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models

BETWEEN = " · "
NAMES = ("Tariff", "EmissionFactor")


def split(apps: Any, schema_editor: Any) -> None:
    """Give each language its half; a source that was in one language only serves both."""
    del schema_editor
    for name in NAMES:
        for row in apps.get_model("industry", name).objects.all():
            row.source_zh, _, english = row.source_zh.partition(BETWEEN)
            row.source_en = english or row.source_zh
            row.save(update_fields=["source_zh", "source_en"])


def join(apps: Any, schema_editor: Any) -> None:
    """Both languages in one column again."""
    del schema_editor
    for name in NAMES:
        for row in apps.get_model("industry", name).objects.exclude(source_en=models.F("source_zh")):
            row.source_zh = f"{row.source_zh}{BETWEEN}{row.source_en}"[:300]
            row.save(update_fields=["source_zh"])


class Migration(migrations.Migration):
    """Rename, add, split."""

    dependencies: ClassVar = [("industry", "0003_quarantine_fault_by_code")]
    operations: ClassVar = [
        *(migrations.RenameField(name, "source", "source_zh") for name in NAMES),
        *(
            migrations.AlterField(name, "source_zh", models.CharField("source (Chinese)", max_length=300))
            for name in NAMES
        ),
        *(
            migrations.AddField(
                name,
                "source_en",
                models.CharField("source (English)", max_length=300, default=""),
                preserve_default=False,
            )
            for name in NAMES
        ),
        migrations.RunPython(split, join),
    ]
