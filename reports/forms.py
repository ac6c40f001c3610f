"""The questions of a board and of the trail as they stand in the address of a page."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import day_end
from core.fields import DayFormField
from core.filters import StrictFilterForm
from core.money import exact_large, from_yi
from crm.models import Ownership
from parks import industries
from parks.models import Park
from parks.querysets import colleagues
from projects.lifecycle import Bucket
from projects.models import Basis
from reports.deeds import DEEDS
from reports.question import Question, latest_known, refuse_future_knowledge

SIZES_YI = (1, 10, 50, 100)


class KnownAtField(forms.CharField):
    """Empty means today's knowledge; a day means its end."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return latest_known(typed) if typed else None
        except ValueError as sentence:
            raise ValidationError(str(sentence)) from None


class BoardForm(StrictFilterForm):
    """`parks` are those the asker sees; a code of any other is no choice."""

    as_of = DayFormField(label=_("As of"), required=False, widget=forms.HiddenInput)
    park = forms.CharField(label=_("Park"), required=False, widget=forms.HiddenInput)
    basis = forms.ChoiceField(label=_("Basis"), required=False, choices=Basis.choices, widget=forms.RadioSelect)
    known_at = KnownAtField(label=_("As known on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    min_total_wan = forms.ChoiceField(label=_("Size class"), required=False)
    industry = forms.ChoiceField(label=_("Industry"), required=False)
    ownership = forms.ChoiceField(label=_("Investor"), required=False, choices=[("", _("All")), *Ownership.choices])

    def __init__(self, data: Any, *, parks: list[Park], today: date) -> None:
        asked = {name: data[name] for name in data}
        asked.setdefault("basis", Basis.VERIFIED)
        super().__init__(asked)
        self.today = today
        self.parks = {park.code: park for park in parks}
        self.fields["as_of"].no_later_than = today
        self.fields["industry"].choices = [("", _("All")), *industries.choices()]
        self.fields["min_total_wan"].choices = [("", _("All")), *((_size(yi), _size_label(yi)) for yi in SIZES_YI)]
        if ":" in asked.get("known_at", ""):
            self.fields["known_at"].widget = forms.TextInput()

    def clean_park(self) -> Park | None:
        code = self.cleaned_data["park"]
        if code and code not in self.parks:
            raise ValidationError(gettext("There is no such park among those you see."))
        return self.parks.get(code)

    def clean_known_at(self) -> Any:
        moment = self.cleaned_data["known_at"]
        try:
            if moment is not None:
                refuse_future_knowledge(moment, self.today)
        except ValueError as sentence:
            raise ValidationError(str(sentence)) from None
        return moment

    def question(self) -> Question:
        asked = self.cleaned_data
        return Question(
            as_of=asked["as_of"] or self.today,
            known_at=asked["known_at"],
            basis=asked["basis"] or Basis.VERIFIED,
            park=asked["park"],
            industry=asked["industry"],
            ownership=asked["ownership"],
            min_total_wan=Decimal(asked["min_total_wan"]) if asked["min_total_wan"] else None,
        )


class TrailForm(StrictFilterForm):
    """Which entries of the trail `reader` asks for."""

    verb = forms.ChoiceField(label=_("Deed"), required=False)
    person = forms.ModelChoiceField(label=_("By"), required=False, queryset=None, empty_label=_("All"))
    day = DayFormField(label=_("Recorded on"), required=False)

    def __init__(self, data: Any, *, reader: Any, today: date) -> None:
        super().__init__({name: data[name] for name in data})
        self.fields["verb"].choices = [("", _("All")), *sorted(DEEDS.items(), key=lambda deed: str(deed[1]))]
        self.fields["person"].queryset = colleagues(reader).order_by("username")
        self.fields["day"].no_later_than = today

    def conditions(self) -> Q:
        asked, found = self.cleaned_data, Q()
        if asked["verb"]:
            found &= Q(verb=asked["verb"])
        if asked["person"]:
            found &= Q(by=asked["person"])
        if asked["day"]:
            found &= Q(at__gte=day_end(asked["day"] - timedelta(days=1)), at__lt=day_end(asked["day"]))
        return found


class RowsForm(BoardForm):
    """The question of one figure: of a bucket, in the park `of` with all below it (`own`: without), or in all parks."""

    bucket = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    of = forms.CharField(required=False, widget=forms.HiddenInput)
    own = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, parks: list[Park], today: date) -> None:
        super().__init__(data, parks=parks, today=today)
        self.fields["bucket"].choices = [("", _("All")), *Bucket.choices]

    def clean_of(self) -> Park | None:
        code = self.cleaned_data["of"]
        if code and code not in self.parks:
            raise ValidationError(gettext("There is no such park among those you see."))
        return self.parks.get(code)


def _size(yi: int) -> str:
    return f"{from_yi(Decimal(yi)).normalize():f}"


def _size_label(yi: int) -> str:
    return f"≥ {exact_large(from_yi(Decimal(yi)))}"
