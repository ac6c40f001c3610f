"""Forms of companies and their contacts."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.actions import COMPANY_EDITABLE, CONTACT_EDITABLE
from crm.forms.asking import AskingForm, asks_for_duplicates
from crm.models import Company, Contact


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
    """Looks for duplicates while name, code or group are typed."""

    def __init__(self, *args, parks, match_url="", **kwargs):
        super().__init__(*args, **kwargs)
        if match_url:
            for name in ("name", "credit_code", "group_name"):
                self.fields[name].widget.attrs |= asks_for_duplicates(match_url)
        park = forms.ModelChoiceField(parks, label=_("Park"), empty_label=_("Choose the park"))
        self.fields = {"park": park, **self.fields}


class ContactForm(AskingForm):
    model = Contact
    asks = CONTACT_EDITABLE
