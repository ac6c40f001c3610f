"""Parts that pages of other apps fetch by address: the projects of a company, of a park, and of a lead."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from crm.models import Company, Lead
from crm.models.split import last_day_of_split
from parks.models import Park
from projects import story
from projects.models import Project

SHOWN = 20


def for_company(request, pk):
    company = get_object_or_404(Company.objects.visible_to(request.user), pk=pk)
    projects = Project.objects.visible_to(request.user).filter(company=company)
    return _fragment(request, projects, "projects/_for_company.html")


def for_park(request, code):
    park = get_object_or_404(Park.objects.visible_to(request.user), code=code)
    projects = Project.objects.visible_to(request.user).in_park(park)
    return _fragment(request, projects, "projects/_for_company.html", park=park)


def for_lead(request, pk):
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    return _fragment(request, Project.objects.visible_to(request.user).filter(lead=lead), "projects/_for_lead.html")


def _fragment(request, projects, template, **context):
    rows = list(projects.select_related("park").order_by("-updated_at", "-pk")[: SHOWN + 1])
    for project in rows:
        project.look = story.look(project.stage)
    return render(request, template, {"projects": rows[:SHOWN], "more": len(rows) > SHOWN, **context})


def splits(request, pk):
    """What other parks keep of a project, with the last days; whoever sees the project sees it."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    found = list(project.splits.standing().select_related("owner_park", "park_change__park"))
    today = timezone.localdate()
    for split in found:
        split.indicator_until = last_day_of_split(split.effective_on, split.indicator_years)
        split.tax_until = last_day_of_split(split.effective_on, split.tax_years)
        split.is_over = today > max(split.indicator_until, split.tax_until)
    return render(request, "projects/_splits.html", {"splits": found})
