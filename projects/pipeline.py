"""What the pipeline board of projects shows: those before the signing and those just signed, as cards."""

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from core.columns import Layout
from core.privacy import veiled
from crm.lifecycle import next_step_light
from crm.models import Interaction
from crm.pipeline import LONGEST_ABOUT, LONGEST_NAME, Card, End, Lane, addresses, cut, step_in_words
from parks.access import may
from projects.lifecycle import AFTER_SIGNING, CODES, EXITS, FORWARD, PATH, Stage, backward_steps
from projects.story import look

COLUMNS = PATH[: PATH.index(Stage.SIGNED) + 1]
ENDS = (Stage.PAUSED, Stage.TERMINATED)
"""Where a card may be dropped without there being a column."""


def on_a_card(projects):
    """The next step of a project is the one agreed in its latest conversation that agreed on any."""
    agreed = Interaction.objects.filter(project_link__project=OuterRef("pk"))  # scoped: by the projects shown
    agreed = agreed.filter(Q(next_step__gt="") | Q(next_step_due_on__isnull=False)).order_by("-happened_on", "-pk")
    return (
        projects.with_pending()
        .annotate(
            next_step=Subquery(agreed.values("next_step")[:1]),
            next_step_due_on=Subquery(agreed.values("next_step_due_on")[:1]),
        )
        .select_related("company", "owner", "park")
        .only(
            "name", "stage", "stage_since", "total_investment_wan",
            "company__name", "owner__full_name", "owner__username", "park__path",
        )
    )  # fmt: skip


LAYOUT = Layout(by="stage", amount="total_investment_wan", order="stage_since", show=on_a_card)


def cards_of(projects, *, user, today):
    to_record, to_move = addresses("projects:detail"), addresses("projects:move")
    return [
        Card(
            pk=project.pk,
            name=cut(project.name, LONGEST_NAME),
            full_name=project.name,
            link=to_record(project.pk),
            move=to_move(project.pk),
            amount_wan=project.total_investment_wan or None,
            owner=str(project.owner) if project.owner else _("Nobody"),
            days=max((today - project.stage_since).days, 0),
            light=next_step_light(project.next_step_due_on, as_of=today),
            step=step_in_words(veiled(project.next_step or ""), project.next_step_due_on, today),
            may_move=may(user, "projects.advance_project", project.park),
            about=cut(project.company.name, LONGEST_ABOUT),
            chip=_("to verify") if project.is_pending else "",
        )
        for project in projects
    ]


def steps_from(stage):
    """Where a card of this column may go. What keeps a single project from a step, its gate says."""
    return (*FORWARD[stage], *backward_steps(stage), *EXITS)


def lanes(projects, *, user, today, shown, narrowed=False):
    """The columns of `projects` up to the signing; cards only in the columns that `shown` gives a number for."""
    columns = LAYOUT.columns(projects, COLUMNS, shown=shown, narrowed=narrowed)
    return [
        Lane(
            key=column.key,
            label=Stage(column.key).label,
            code=CODES[Stage(column.key)],
            digit=digit,
            look=look(Stage(column.key)) if column.key in AFTER_SIGNING else "early",
            to=steps_from(Stage(column.key)),
            column=column,
            cards=cards_of(column.rows, user=user, today=today),
        )
        for digit, column in enumerate(columns, start=1)
    ]


def ends():
    return [End(stage, stage.label, digit) for digit, stage in enumerate(ENDS, start=len(COLUMNS) + 1)]
