"""The form that says, field by field, which of two records is right."""

from django import forms
from django.utils.translation import gettext as _

from crm.actions.merging import DROP, KEEP, differences
from crm.field_history import in_words


class MergeForm(forms.Form):
    """A choice for each field in which the two differ; none is preset where a preset would be a guess."""

    def __init__(self, *args, keep, drop, **kwargs):
        super().__init__(*args, **kwargs)
        for each in differences(keep, drop):
            sides = ((KEEP, in_words(keep, each.field, each.keep)), (DROP, in_words(drop, each.field, each.drop)))
            label = keep._meta.get_field(each.field).verbose_name
            self.fields[each.field] = forms.ChoiceField(
                label=label,
                choices=sides,
                initial=each.likely,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose which of the two is right.")},
            )
