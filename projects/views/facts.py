"""The pages that record facts: a step, a correction, a capital increase, a transfer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import expected_version
from crm.forms.first_talks import remainders
from parks.access import may
from projects import actions, lifecycle, story
from projects.forms import (
    AdvanceForm,
    CorrectInvestmentForm,
    CorrectStageForm,
    CorrectTransferForm,
    IncreaseForm,
    TransferForm,
)
from projects.lifecycle import DocumentKind, Stage
from projects.views.doors import carry_out, form_context, parks_where, project_in_scope

TRANSFER = "projects.transfer_project"


def advance(request, pk):
    """Without `to`, the usual step. Inputs for what the gate still needs stand in the same form."""
    project = project_in_scope(request, pk, "projects.advance_project")
    now, today = timezone.now(), timezone.localdate()
    passed = [stage for _row, stage, _day in story.entered(project, now)]
    to = _chosen_step(project, request.POST.get("to") or request.GET.get("to"), passed)
    kinds = frozenset(document.kind for document in project.documents.all())
    extra = actions.extra_requirements(project)
    back = to in lifecycle.backward_steps(project.stage) or project.stage == Stage.PAUSED and to == project.paused_from
    gate = [] if to is None or back else lifecycle.gate(to, extra.get(to, ()))
    unmet = [requirement for requirement in gate if not requirement.is_met(project, kinds)]
    form = to and AdvanceForm(
        request.POST or None, request.FILES or None, project=project, today=today, to=to, requirements=unmet
    )
    if form and form.is_valid():
        change = carry_out(
            request,
            form,
            lambda: actions.fill_and_advance(
                project,
                changes=form.changes,
                files=form.new_documents,
                evidence=form.cleaned_data.get("evidence", ()),
                expected_version=expected_version(request),
                at=timezone.now(),
                by=request.user,
                **form.step,
            ),
        )
        if change:
            messages.success(request, _("Recorded: %(stage)s") % {"stage": to.label})
            return redirect("projects:detail", pk=pk)
    context = form_context(
        request,
        form,
        project,
        to=to,
        look=story.look(to),
        steps=lifecycle.next_stages(project),
        backward=lifecycle.backward_steps(project.stage),
        met=[{"done": True, "text": story.name_of(each)} for each in gate if each not in unmet],
        lacks=len(unmet),
    )
    return render(request, "projects/advance.html", context)


def _chosen_step(project, asked, passed):
    steps = (*lifecycle.next_stages(project), *lifecycle.backward_steps(project.stage))
    if not asked:
        return lifecycle.usual_step(project, passed) or next(iter(steps), None)
    if asked not in Stage.values:
        raise Http404
    # A step that is not open is carried to the action, which says why.
    return Stage(asked)


def correct(request, pk):
    """Choose which fact is wrong."""
    project = project_in_scope(request, pk, "projects.correct_fact")
    context = {
        "project": project,
        "stage_changes": _uncorrected(project.stage_changes.all()),
        "investment_changes": [
            change for change in _uncorrected(project.investment_changes.all()) if not change.is_void
        ],
        "transfers": actions.moves_of(project)[1:] if may(request.user, TRANSFER, project.park) else [],
    }
    return render(request, "projects/correct.html", context)


def _uncorrected(changes):
    corrected = {change.corrects_id for change in changes}
    return [change for change in changes if change.pk not in corrected]


def _fact(project, changes, fact):
    change = next((change for change in changes if change.pk == fact), None)
    if change is None:
        raise Http404
    return change


def correct_stage(request, pk, fact):
    project = project_in_scope(request, pk, "projects.correct_fact")
    change = _fact(project, project.stage_changes.all(), fact)
    initial = {"effective_on": change.effective_on, "to": change.to_stage}
    form = CorrectStageForm(
        request.POST or None, request.FILES or None, project=project, today=timezone.localdate(), initial=initial
    )
    given = ("effective_on", "to", "is_void")
    return _correct(request, project, change, form, deed=actions.correct_stage_change, given=given)


def correct_investment(request, pk, fact):
    project = project_in_scope(request, pk, "projects.correct_fact")
    change = _fact(project, project.investment_changes.all(), fact)
    initial = {"effective_on": change.effective_on, "amount_wan": change.amount_wan}
    form = CorrectInvestmentForm(
        request.POST or None,
        request.FILES or None,
        project=project,
        today=timezone.localdate(),
        initial=initial,
        kind=change.kind,
    )
    given = ("amount_wan", "effective_on", "is_void")
    return _correct(request, project, change, form, deed=actions.correct_investment_change, given=given)


def _correct(request, project, change, form, *, deed, given):
    """Shows both answers, as known now and as it will be known; `compare` only looks."""
    said = {}
    if form.is_valid() or form.is_bound:
        said = {name: form.cleaned_data[name] for name in given if name in form.cleaned_data}
    now, then = story.both_answers(project, change, at=timezone.now(), **said)
    if form.is_valid() and "compare" not in request.POST:
        corrected = carry_out(
            request,
            form,
            lambda: actions.with_new_evidence(
                deed,
                change,
                project=project,
                kind=DocumentKind.OTHER,
                file=form.cleaned_data.get("file"),
                evidence=form.cleaned_data.get("evidence", ()),
                reason=form.cleaned_data["reason"],
                expected_version=expected_version(request),
                at=timezone.now(),
                by=request.user,
                **said,
            ),
        )
        if corrected:
            messages.success(request, _("Correction recorded"))
            return redirect("projects:detail", pk=project.pk)
    context = form_context(request, form, project, change=change, now=now, then=then, compared=form.is_bound)
    return render(request, "projects/correct_fact.html", context)


def increase(request, pk):
    project = project_in_scope(request, pk, "projects.increase_investment")
    form = IncreaseForm(request.POST or None, request.FILES or None, project=project, today=timezone.localdate())
    if form.is_valid() and _recorded(request, project, form, actions.increase_investment, DocumentKind.INCREASE):
        messages.success(request, _("Capital increase recorded"))
        return redirect("projects:detail", pk=pk)
    return render(request, "projects/increase.html", form_context(request, form, project))


def transfer(request, pk):
    project = project_in_scope(request, pk, "projects.transfer_project")
    parks = parks_where(request.user, "projects.transfer_project").exclude(pk=project.park_id)
    form = TransferForm(
        request.POST or None, request.FILES or None, project=project, today=timezone.localdate(), parks=parks
    )
    if form.is_valid() and _recorded(request, project, form, actions.transfer_project, DocumentKind.TRANSFER_ORDER):
        messages.success(request, _("Project transferred"))
        return redirect("projects:detail", pk=pk)
    return render(request, "projects/transfer.html", form_context(request, form, project, remainders=remainders(form)))


def correct_transfer(request, pk, fact):
    """A transfer and its split; as believed before it stays in what was known then."""
    project = project_in_scope(request, pk, TRANSFER)
    change = _fact(project, project.park_changes.all(), fact)
    split = change.splits.order_by("-pk").first()
    form = CorrectTransferForm(
        request.POST or None,
        request.FILES or None,
        project=project,
        today=timezone.localdate(),
        parks=parks_where(request.user, TRANSFER),
        initial={
            "to_park": change.park_id,
            "effective_on": change.effective_on,
            **(split.terms if split else {}),
        },
    )
    if form.is_valid():
        given = dict(form.cleaned_data)
        corrected = carry_out(
            request,
            form,
            lambda: actions.with_new_evidence(
                actions.correct_transfer,
                change,
                project=project,
                kind=DocumentKind.TRANSFER_ORDER,
                file=given.pop("file", None),
                evidence=given.pop("evidence", ()),
                expected_version=expected_version(request),
                at=timezone.now(),
                by=request.user,
                **{name: value for name, value in given.items() if name not in ("file", "evidence")},
            ),
        )
        if corrected:
            messages.success(request, _("Correction recorded"))
            return redirect("projects:detail", pk=project.pk)
    context = form_context(request, form, project, change=change, remainders=remainders(form))
    return render(request, "projects/correct_transfer.html", context)


def _recorded(request, project, form, deed, kind):
    given = dict(form.cleaned_data)
    file, evidence = given.pop("file", None), given.pop("evidence", ())
    return carry_out(
        request,
        form,
        lambda: actions.with_new_evidence(
            deed,
            project,
            project=project,
            kind=kind,
            file=file,
            evidence=evidence,
            expected_version=expected_version(request),
            at=timezone.now(),
            by=request.user,
            **given,
        ),
    )
