"""The form of the pipeline board: it asks only for what a step still needs, and for the day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from core.money import ONE_YUAN
from crm.forms.asking import IntendedAmount, asked, past_days
from crm.lifecycle import LeadStage, ShelvingReason, is_backward, lacking
from crm.models import Lead

NOTES = {
    LeadStage.FED_BACK: _("Whom you told what, and how"),
    LeadStage.REGISTERED: _("Why the lead is opened again"),
}


class MoveForm(forms.Form):
    """One step of one lead. The day is today until somebody says otherwise."""

    note = forms.CharField(label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    effective_on = DayFormField(label=_("Happened on"))

    def __init__(self, *args, lead, to, owners, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = []
        for requirement in lacking(lead, to):
            if not requirement.argument:
                self._ask_for(requirement.field.removesuffix("_id"), owners)
        note = self.fields["note"]
        # Kept in the browser until it is sent: whoever closes the panel to look something up has not lost it.
        note.widget.attrs["data-keep"] = f"move-lead-{lead.pk}"
        if is_backward(lead.stage, to):
            note.label, note.required = _("Why it goes back"), True
        elif to in NOTES:
            note.label, note.required = NOTES[to], True
        if to == LeadStage.SHELVED:
            self.fields["shelving_reason"] = forms.ChoiceField(
                label=_("Why it is shelved"), choices=ShelvingReason.choices, widget=forms.RadioSelect
            )
        self.fields["effective_on"].initial = today
        self.fields["effective_on"].no_later_than = today
        self.fields["effective_on"].quick_dates = past_days(today)
        self.order_fields([*self.asked, "shelving_reason", "note", "effective_on"])

    def _ask_for(self, name, owners):
        field = asked(Lead, [name])[name]
        if name == "owner":
            field = forms.ModelChoiceField(owners, label=field.label, empty_label=_("Choose the officer"))
        elif name == "intended_investment_wan":
            field = IntendedAmount(label=field.label, min_value=ONE_YUAN)
        field.required = True
        self.fields[name] = field
        self.asked.append(name)

    @property
    def lacks(self):
        """How many things have to be filled in before the card moves."""
        return sum(1 for name, field in self.fields.items() if field.required and name != "effective_on")

    @property
    def changes(self):
        return {name: self.cleaned_data[name] for name in self.asked}

    @property
    def step(self):
        said = self.cleaned_data
        return {name: said[name] for name in ("effective_on", "note", "shelving_reason") if name in said}
