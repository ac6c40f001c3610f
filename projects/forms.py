"""The shape of what is typed about projects; whether it is allowed is judged by the actions and the life-cycle."""

from datetime import timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.fields import DayFormField, WanFormField
from core.forms import FileField
from core.privacy import shown_in_part
from crm.forms.first_talks import split_fields, with_default_split
from crm.models import InteractionKind
from parks import industries
from projects import ledger, lifecycle
from projects.actions import OPENING_STAGES
from projects.lifecycle import REQUIRABLE_FIELDS, DocumentKind, Stage
from projects.models import InvestmentKind, Project, SigningKind, Verdict
from projects.querysets import people_working_in


class PickField(forms.CharField):
    """A record by its code, its name or a part that names only one; `queryset` is set by the form, already scoped."""

    def __init__(self, *, queryset=None, none_found, **options):
        super().__init__(max_length=120, **options)
        self.queryset = queryset
        self.none_found = none_found

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = list(self.queryset.filter(name=text)[:2]) or list(self.queryset.named_like(text)[:6])
        if not found:
            raise ValidationError(self.none_found)
        if len(found) > 1:
            names = gettext(", ").join(getattr(each, "code", "") or str(each) for each in found[:5])
            raise ValidationError(
                gettext("Several are meant by this: %(names)s. Write one in full.") % {"names": names}
            )
        return found[0]


def _form_field(field, **options):
    """A model's field as people type it: days in our notation, industries grouped, texts with room."""
    if field.name == "industry":
        return forms.ChoiceField(
            label=field.verbose_name,
            required=False,
            choices=lambda: [("", "—"), *industries.choices()],
        )
    if isinstance(field, models.DateField):
        return DayFormField(label=field.verbose_name, required=False)
    if isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 4})
    shown = field.formfield(**options)
    if field.choices and field.blank:
        shown.choices = [("", "—"), *field.flatchoices]
    if shown is not None and field.name in _UNITS:
        shown.unit = _UNITS[field.name]
    return shown


_UNITS = {"utilised_fdi_wan_usd": _("USD 10k"), "land_area_mu": _("mu"), "floor_area_sqm": "m²"}


def _today(field, today):
    """Days that are one click away, and the latest one there can be."""
    field.quick_dates = [(gettext("Today"), today), (gettext("Yesterday"), today - timedelta(days=1))]
    field.no_later_than = today
    field.initial = field.initial or today
    return field


