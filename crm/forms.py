"""What the pages ask about companies, contacts, leads and interactions; what is allowed, the actions say."""

from datetime import timedelta

from django import forms
from django.db import models
from django.forms.models import fields_for_model
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from core.fields import AmountWithEcho, DayFormField, WanField, WanFormField
from core.money import ONE_YUAN, exact_large, format_wan, parse_wan
from crm.actions import COMPANY_EDITABLE, CONTACT_EDITABLE, LEAD_EDITABLE
from crm.lifecycle import LeadStage, ShelvingReason, earlier_stages, next_stages
from crm.models import Company, Contact, Interaction, Lead
from parks import industries

ANOTHER = "another"
"""What stands for "none of the companies offered" where a company is chosen."""


SELDOM_BELOW, SELDOM_ABOVE = parse_wan("100万"), parse_wan("1000亿")


def doubt_about(amount):
    """A question where an intended investment looks as if its unit was mistaken; "" where it does not."""
    if amount is not None and amount < SELDOM_BELOW:
        return gettext("Only %(wan)s (RMB 10k)? Check the unit.") % {"wan": format_wan(amount)}
    if amount is not None and amount > SELDOM_ABOVE:
        return gettext("As much as %(amount)s? Check the unit.") % {"amount": exact_large(amount)}
    return ""


class DoubtedAmount(AmountWithEcho):
    def __init__(self, form, field, name):
        super().__init__(form, field, name)
        if self.echo:
            doubt = doubt_about(field.to_python(self.data))
            self.help_text = format_html('{} <span class="l warn">{}</span>', self.echo, doubt) if doubt else self.echo


class IntendedAmount(WanFormField):
    """Counts bare numbers in 亿元, and asks back where the unit seems mistaken, without refusing."""

    def __init__(self, **options):
        super().__init__(
            **{"unit": "yi", "required": False, "help_text": _("6 or 6亿; 60000万 is understood too."), **options}
        )

    def get_bound_field(self, form, field_name):
        return DoubtedAmount(form, self, field_name)


def _industry_choices():
    return [("", "—"), *industries.choices()]


def _asked(field, **options):
    if field.name == "industry":
        return forms.ChoiceField(label=field.verbose_name, choices=_industry_choices, required=False)
    if field.choices and field.blank:
        return forms.ChoiceField(label=field.verbose_name, choices=[("", "—"), *field.choices], required=False)
    if isinstance(field, models.DateField):
        options["form_class"] = DayFormField
    if isinstance(field, WanField):
        options["min_value"] = ONE_YUAN
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    if isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 3})
    return field.formfield(**options)


def asked(model, names):
    """Form fields with the label, length and validators that the model already states."""
    return fields_for_model(model, fields=names, formfield_callback=_asked)


def present(instance, names):
    """What an edit form starts from."""
    return {name: instance.serializable_value(name) for name in names}


def past_days(today):
    return [(_("Today"), today), (_("Yesterday"), today - timedelta(days=1))]


def coming_days(today):
    next_monday = today + timedelta(days=7 - today.weekday())
    return [
        (_("Tomorrow"), today + timedelta(days=1)),
        (_("In 3 days"), today + timedelta(days=3)),
        (_("Next Monday"), next_monday),
        (_("In two weeks"), today + timedelta(days=14)),
    ]


class AskingForm(forms.Form):
    """Takes its fields from `asks` of `model`, then whatever the subclass declares itself."""

    model = None
    asks = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {**asked(self.model, self.asks), **self.fields}

    def changes(self):
        """What differs from what the form started from."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def clashes_with(self, current):
        """Where somebody else's record now differs from what was typed: [(label, typed, now), …]."""
        theirs = {name: getattr(value, "pk", value) for name, value in current.items() if name in self.fields}
        return [
            (field.label, self._in_words(name, self.cleaned_data.get(name)), self._in_words(name, theirs[name]))
            for name, field in self.fields.items()
            if name in theirs
            and (getattr(self.cleaned_data.get(name), "pk", self.cleaned_data.get(name)) or "") != (theirs[name] or "")
        ]

    def _in_words(self, name, value):
        if value in (None, ""):
            return "—"
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return str(value if isinstance(value, models.Model) else field.queryset.filter(pk=value).first() or "—")
        if isinstance(field, forms.BooleanField):
            return gettext("yes") if value else gettext("no")
        if isinstance(field, WanFormField):
            return exact_large(value)
        return str(dict(field.choices).get(value, value)) if isinstance(field, forms.ChoiceField) else str(value)


class Aliases(forms.CharField):
    """Names, one a line."""

    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(self, **options):
        super().__init__(label=_("Other names"), help_text=_("One a line."), required=False, **options)

    def to_python(self, value):
        return [line.strip() for line in super().to_python(value).splitlines() if line.strip()]

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial, data):
        return sorted(initial or []) != sorted(self.to_python(data))

    def clean(self, value):
        names = super().clean(value)
        if any(len(name) > 120 for name in names):
            raise forms.ValidationError(gettext("A name has at most 120 characters."))
        return names


class CompanyForm(AskingForm):
    model = Company
    asks = COMPANY_EDITABLE
    aliases = Aliases()


class NewCompanyForm(CompanyForm):
    def __init__(self, *args, parks, **kwargs):
        super().__init__(*args, **kwargs)
        park = forms.ModelChoiceField(parks, label=_("Park"), empty_label=_("Choose the park"))
        self.fields = {"park": park, **self.fields}


class ContactForm(AskingForm):
    model = Contact
    asks = CONTACT_EDITABLE


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
        amount = self.fields["intended_investment_wan"] = IntendedAmount(label=label, min_value=ONE_YUAN)
        if amount_url:
            amount.widget.attrs |= {
                "hx-get": amount_url,
                "hx-trigger": "change",
                "hx-target": "#id_intended_investment_wan_helptext",
            }


class NewLeadForm(LeadForm):
    """Four facts first, the rest when it is known. The company is typed, or one of those offered is chosen."""

    FIRST = ("company_name", "intended_investment_wan", "industry")
    THEN = ("source", "next_step", "next_step_due_on")
    MORE = (
        "received_on",
        "owner",
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
            self.fields["company_name"].widget.attrs |= {
                "hx-get": match_url,
                "hx-trigger": "input changed delay:400ms, change",
                "hx-target": "#company-match",
            }

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
        given["is_another"] = self.data.get("company") == ANOTHER
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
        ahead = [(to, to.label) for to in next_stages(stage) if to != LeadStage.CONVERTED]
        self.fields["to"].choices = [*ahead, *back]
        self.fields["effective_on"].quick_dates = past_days(today)


class InteractionForm(AskingForm):
    """Asks for one conversation. `contacts` are those of the company; `parks` only where there is a choice."""

    model = Interaction
    asks = ("kind", "summary", "next_step", "next_step_due_on", "happened_on", "people")

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


class AmountForm(forms.Form):
    """Reads one amount, to say how it was understood."""

    intended_investment_wan = IntendedAmount()
