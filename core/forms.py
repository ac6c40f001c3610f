"""What HTML doors read from a form besides its fields, and how a refusal comes back to the form it was typed into."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.batches import batch
from core.errors import RuleViolation
from core.submissions import KeyUsed, digest_of, new_key, once
from core.uploads import ACCEPTED_ENDINGS


class FileField(forms.FileField):
    """A document; the action judges it by its content."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("widget", forms.ClearableFileInput(attrs={"accept": ACCEPTED_ENDINGS}))
        options.setdefault("help_text", _("PDF, JPEG, PNG, .docx or .xlsx, at most 20 MB"))
        super().__init__(allow_empty_file=True, **options)


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
    """The version the form was opened with; 0, which is never current, where it is no version of ours."""
    said = request.POST.get("version", "")
    if not said:
        return None
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def once_for(request: HttpRequest, *, at: datetime, do: Callable[[], Any]) -> Any:
    """Carry out what the form asks once, however often it is sent. Refused for a used key, it gets a new one.

    What is done is one batch; the toast that follows reads it from the request.
    """
    said = [*request.POST.lists(), *request.FILES.lists()]
    content = digest_of(request.get_full_path(), [pair for pair in said if pair[0] != "csrfmiddlewaretoken"])
    try:
        with batch() as done:
            result = once(request.POST.get("submission_key", ""), content=content, by=request.user, at=at, do=do)
        request.batch = done  # type: ignore[attr-defined]
        return result
    except KeyUsed:
        request.submission_key = new_key()  # type: ignore[attr-defined]
        raise


def submission_key(request: HttpRequest) -> str:
    """For the hidden field of the form that answers this request."""
    return getattr(request, "submission_key", "") or request.POST.get("submission_key") or new_key()
