"""The page on which a lead is assessed: written bit by bit, kept as a draft, settled with its step."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import expected_version, submission_key
from crm import actions
from crm.aspects import missing_aspects
from crm.forms.asking import present
from crm.forms.assessing import AssessmentForm
from crm.models import Assessment, Lead
from crm.views.doing import carried_out
from parks.access import require, verbs_of


def lead_assessment(request, pk):
    """The latest assessment, and below it the form where the lead is up for one."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user).select_related("company", "park", "owner"), pk=pk)
    assessments = lead.assessments.select_related("recorded_by")
    context = {"lead": lead, "settled": assessments.settled().first()}
    if lead.stage not in actions.ASSESSABLE or "crm.assess_lead" not in verbs_of(request.user, lead.park):
        if request.method == "POST":
            require(request.user, "crm.assess_lead", lead.park)
            messages.error(request, _("This lead is not up for assessment any more; nothing was written."))
        return render(request, "crm/lead_assessment.html", context)
    draft = assessments.drafts().first() or Assessment(lead=lead, version=0)
    today = timezone.localdate()
    initial = {**present(draft, actions.ASSESSED_WITH), "effective_on": today, "needs_experts": lead.needs_experts}
    form = AssessmentForm(request.POST or None, initial=initial, today=today)
    if form.is_valid():
        settles = request.POST.get("do") == "settle"
        if carried_out(request, form, _deed(request, lead, form, settles=settles)):
            messages.success(request, _("Lead assessed") if settles else _("Draft kept"))
            return redirect("crm:lead-detail" if settles else "crm:lead-assessment", pk=pk)
    context |= {
        "form": form,
        "draft": draft if draft.pk else None,
        "missing": missing_aspects(draft),
        "version": _version(request, form, draft, lead),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/lead_assessment.html", context)


def _version(request, form, draft, lead):
    """0 stands for no draft yet: whoever finds one when saving is told, and overwrites nothing."""
    if getattr(form, "is_stale", False):
        return lead.assessments.drafts().values_list("version", flat=True).first() or 0
    said = expected_version(request)
    return draft.version if said is None else said


def _deed(request, lead, form, *, settles):
    given, said = form.written(), form.cleaned_data
    also = {"needs_experts": said["needs_experts"], "expected_version": expected_version(request)}
    if not settles:
        return lambda at, by: actions.draft_assessment(lead, given=given, **also, at=at, by=by)
    return lambda at, by: actions.assess_lead(
        lead,
        given=given,
        effective_on=said["effective_on"] or timezone.localdate(),
        shelving_reason=said["shelving_reason"],
        **also,
        at=at,
        by=by,
    )
