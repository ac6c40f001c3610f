"""The form of an assessment: six aspects, a conclusion, and what follows from it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from crm.actions import ASSESSED_WITH
from crm.aspects import QUESTIONS, Aspect, Outcome, Rating
from crm.forms.asking import past_days
from crm.lifecycle import ShelvingReason


class AssessmentForm(forms.Form):
    """Asks for everything and insists on nothing: a draft may be kept with gaps."""

    needs_experts = forms.BooleanField(
        label=_("Outside experts are asked (one week instead of three days)"), required=False
    )
    summary = forms.CharField(
        label=_("Conclusion"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, required=False, widget=forms.RadioSelect)
    shelving_reason = forms.ChoiceField(
        label=_("Why it is shelved"), choices=[("", _("Only when shelving")), *ShelvingReason.choices], required=False
    )
    effective_on = DayFormField(label=_("Assessed on"), required=False)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        six = {}
        for aspect in Aspect:
            six[f"{aspect}_rating"] = forms.ChoiceField(
                label=aspect.label, choices=Rating.choices, required=False, widget=forms.RadioSelect
            )
            six[f"{aspect}_text"] = forms.CharField(
                label=QUESTIONS[aspect], max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
        self.fields = {**six, **self.fields}
        self.fields["effective_on"].quick_dates = past_days(today)

    def written(self):
        """What belongs to the assessment itself; the rest are arguments of the verb."""
        return {name: self.cleaned_data[name] for name in ASSESSED_WITH}

    def aspects(self):
        return [(self[f"{aspect}_rating"], self[f"{aspect}_text"]) for aspect in Aspect]

    def clashes_with(self, current):
        return [
            (self.fields[name].label, str(self.cleaned_data.get(name) or "—"), str(value or "—"))
            for name, value in current.items()
            if name in self.fields and (self.cleaned_data.get(name) or "") != (value or "")
        ]
