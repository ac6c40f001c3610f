"""Changing many leads at once: what is chosen, what would happen, and the deed itself."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.bulk import MOST_ROWS, foresee, refuse_number, run_bulk, summary
from core.errors import RuleViolation
from core.forms import show_violation, submission_key
from core.submissions import digest_of
from crm.bulk import BULK_VERBS, LEADS
from crm.forms import BULK_FORMS
from crm.views.doing import carried_out, everybody, parks_to
from crm.views.leads import filtered
from parks.access import verbs_of
from parks.querysets import people_who_may

OWN_WORDS = ("deed", "pick", "all", "cursor")
"""What the address says besides the filters of the list."""


def lead_bulk(request):
    """`all` takes every lead the filters in the address find, `pick` the ones named."""
    if not BULK_VERBS & verbs_of(request.user):
        raise PermissionDenied(_("Your role does not allow this here. Ask an administrator of the park."))
    filters = request.GET.copy()
    for word in OWN_WORDS:
        filters.pop(word, None)
    try:
        keys = _chosen(request, filters)
        refuse_number(len(keys))
    except RuleViolation as violation:
        back = reverse("crm:lead-list") + (f"?{filters.urlencode()}" if filters else "")
        return render(request, "crm/lead_bulk_none.html", {"sentence": str(violation), "back": back})
    deed = LEADS.deeds.get(request.GET.get("deed")) or LEADS.deeds["hand"]
    parks = parks_to(request.user, "crm.edit_lead")
    form = BULK_FORMS[deed.name](
        request.POST or None,
        owners=people_who_may(everybody(), "crm.edit_lead", parks=parks),
        today=timezone.localdate(),
    )
    context = {"form": form, "deed": deed, "number": len(keys), "links": _links(request)}
    if form.is_valid():
        seen = digest_of(
            "crm.lead-bulk", [("deed", deed.name), ("given", sorted(form.given().items())), ("keys", keys)]
        )
        if request.POST.get("seen") == seen:
            run = _run(request, form, deed, keys, filters)
            if run:
                return redirect("core:bulk-run", pk=run.pk)
        else:
            context |= {"seen": seen, "has_moved_on": "seen" in request.POST}
            context["outcome"] = _foreseen(request, form, deed, keys)
    return render(request, "crm/lead_bulk.html", context | {"submission_key": submission_key(request)})


def _chosen(request, filters):
    """Keys in the order of the list; one more than may be changed where there are more."""
    if "all" in request.GET:
        found = filtered(request, filters)
        if not found.is_valid() and filters:
            raise RuleViolation(_("Correct the filters first; they find no lead as they stand."))
        found = found.qs
    else:
        picked = [int(pk) for pk in request.GET.getlist("pick") if pk.isdecimal() and len(pk) < 19]
        found = LEADS.rows(request.user).filter(pk__in=picked[: MOST_ROWS + 1])
    return list(found.order_by("-received_on", "-pk").values_list("pk", flat=True)[: MOST_ROWS + 1])


def _links(request):
    """The same choice under another deed."""
    links = []
    for deed in LEADS.deeds.values():
        query = request.GET.copy()
        query["deed"] = deed.name
        links.append((deed, f"?{query.urlencode()}"))
    return links


def _foreseen(request, form, deed, keys):
    try:
        return foresee(LEADS, deed, keys, form.given(), at=timezone.now(), by=request.user)
    except RuleViolation as violation:
        show_violation(form, violation)
        return None


def _run(request, form, deed, keys, filters):
    given, query = form.given(), filters.urlencode()
    run = carried_out(request, form, lambda at, by: run_bulk(LEADS, deed, keys, given, query=query, at=at, by=by))
    if run and run.finished_at:
        messages.success(request, summary(run))
    return run
