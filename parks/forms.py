"""The shape of what is typed about parks and about the people who work in them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField
from parks.access import Role
from parks.models import Park


class ParkForm(forms.ModelForm):
    approved_on = DayFormField(label=_("Passed the meeting on"), required=False)
    listed_on = DayFormField(label=_("Listed on"), required=False)
    aliases = forms.CharField(
        label=_("Aliases"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: other names by which ledgers call this park."),
    )

    class Meta:
        model = Park
        fields = [
            "name",
            "short_name",
            "kind",
            "district",
            "leading_industries",
            "operator",
            "planned_area_sqkm",
            "approved_on",
            "listed_on",
            "sort_order",
            "aliases",
            *Park.FIVE_ONES,
            "counts_completed_as_under_construction",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["planned_area_sqkm"].unit = "km²"
        if self.instance.pk:
            self.initial["aliases"] = "\n".join(self.instance.aliases.values_list("name", flat=True))
        if self.instance.parent_id:
            del self.fields["counts_completed_as_under_construction"]

    def clean_aliases(self):
        return self.cleaned_data["aliases"].splitlines()

    def _post_clean(self):
        """The action judges the whole park; checking here as well would say everything twice."""


class NewParkForm(ParkForm):
    parent = forms.ModelChoiceField(label=_("Part of"), queryset=Park.objects.none(), empty_label=_("Choose the park"))
    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Capital letters, digits and hyphens only."))

    field_order = ["parent", "code", "name"]

    def __init__(self, *args, parents, may_add_zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents
        self.fields["parent"].required = not may_add_zone
        if may_add_zone:
            self.fields["parent"].help_text = _("Empty for a new zone.")
        else:
            del self.fields["counts_completed_as_under_construction"]


class PostForm(forms.Form):
    """A role over a park."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    park = forms.ModelChoiceField(label=_("Park"), queryset=Park.objects.none(), empty_label=_("Choose the park"))

    def __init__(self, *args, parks, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["park"].queryset = parks


class FirstPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Tell it to the person; it has to be changed at the first sign-in."),
    )


class PersonForm(PostForm, FirstPasswordForm):
    username = forms.CharField(label=_("User name"), max_length=150)
    full_name = forms.CharField(label=_("Full name"), max_length=60)

    field_order = ["username", "full_name", "role", "park", "password"]


class CalendarDayForm(forms.Form):
    """Days that the office has worked or off."""

    start = DayFormField(label=_("From"))
    end = DayFormField(label=_("Until"), required=False, help_text=_("Empty for one day."))
    is_working = forms.TypedChoiceField(
        label=_("These days are"),
        choices=[("", _("Off")), ("1", _("Worked"))],
        coerce=bool,
        required=False,
        empty_value=False,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Occasion"), max_length=40, required=False)
