"""The form that says, field by field, which of two records is right."""

from django import forms
from django.utils.translation import gettext as _

from crm.actions.merging import DROP, KEEP, differences
from crm.field_history import in_words

LONGEST = 160
"""Of a text; whoever compares two profiles knows them by their beginnings."""


def _short(record, field, value):
    words = in_words(record, field, value)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


class MergeForm(forms.Form):
    """A choice for each field in which the two differ; none is preset where a preset would be a guess."""

    def __init__(self, *args, keep, drop, **kwargs):
        super().__init__(*args, **kwargs)
        for each in differences(keep, drop):
            sides = ((KEEP, _short(keep, each.field, each.keep)), (DROP, _short(drop, each.field, each.drop)))
            label = keep._meta.get_field(each.field).verbose_name
            self.fields[each.field] = forms.ChoiceField(
                label=label,
                choices=sides,
                initial=each.likely,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose which of the two is right.")},
            )
