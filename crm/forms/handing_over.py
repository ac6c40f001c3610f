"""The form of a hand-over: one successor for all, and where it is split another one for a park."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HandOverForm(forms.Form):
    """Asks for successors; whether they may take over is the verb's business."""

    to = forms.ModelChoiceField(
        queryset=None, label=_("Successor"), required=False, empty_label=_("Chosen park by park")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args, parks, successors, **kwargs):
        super().__init__(*args, **kwargs)
        self.parks = parks
        self.fields["to"].queryset = successors
        for park in parks:
            self.fields[f"park_{park.pk}"] = forms.ModelChoiceField(
                successors, label=park.name, required=False, empty_label=_("As above")
            )
            self.fields[f"park_{park.pk}"].widget.attrs["class"] = "in"

    def arguments(self):
        """The arguments of `hand_over`."""
        said = self.cleaned_data
        shares = [(park, said[f"park_{park.pk}"]) for park in self.parks if said[f"park_{park.pk}"]]
        return {"to": said["to"], "shares": shares, "note": said["note"]}