class ProjectForm(forms.ModelForm):
    """Every field of `ledger.EDIT`."""

    class Meta:
        model = Project
        fields = ledger.EDIT
        formfield_callback = _form_field

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {name: shown_in_part(self.instance, name, value) for name, value in self.initial.items()}
        people = people_working_in(get_user_model().objects.all(), self.instance.park)
        # One question for three selects; whoever is in charge now stays choosable.
        held = {getattr(self.instance, f"{name}_id") for name in ("owner", "steward", "sponsor")} - {None}
        choices = [(person.pk, str(person)) for person in (people | people.model.objects.filter(pk__in=held))]
        for name in ("owner", "steward", "sponsor"):
            self.fields[name].queryset = people.model.objects.filter(pk__in=[pk for pk, _name in choices])
            self.fields[name].widget.choices = [("", "—"), *choices]

    @property
    def changes(self):
        """Only what was changed here, so that two people editing different fields do not undo each other."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}

    def _post_clean(self):
        """The action judges the whole project; checking here as well would say everything twice."""


class OpenForm(forms.Form):
    """A project that starts without a lead."""

    park = forms.ModelChoiceField(label=_("Park"), queryset=None, empty_label=_("Choose the park"))
    company = PickField(
        label=_("Investor"),
        none_found=_("No company of this name is known in your parks. Register it first."),
        help_text=_("Name or credit code of a registered company"),
    )
    name = forms.CharField(label=_("Project name"), max_length=120)
    opened_on = DayFormField(label=_("Opened on"))
    stage = forms.ChoiceField(label=_("Stage"), choices=[(s, s.label) for s in OPENING_STAGES], initial=Stage.CONTACT)
    total_investment_wan = WanFormField(label=_("Planned total investment"), required=False)
    industry = forms.ChoiceField(
        label=_("Industry"), required=False, choices=lambda: [("", "—"), *industries.choices()]
    )
    content = forms.CharField(
        label=_("Content of the investment"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args, parks, companies, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["park"].queryset = parks
        self.fields["company"].queryset = companies
        _today(self.fields["opened_on"], today)
        if len(parks) == 1:
            self.fields["park"].initial = parks[0]


class OpenFromLeadForm(forms.Form):
    """What a lead does not say yet; the rest comes from it."""

    name = forms.CharField(label=_("Project name"), max_length=120)
    opened_on = DayFormField(label=_("Opened on"))
    total_investment_wan = WanFormField(label=_("Planned total investment"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        _today(self.fields["opened_on"], today)


class EvidenceForm(forms.Form):
    """Documents cited by a fact: of those that are there, and one that is uploaded along with it."""

    evidence = forms.ModelMultipleChoiceField(
        label=_("Evidence from the documents of the project"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    file = FileField(label=_("New evidence"))

    def __init__(self, *args, project, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.project = project
        self.fields["evidence"].queryset = project.documents.all()
        if not list(project.documents.all()):
            del self.fields["evidence"]
        if "effective_on" in self.fields:
            _today(self.fields["effective_on"], today)

    def add_error(self, field, error):
        """A browser cannot keep a chosen file: whoever has to send again must know it."""
        super().add_error(field, error)
        for name in self.files:
            if name in self.fields and not self._errors.get(name):
                super().add_error(name, _("Nothing was saved. Choose the file again."))


def _reason_field(*, required, label):
    return forms.CharField(label=label, required=required, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class AdvanceForm(EvidenceForm):
    """One step, with inputs for exactly what its gate still needs. `requirements` are the unmet ones."""

    effective_on = DayFormField(label=_("Happened on"))
    reason = _reason_field(required=False, label=_("Note or reason"))

    field_order = ["effective_on", "total_investment_wan"]

    def __init__(self, *args, to, requirements, **kwargs):
        super().__init__(*args, **kwargs)
        self.to = to
        self.fields["reason"].required = lifecycle.needs_reason(self.project.stage, to)
        if self.fields["reason"].required:
            self.fields["reason"].label = _("Reason")
        if to in (Stage.SIGNED, Stage.FRAMEWORK):
            self.fields["total_investment_wan"] = WanFormField(
                label=_("Agreed total investment"),
                required=to == Stage.SIGNED,
                initial=self.project.total_investment_wan or None,
            )
        self.beside = {}
        for requirement in requirements:
            self._ask_for(requirement)
        self.order_fields([*self.field_order, *dict.fromkeys(self.beside.values()), "evidence", "file", "reason"])

    def _ask_for(self, requirement):
        if requirement.document:
            name = f"file_{requirement.document}"
            self.fields[name] = FileField(label=DocumentKind(requirement.document).label)
        else:
            name = requirement.field.removesuffix("_id")
            if name not in ledger.EDIT:
                return
            self.fields[name] = self._field_of_project(name)
        self.beside[str(requirement.missing)] = name

    def _field_of_project(self, name):
        field = _form_field(Project._meta.get_field(name))
        field.required = False
        if name in ("owner", "steward", "sponsor"):
            field.queryset = people_working_in(get_user_model().objects.all(), self.project.park)
        return field

    @property
    def changes(self):
        """The project's fields filled in here."""
        return {name: self.cleaned_data[name] for name in self.beside.values() if self._is_filled(name)}

    @property
    def new_documents(self):
        """(kind, file) pairs for the gate, and further evidence as another document."""
        given = self.cleaned_data
        asked = [(n.removeprefix("file_"), given[n]) for n in self.beside.values() if n.startswith("file_")]
        return [(kind, file) for kind, file in [*asked, (DocumentKind.OTHER, given.get("file"))] if file]

    def _is_filled(self, name):
        return not name.startswith("file_") and self.cleaned_data.get(name) not in (None, "")

    @property
    def step(self):
        given = self.cleaned_data
        step = {"to": self.to, "effective_on": given["effective_on"], "reason": given["reason"]}
        return {**step, "total_investment_wan": given.get("total_investment_wan")}

    def show(self, violation):
        """A sentence about what is missing stands beside the input that would supply it."""
        beside = set()
        for reason in violation.reasons:
            if name := self.beside.get(reason):
                self.add_error(name, reason)
                beside.add(reason)
        for name, sentences in violation.fields.items():
            if name in self.fields:
                self.add_error(name, sentences)
                beside.update(sentences)
        if rest := [reason for reason in violation.reasons if reason not in beside]:
            self.add_error(None, rest)


