"""Forms of tasks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from crm.forms.asking import coming_days


class PlanTaskForm(forms.Form):
    title = forms.CharField(label=_("To do"), max_length=200)
    due_on = DayFormField(label=_("Due on"), required=False)

    def __init__(self, *args, parks, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].quick_dates = [(_("Today"), today), *coming_days(today)]
        self.fields["park"] = forms.ModelChoiceField(parks, label=_("Park"), empty_label=_("Choose the park"))


class NextTaskForm(forms.Form):
    """Done, and next …; both may stay empty."""

    next_title = forms.CharField(label=_("And next"), max_length=200, required=False)
    next_due_on = DayFormField(label=_("Due on"), required=False)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["next_due_on"].quick_dates = coming_days(today)


class MoveTaskForm(forms.Form):
    due_on = DayFormField(label=_("Due on"), required=False)
    title = forms.CharField(label=_("To do"), max_length=200, required=False)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].quick_dates = [(_("Today"), today), *coming_days(today)]
