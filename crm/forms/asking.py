"""How a model becomes a form that asks and does not judge; what is typed as an amount or a day."""

from datetime import timedelta

from django import forms
from django.db import models
from django.forms.models import fields_for_model
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.fields import AmountWithEcho, DayFormField, WanField, WanFormField
from core.money import ONE_YUAN, exact_large, format_wan, parse_wan, spell_out
from core.privacy import shown_in_part
from crm.models import Qualifier
from crm.parsing.amounts import split_qualifier
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

    def _understood(self):
        echo = super()._understood()
        if not (qualifier := self.field.qualifier_of(self.data)):
            return echo
        try:
            return gettext("%(amount)s, noted as “%(qualifier)s”") % {
                "amount": spell_out(self.field.to_python(self.data)),
                "qualifier": Qualifier(qualifier).label,
            }
        except forms.ValidationError:
            return ""


class IntendedAmount(WanFormField):
    """Counts bare numbers in 亿元, and asks back where the unit seems mistaken, without refusing.

    With `takes_qualifier` a word like 约 or 超过 is no refusal: the form puts what it says beside the amount.
    """

    def __init__(self, *, takes_qualifier=False, **options):
        self.takes_qualifier = takes_qualifier
        super().__init__(
            **{"unit": "yi", "required": False, "help_text": _("6 or 6亿; 60000万 is understood too."), **options}
        )

    def to_python(self, value):
        return super().to_python(
            split_qualifier(value)[0] if self.takes_qualifier and isinstance(value, str) else value
        )

    def qualifier_of(self, typed):
        """What is said of how exact the typed amount is; "" where nothing is."""
        return split_qualifier(typed)[1] if self.takes_qualifier and isinstance(typed, str) else ""

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
    """What an edit form starts from. Numbers of people are shown in part; what is sent back like that stays whole."""
    return {name: shown_in_part(instance, name, instance.serializable_value(name)) for name in names}


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


def asks_for_duplicates(url, *, prefix=""):
    """Attributes of a field whose text is looked up while it is typed; the answer replaces the duplicate strip."""
    names = ("company_name", "name", "credit_code", "group_name", "title", "company")
    front = f"{prefix}-" if prefix else ""
    return {
        "hx-get": f"{url}?prefix={prefix}" if prefix else url,
        # Not on "change": leaving the field with a click on an offered company would ask again and drop that choice.
        "hx-trigger": "input changed delay:400ms",
        "hx-target": f"#{front}company-match",
        "hx-include": ", ".join(f'[name="{front}{name}"]' for name in names),
    }


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


class AmountForm(forms.Form):
    """Reads one amount, to say how it was understood."""

    intended_investment_wan = IntendedAmount(takes_qualifier=True)
