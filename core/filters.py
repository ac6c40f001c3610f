"""Filters that refuse what they do not know, so that a mistyped filter never passes for an answer."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

# Words in the address of a list that are not filters: where to turn, how to sort, how to show.
PAGING_WORDS = frozenset({"cursor", "limit", "order"})
NEUTRAL_WORDS = PAGING_WORDS | {"format", "export", "view"}


def unknown_filter(names: Iterable[str]) -> str:
    return gettext("There is no filter called %(names)s.") % {"names": ", ".join(name[:40] for name in sorted(names))}


class StrictFilterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        if unknown := [name for name in self.data if not self._is_known(name)]:
            # As a parameter, because a name with a percent sign in the sentence itself would be taken for a format.
            raise ValidationError("%(sentence)s", code="unknown_filter", params={"sentence": unknown_filter(unknown)})
        return self.cleaned_data

    def _is_known(self, name: str) -> bool:
        if name in self.fields or name in NEUTRAL_WORDS:
            return True
        return any(
            name.startswith(f"{field}_")
            for field in self.fields
            if isinstance(self.fields[field].widget, forms.MultiWidget)
        )


class StrictFilterSet(django_filters.FilterSet):
    """Base of every filter set. With a wrong or unknown filter `qs` is empty and `form.errors` says why.

    `rare` names the filters that the page folds into a panel so that the row stays one line.
    """

    rare: tuple[str, ...] = ()

    class Meta:
        form = StrictFilterForm

    @property
    def qs(self) -> models.QuerySet:
        if self.is_bound and not self.is_valid():
            return self.queryset.none()
        return super().qs
