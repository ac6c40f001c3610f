"""The index of the search; `manage.py rebuild_search` fills it from records that are there already."""

from django.db import migrations, models

from core.search.schema import drop_index, make_index


def _make(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        make_index(cursor, schema_editor.connection.vendor)


def _drop(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        drop_index(cursor, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_batch")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.PositiveSmallIntegerField()),
                ("family_id", models.BigIntegerField(db_index=True, null=True)),
                ("own", models.TextField()),
                ("borrowed", models.TextField(blank=True)),
                ("scope", models.TextField()),
            ],
            options={"verbose_name": "Search entry", "verbose_name_plural": "Search entries"},
        ),
        migrations.RunPython(_make, _drop),
    ]
