"""Groups of companies, aliases in their plain form, and every stored plain form made anew by the present rule."""

from django.db import migrations, models

from crm.names import core_name, normal_name

CHUNK = 1000


FORMS = {"Company": {"normal_name": normal_name, "core_name": core_name}, "CompanyAlias": {"normal_name": normal_name}}


def make_plain_forms_anew(apps, schema_editor):
    # The rules themselves and not copies of them: what is stored has to agree with what will be asked.
    for model, forms in FORMS.items():
        rows = apps.get_model("crm", model).objects.using(schema_editor.connection.alias)
        latest = 0
        while chunk := list(rows.filter(pk__gt=latest).order_by("pk").only("pk", "name")[:CHUNK]):
            latest = chunk[-1].pk
            for row in chunk:
                for column, form in forms.items():
                    setattr(row, column, form(row.name))
            rows.bulk_update(chunk, list(forms))


class Migration(migrations.Migration):
    dependencies = [("crm", "0002_step_taken_back")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="group_name",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="Corporate group"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="company",
            name="normal_group",
            field=models.CharField(blank=True, db_index=True, default="", editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="company",
            name="core_name",
            field=models.CharField(db_index=True, default="", editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="companyalias",
            name="normal_name",
            field=models.CharField(db_index=True, default="", editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.RunPython(make_plain_forms_anew, migrations.RunPython.noop),
    ]
