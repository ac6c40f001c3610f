"""What is asked before many leads are changed at once; names and values are the arguments of the deed."""

from datetime import date

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from crm.forms.asking import asked, coming_days, past_days
from crm.lifecycle import LeadStage, ShelvingReason
from crm.models import Lead


class BulkForm(forms.Form):
    """`given()` is plain JSON, because a background job may have to read it later."""

    def __init__(self, *args, owners, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.owners, self.today = owners, today
        self.prepare()

    def prepare(self):
        """Where a form sets what depends on people and days."""

    def given(self):
        return {name: _plain(value) for name, value in self.cleaned_data.items()}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else getattr(value, "pk", value)


class HandForm(BulkForm):
    def prepare(self):
        self.fields["owner"] = forms.ModelChoiceField(
            self.owners, label=_("Officer in charge"), empty_label=_("Choose an officer")
        )


class _DatedForm(BulkForm):
    def prepare(self):
        day = DayFormField(label=_("Happened on"), initial=self.today)
        day.quick_dates = past_days(self.today)
        self.fields["effective_on"] = day


class MoveForm(_DatedForm):
    to = forms.ChoiceField(
        label=_("Step"),
        choices=[stage for stage in LeadStage.choices if stage[0] not in (LeadStage.CONVERTED, LeadStage.SHELVED)],
        initial=LeadStage.RESPONDED,
    )

    note = forms.CharField(
        label=_("Assessment, answer given or reason"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_to(self):
        if self.cleaned_data["to"] == LeadStage.ASSESSED:
            raise forms.ValidationError(
                gettext("An assessment has six aspects: open each lead and write its own assessment.")
            )
        return self.cleaned_data["to"]


class NextStepForm(BulkForm):
    def prepare(self):
        self.fields |= asked(Lead, ("next_step", "next_step_due_on"))
        self.fields["next_step_due_on"].quick_dates = coming_days(self.today)


class ShelveForm(_DatedForm):
    shelving_reason = forms.ChoiceField(label=_("Why it is shelved"), choices=[("", "—"), *ShelvingReason.choices])


BULK_FORMS = {"hand": HandForm, "move": MoveForm, "next-step": NextStepForm, "shelve": ShelveForm}
