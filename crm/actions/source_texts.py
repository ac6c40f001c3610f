"""Keeping the text that a lead was read from."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.rules import refuse, refuse_future
from core.undo import of_record, remove_unless_used, undoes
from crm.models import SourceText
from crm.parsing import MOST_CHARACTERS
from parks.access import require


@transaction.atomic
def keep_source_text(*, text, text_date, park, at, by):
    """Keep a pasted text for the leads of `park`; one that was pasted there before is found and not kept twice."""
    require(by, "crm.keep_source_text", park)
    refuse_future("text_date", text_date, at)
    if not text.strip() or len(text) > MOST_CHARACTERS:
        refuse("text", _("Paste a text of at most %(most)s characters.") % {"most": f"{MOST_CHARACTERS:,}"})
    kept, made = SourceText.objects.get_or_create(
        park=park,
        digest=hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest(),
        defaults={"text": text, "text_date": text_date, "recorded_at": at, "recorded_by": by},
    )
    if made:
        changes = diff({}, {"text_date": text_date, "characters": len(text)})
        record("crm.keep_source_text", kept, park=park.pk, changes=changes, at=at, by=by)
    return kept


@undoes("crm.keep_source_text", says=gettext_lazy("Source text taken back"), companion=True)
def _drop_source_text(entry, *, at, by):
    kept = of_record(entry, SourceText.objects.select_for_update())
    require(by, "crm.keep_source_text", kept.park)
    remove_unless_used(kept, entry)