class MoveForm(AdvanceForm):
    """The step of a card on the pipeline board: what is missing, the day, a note, and nothing else."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("evidence", "file"):
            self.fields.pop(name, None)
        self.fields["reason"].widget.attrs["data-keep"] = f"move-project-{self.project.pk}"
        self.order_fields([*self.beside.values(), "total_investment_wan", "reason", "effective_on"])

    @property
    def lacks(self):
        """How many things have to be filled in before the card moves."""
        asked = {*self.beside.values(), *(name for name in self.fields if self.fields[name].required)}
        return len(asked - {"effective_on"})


class IncreaseForm(EvidenceForm):
    """增资: the increment, never the new total."""

    amount_wan = WanFormField(label=_("Increment"), help_text=_("What is added to the total, not the new total"))
    effective_on = DayFormField(label=_("Happened on"))
    reason = _reason_field(required=True, label=_("Agreement it rests on"))

    field_order = ["amount_wan", "effective_on", "reason"]


class TransferForm(EvidenceForm):
    """流转: to another park that the viewer counts for as well."""

    to_park = forms.ModelChoiceField(label=_("To park"), queryset=None, empty_label=_("Choose the park"))
    effective_on = DayFormField(label=_("Happened on"))
    reason = _reason_field(required=True, label=_("Reason"))

    field_order = ["to_park", "effective_on", "reason"]

    def __init__(self, data=None, *args, parks, **kwargs):
        super().__init__(with_default_split(data), *args, **kwargs)
        self.fields["to_park"].queryset = parks
        self.fields |= split_fields()
        self.order_fields([*self.field_order, *split_fields(), "evidence", "file"])


class CorrectTransferForm(TransferForm):
    """Where it really went, when, on what terms; or that it never did."""

    is_void = forms.BooleanField(label=_("It never happened"), required=False)

    field_order = ["to_park", "effective_on", "is_void", "reason"]


class CorrectStageForm(EvidenceForm):
    """When a stage was really entered, which it really was, or that it never was."""

    effective_on = DayFormField(label=_("Really happened on"))
    to = forms.ChoiceField(label=_("Stage really entered"), choices=Stage.choices)
    is_void = forms.BooleanField(label=_("It never happened"), required=False)
    reason = _reason_field(required=True, label=_("Why the old record is wrong"))

    field_order = ["effective_on", "to", "is_void", "reason"]


class CorrectInvestmentForm(EvidenceForm):
    """What was really agreed, or from which day."""

    amount_wan = WanFormField(label=_("Right amount"))
    effective_on = DayFormField(label=_("Really happened on"))
    is_void = forms.BooleanField(label=_("It never happened"), required=False)
    reason = _reason_field(required=True, label=_("Why the old record is wrong"))

    field_order = ["amount_wan", "effective_on", "is_void", "reason"]

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        if kind != InvestmentKind.INCREASE:
            del self.fields["is_void"]


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind.choices)
    file = FileField(label=_("File"), required=True)
    title = forms.CharField(
        label=_("Title"), required=False, max_length=160, help_text=_("Left empty, the name of the file")
    )


class InteractionForm(forms.Form):
    """One conversation about a project, written down right after it."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=InteractionKind.choices, initial=InteractionKind.CALL, widget=forms.RadioSelect
    )
    summary = forms.CharField(label=_("What was said"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    people = forms.CharField(label=_("With whom"), max_length=200, required=False)
    happened_on = DayFormField(label=_("Happened on"))
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_step_due_on = DayFormField(label=_("Next step due on"), required=False)

    def __init__(self, *args, today, keep="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["summary"].widget.attrs |= {"data-keep": keep} if keep else {}
        self.fields["happened_on"].initial = today
        self.fields["happened_on"].no_later_than = today
        monday = today + timedelta(days=7 - today.weekday())
        self.fields["next_step_due_on"].quick_dates = [
            (gettext("Tomorrow"), today + timedelta(days=1)),
            (gettext("3 days"), today + timedelta(days=3)),
            (gettext("Next Monday"), monday),
            (gettext("Two weeks"), today + timedelta(days=14)),
        ]


class EventForm(forms.Form):
    park = forms.ModelChoiceField(label=_("Park"), queryset=None, empty_label=_("Choose the park"))
    name = forms.CharField(label=_("Signing event"), max_length=120)
    held_on = DayFormField(label=_("Held on"))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args, parks, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["park"].queryset = parks
        _today(self.fields["held_on"], today)
        if len(parks) == 1:
            self.fields["park"].initial = parks[0]


class EntryForm(forms.Form):
    """A project for the list of an event."""

    project = PickField(
        label=_("Project"),
        none_found=_("No project of this code or name is in your parks."),
        help_text=_("Code or name"),
    )
    kind = forms.ChoiceField(label=_("What was signed"), choices=SigningKind.choices, initial=SigningKind.FORMAL)

    def __init__(self, *args, projects, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects


class RequirementForm(forms.Form):
    """One thing more for the gate of a stage: a document of a kind or a field."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    what = forms.ChoiceField(label=_("Demanded as well"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fields = [
            (f"field:{name}", Project._meta.get_field(name.removesuffix("_id")).verbose_name)
            for name in sorted(REQUIRABLE_FIELDS)
        ]
        documents = [(f"document:{kind}", kind.label) for kind in DocumentKind]
        self.fields["what"].choices = [(_("Document"), documents), (_("Field"), fields)]

    @property
    def demand(self):
        kind, _sep, name = self.cleaned_data["what"].partition(":")
        return {"stage": self.cleaned_data["stage"], kind: name}
