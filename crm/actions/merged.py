"""What somebody is told who comes to a record that has become part of another one meanwhile."""

from django.utils.translation import gettext as _

from core.dates import local_day
from core.errors import StaleEdit
from core.privacy import shown_in_part
from crm.models import Company, Merge


class MergedMeanwhile(StaleEdit):
    """The record is part of another one, `into`, by now; `current` is what that one says."""

    def __init__(self, *reasons, into, current, fields=None):
        self.into = into
        super().__init__(*reasons, current=current, fields=fields)


def refuse_merged(record, fields=()):
    """`fields` are shown as the record says that this one has become part of."""
    if not record.merged_into_id:
        return
    into = record.merged_into
    merge = Merge.objects.standing().of_dropped(record).select_related("merged_by").last()
    sentence = _("%(dropped)s was merged into %(kept)s by %(person)s on %(day)s. Save there what you typed here.")
    told = {
        "dropped": record,
        "kept": into,
        "person": merge.merged_by if merge else "—",
        "day": local_day(merge.merged_at).isoformat() if merge else "—",
    }
    current = {field: shown_in_part(into, field, getattr(into, field)) for field in fields}
    raise MergedMeanwhile(sentence % told, into=into, current=current | {"merged_into": into.pk})


def hold(company):
    """Keep the company from being merged until this transaction is over, so that nothing new is left behind there."""
    # No join: PostgreSQL would show the row as it is once the wait is over, but beside it what it referred to before.
    refuse_merged(Company.with_merged.select_for_update(no_key=True).get(pk=company.pk))
