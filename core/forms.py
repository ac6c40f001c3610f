"""How a refusal comes back to the form it was typed into."""

from django import forms

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
