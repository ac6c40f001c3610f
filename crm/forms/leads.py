"""Forms of leads."""

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from core.money import ONE_YUAN
from crm.actions import LEAD_EDITABLE
from crm.forms.asking import ANOTHER, AskingForm, IntendedAmount, asks_for_duplicates, coming_days, past_days
from crm.lifecycle import LeadStage, ShelvingReason, earlier_stages, next_stages
from crm.models import Lead


class LeadForm(AskingForm):
    """Asks for the facts of a lead that may be edited at any time."""

    model = Lead
    asks = LEAD_EDITABLE

    def __init__(self, *args, owners, today, amount_url="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(
            owners, label=self.fields["owner"].label, required=False, empty_label=_("Nobody yet")
        )
        self.fields["content"].widget.attrs["rows"] = 4
        self.fields["received_on"].quick_dates = past_days(today)
        self.fields["next_step_due_on"].quick_dates = coming_days(today)
        self.fields["land_wanted_mu"].unit = _("mu")
        self.fields["floor_wanted_sqm"].unit = _("m²")
        label = self.fields["intended_investment_wan"].label
        amount = self.fields["intended_investment_wan"] = IntendedAmount(
            label=label, min_value=ONE_YUAN, takes_qualifier=True
        )
        if amount_url:
            amount.widget.attrs |= {
                "hx-get": amount_url,
                "hx-trigger": "change",
                "hx-target": f"#{self.auto_id % 'intended_investment_wan'}_helptext",
            }

    @property
    def typed_qualifier(self):
        """What the word typed with the amount says; it outdoes what was chosen before."""
        return self.fields["intended_investment_wan"].qualifier_of(self["intended_investment_wan"].data)

    def clean(self):
        if self.typed_qualifier and "intended_investment_wan" in self.cleaned_data:
            self.cleaned_data["intended_qualifier"] = self.typed_qualifier

    def changes(self):
        said = {"intended_qualifier": self.typed_qualifier} if self.typed_qualifier else {}
        return super().changes() | said


class NewLeadForm(LeadForm):
    """Four facts first, the rest when it is known. The company is typed, or one of those offered is chosen."""

    FIRST = ("company_name", "intended_investment_wan", "industry")
    THEN = ("source", "next_step", "next_step_due_on")
    MORE = (
        "received_on",
        "owner",
        "intended_qualifier",
        "needs_experts",
        "title",
        "referrer",
        "content",
        "land_wanted_mu",
        "floor_wanted_sqm",
        "site_wishes",
        "needs",
    )

    company_name = forms.CharField(label=_("Company name"), max_length=120, required=False)
    company = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    contact_name = forms.CharField(label=_("Contact"), max_length=60, required=False)
    contact_phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def __init__(self, *args, parks, companies, match_url="", **kwargs):
        super().__init__(*args, **kwargs)
        self.companies = companies
        self.fields["park"] = forms.ModelChoiceField(parks, label=_("Park"), empty_label=_("Choose the park"))
        source = self.fields["source"]
        self.fields["source"] = forms.ChoiceField(
            label=source.label, choices=Lead._meta.get_field("source").choices, widget=forms.RadioSelect
        )
        self.fields["received_on"].required = False
        self.fields["company_name"].widget.attrs |= {"autocomplete": "off", "autofocus": True}
        if match_url:
            self.fields["company_name"].widget.attrs |= asks_for_duplicates(match_url, prefix=self.prefix or "")

    def clean_company(self):
        chosen = self.cleaned_data["company"]
        if chosen in ("", ANOTHER):
            return None
        company = self.companies.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
        if company is None:
            self.add_error("company_name", gettext("Choose one of the companies offered, or type its name."))
        return company

    def arguments(self):
        """The arguments of `register_lead`."""
        given = dict(self.cleaned_data)
        given["is_another"] = self.data.get(self.add_prefix("company")) == ANOTHER
        if self.add_prefix("owner") not in self.data:
            given.pop("owner", None)  # a form that does not ask: whoever logs it
        return given

    @property
    def has_more(self):
        """Whether the folded part must be open: something in it was refused."""
        return any(name in self.errors for name in self.MORE)

    def first_fields(self):
        return [self[name] for name in self.FIRST]

    def then_fields(self):
        return [self[name] for name in self.THEN]

    def more_fields(self):
        return [self[name] for name in self.MORE]


class AdvanceForm(forms.Form):
    """Asks for a step; whether the step is allowed is `lifecycle`'s business."""

    to = forms.ChoiceField(label=_("Step"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Assessment, answer given or reason"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-keep": "lead-step"}),
    )
    shelving_reason = forms.ChoiceField(
        label=_("Why it is shelved"),
        choices=[("", gettext_lazy("Only when shelving")), *ShelvingReason.choices],
        required=False,
    )
    effective_on = DayFormField(label=_("Happened on"))

    def __init__(self, *args, stage, today, **kwargs):
        super().__init__(*args, **kwargs)
        back = [(to, gettext("Back to: %(stage)s") % {"stage": to.label}) for to in earlier_stages(stage)]
        # Both are taken on pages of their own, which ask for more than a note.
        elsewhere = (LeadStage.ASSESSED, LeadStage.CONVERTED)
        ahead = [(to, to.label) for to in next_stages(stage) if to not in elsewhere]
        self.fields["to"].choices = [*ahead, *back]
        self.fields["effective_on"].quick_dates = past_days(today)
