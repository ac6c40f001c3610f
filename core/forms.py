"""How a refusal comes back to the form it was typed into, and which version of a record the form was opened with."""

from django import forms
from django.http import HttpRequest

from core.errors import RuleViolation


def show_violation(form: forms.BaseForm, violation: RuleViolation) -> None:
    """Put each sentence beside its field; those of no field of this form stand on top. What was typed stays."""
    form.is_valid()  # add_error needs the cleaned data
    beside: set[str] = set()
    for name, sentences in violation.fields.items():
        if name in form.fields:
            form.add_error(name, sentences)
            beside.update(sentences)
    if rest := [sentence for sentence in violation.reasons if sentence not in beside]:
        form.add_error(None, rest)


def expected_version(request: HttpRequest) -> int | None:
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None
