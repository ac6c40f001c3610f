"""What a park demands beyond the common gates, and who may change it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parks.access import may, require
from parks.models import Park
from projects import actions, lifecycle, story
from projects.forms import RequirementForm
from projects.lifecycle import Stage
from projects.models import ExtraRequirement
from projects.views.doors import carry_out, form_context

VERB = "projects.set_requirements"


def _park(request, code):
    return get_object_or_404(Park.objects.visible_to(request.user), code=code)


def _context(request, park, form):
    """Demands of the parks above bind here too and are shown, whether or not the viewer sees those parks."""
    extra = list(ExtraRequirement.objects.binding(park).select_related("park"))  # scoped: they bind a park in scope
    for demand in extra:
        demand.name = story.name_of(demand)
    stages = [
        {
            "stage": stage,
            "look": story.look(stage),
            "common": [story.name_of(requirement) for requirement in lifecycle.GATES[stage]],
            "extra": [demand for demand in extra if demand.stage == stage],
        }
        for stage in Stage
    ]
    return form_context(
        request,
        form,
        park=park,
        stages=[each for each in stages if each["common"] or each["extra"]],
        may_set=may(request.user, VERB, park),
    )


def requirements(request, code):
    park = _park(request, code)
    return render(request, "projects/requirements.html", _context(request, park, RequirementForm()))


@require_POST
def requirement_add(request, code):
    park = _park(request, code)
    require(request.user, VERB, park)
    form = RequirementForm(request.POST)
    if form.is_valid():
        done = carry_out(
            request,
            form,
            lambda: actions.add_requirement(park=park, **form.demand, at=timezone.now(), by=request.user),
        )
        if done:
            messages.success(request, _("Requirement added"))
            return redirect("projects:requirements", code=code)
    return render(request, "projects/requirements.html", _context(request, park, form))


@require_POST
def requirement_drop(request, code, pk):
    park = _park(request, code)
    require(request.user, VERB, park)
    extra = get_object_or_404(
        ExtraRequirement.objects.visible_to(request.user).select_related("park"), pk=pk, park=park
    )
    actions.drop_requirement(extra, at=timezone.now(), by=request.user)
    messages.success(request, _("Requirement dropped"))
    return redirect("projects:requirements", code=code)
