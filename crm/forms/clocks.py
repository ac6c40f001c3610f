"""The form of a zone's clock rules: three fields a step."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.clocks import MOST_DAYS, ClockStep, DayUnit, Limit


class ClockRulesForm(forms.Form):
    def __init__(self, *args, limits, **kwargs):
        super().__init__(*args, **kwargs)
        for step, limit in limits.items():
            label = ClockStep(step).label
            self.fields[f"{step}_number"] = forms.IntegerField(
                label=label, min_value=1, max_value=MOST_DAYS, initial=limit.number
            )
            self.fields[f"{step}_unit"] = forms.ChoiceField(
                label=_("Counted in"), choices=DayUnit.choices, initial=limit.unit
            )
            self.fields[f"{step}_tells_office"] = forms.BooleanField(
                label=_("Tell the office when it is over"), required=False, initial=limit.tells_office
            )

    def rows(self):
        return [
            (ClockStep(step).label, self[f"{step}_number"], self[f"{step}_unit"], self[f"{step}_tells_office"])
            for step in ClockStep.values
        ]

    def limits(self):
        said = self.cleaned_data
        return {
            step: Limit(said[f"{step}_number"], said[f"{step}_unit"], said[f"{step}_tells_office"])
            for step in ClockStep.values
        }
