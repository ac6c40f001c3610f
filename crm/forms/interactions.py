"""The form that logs a conversation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.asking import AskingForm, coming_days, past_days
from crm.models import Contact, Interaction


class InteractionForm(AskingForm):
    """Asks for one conversation. `contacts` are those of the company; `parks` only where there is a choice."""

    model = Interaction
    asks = ("kind", "summary", "next_step", "next_step_due_on", "happened_on", "people")
    MORE = ("happened_on", "people", "contacts", "park")

    def __init__(self, *args, contacts, today, parks=None, keep="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=self.fields["kind"].label,
            choices=Interaction._meta.get_field("kind").choices,
            widget=forms.RadioSelect,
        )
        self.fields["summary"].widget.attrs |= {"data-keep": keep} if keep else {}
        self.fields["happened_on"].quick_dates = past_days(today)
        self.fields["next_step_due_on"].quick_dates = coming_days(today)
        self.fields["contacts"] = forms.ModelMultipleChoiceField(
            contacts, label=_("Contacts"), required=False, widget=forms.CheckboxSelectMultiple
        )
        if parks is not None:
            self.fields["park"] = forms.ModelChoiceField(parks, label=_("Park"), empty_label=None)

    @property
    def has_more(self):
        """Whether the folded part must be open: something in it was refused."""
        return any(name in self.errors for name in self.MORE)


class LeadChoice(forms.ModelChoiceField):
    def label_from_instance(self, lead):
        return f"{lead.company.name} · {lead.title}" if lead.title else lead.company.name


class OwnLeadTalkForm(InteractionForm):
    """As above, about one of `leads`. Contacts are those of a company, so here people are only named."""

    def __init__(self, *args, leads, **kwargs):
        super().__init__(*args, contacts=Contact.objects.none(), **kwargs)
        del self.fields["contacts"]
        self.fields["lead"] = LeadChoice(leads, label=_("Lead"), empty_label=_("Choose the lead"))
