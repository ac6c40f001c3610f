"""Parts that pages of other apps fetch by address: the projects of a company, the project of a lead."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from projects import story
from projects.models import Project

SHOWN = 20


@login_required
def for_company(request, pk):
    """The company's projects in the viewer's parks; a company the viewer does not see gives an empty list."""
    projects = Project.objects.visible_to(request.user).filter(company=pk).select_related("park")
    return _fragment(request, projects, "projects/_for_company.html")


@login_required
def for_lead(request, pk):
    projects = Project.objects.visible_to(request.user).filter(lead=pk).select_related("park")
    return _fragment(request, projects, "projects/_for_lead.html")


def _fragment(request, projects, template):
    rows = list(projects.order_by("-updated_at", "-pk")[: SHOWN + 1])
    for project in rows:
        project.look = story.look(project.stage)
    return render(request, template, {"projects": rows[:SHOWN], "more": len(rows) > SHOWN})
