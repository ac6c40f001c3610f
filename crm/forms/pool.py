"""Forms of the lead pool: giving back, assigning, the rules of a zone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from crm.actions import POOL_RULE_EDITABLE
from crm.forms.asking import AskingForm, past_days
from crm.models import PoolRule


class ReturnForm(forms.Form):
    """Asks why a lead is given back."""

    reason = forms.CharField(
        label=_("Why it is given back"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text=_("Whoever takes it next reads this."),
    )


class AssignForm(forms.Form):
    """Asks to whom the office gives a lead; whether that person works there is the verb's business."""

    park = forms.ModelChoiceField(queryset=None, label=_("Park"), empty_label=None)
    owner = forms.ModelChoiceField(
        queryset=None, label=_("Officer in charge"), required=False, empty_label=_("Nobody yet: into the pool there")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    effective_on = DayFormField(label=_("Happened on"))

    def __init__(self, *args, parks, owners, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["park"].queryset = parks
        self.fields["owner"].queryset = owners
        self.fields["effective_on"].quick_dates = past_days(today)


class PoolRuleForm(AskingForm):
    """Asks for the rules of a zone's pool."""

    model = PoolRule
    asks = POOL_RULE_EDITABLE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("cool_down_days", "first_record_days", "silent_days", "warning_days"):
            self.fields[name].unit = _("days")
