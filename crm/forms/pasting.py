"""The form that takes a pasted text, and the form of one lead read from it."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.fields import CreditCodeFormField, DayFormField
from crm.forms.leads import NewLeadForm
from crm.parsing import MOST_CHARACTERS


class PastedText(forms.CharField):
    """Kept to the character, since marks count them; without a limit in the page, which would cut silently."""

    def __init__(self, **options):
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": 8, "data-keep": "paste"}), **options)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value):
        super().validate(value)
        if not value.strip():
            raise forms.ValidationError(gettext("Nothing is pasted yet."))
        if len(value) > MOST_CHARACTERS:
            raise forms.ValidationError(
                gettext(
                    "At most %(most)s characters can be read at once; this text has %(number)s. Paste a part of it."
                )
                % {"most": f"{MOST_CHARACTERS:,}", "number": f"{len(value):,}"}
            )


class PasteForm(forms.Form):
    text = PastedText(label=_("Message, business card or article"))
    text_date = DayFormField(
        label=_("Date of the text"), help_text=_("“Last September” or “on the 16th” are counted from it.")
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text_date"].no_later_than = today


class PastedLeadForm(NewLeadForm):
    """One lead of a pasted text. Its ids begin with `prefix`, so that several stand on one page."""

    FIRST = (
        "company_name",
        "title",
        "intended_investment_wan",
        "intended_qualifier",
        "industry",
        "park",
        "contact_name",
        "contact_phone",
    )
    MORE = ("credit_code", "received_on", "source", "next_step", "next_step_due_on")

    credit_code = CreditCodeFormField(label=_("Unified social credit code"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {*self.FIRST, *self.MORE, "company"}:
            del self.fields[name]
        del self.fields["company_name"].widget.attrs["autofocus"]

    @property
    def has_more(self):
        """Whether the folded part must be open: something in it was refused, or was read from the text."""
        return bool(self["credit_code"].value()) or (self.is_bound and super().has_more)
