"""What of projects a person holds, for hand-overs: those they answer for, and those they serve as steward."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from crm import holdings
from projects.actions import edit_project
from projects.lifecycle import FINAL
from projects.models import Project


def _rows(column, person):
    running = Project.objects.filter(**{column: person}).exclude(stage__in=FINAL)
    return running.select_related("park", "company").order_by("pk")


def _locked(pk):
    return Project.objects.select_for_update(of=("self",)).select_related("park", "company").filter(pk=pk).first()


def _pass_on(column, project, *, to, at, by):
    return edit_project(project, changes={column: to}, at=at, by=by)


def _take_back(column, project, person, *, given_at, at, by):
    return edit_project(project, changes={column: person}, at=at, by=by)


for _column, _name in (("owner", _("Projects in charge of")), ("steward", _("Projects as steward"))):
    holdings.register(
        holdings.Holding(
            kind=f"projects.project.{_column}",
            name=_name,
            verb="projects.edit_project",
            page="projects:detail",
            rows=partial(_rows, _column),
            locked=_locked,
            held_by=lambda project, column=_column: getattr(project, f"{column}_id"),
            pass_on=partial(_pass_on, _column),
            take_back=partial(_take_back, _column),
        )
    )
