"""Planning, finishing, moving and dropping tasks; finishing may plan what comes next in the same breath."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.dates import local_day
from core.rules import refuse, refuse_invalid, refuse_stale
from core.undo import of_record, refuse_touched, remove_unless_used, undoes
from crm.actions.editing import whole
from crm.actions.leads import locked
from crm.actions.next_steps import STEP, end, put_step, reopen, show_step, step_of
from crm.models import Task
from parks.access import may, require

MOVED = ("title", "due_on")


@transaction.atomic
def plan_task(*, park=None, lead=None, company=None, title="", due_on=None, owner=None, at, by):
    """Plan something to do, about a lead (its next step), with a company, or in a park. `owner` defaults to `by`."""
    park = lead.park if lead is not None else park
    require(by, "crm.plan_task", park)
    _refuse_past(due_on, at)
    if lead is not None:
        return _plan_step(lead, title.strip(), due_on, at=at, by=by)
    owner = owner or by
    if owner != by and not may(owner, "crm.finish_task", park):
        facts = {"person": str(owner), "park": park.name}
        refuse("owner", _("%(person)s has no tasks in %(park)s. Choose somebody who works there.") % facts)
    if company is not None and not company.known_in.filter(park__path__startswith=park.path).exists():
        refuse("company", _("This company is not known in this park. Log a lead of it there first."))
    if not title.strip():
        refuse("title", _("Write what has to be done."))
    task = Task(
        park=park,
        company=company,
        title=title.strip(),
        due_on=due_on,
        owner=owner,
        recorded_at=at,
        recorded_by=by,
    )
    refuse_invalid(task)
    task.save()
    _record("crm.plan_task", task, diff({}, _told(task)), at=at, by=by)
    return task


def _plan_step(lead, title, due_on, *, at, by):
    lead = locked(lead)
    if not lead.is_open:
        refuse("lead", _("This lead is closed. Open it again before you plan a step."))
    if (known := step_of(lead)) is not None:
        facts = {"step": str(known), "day": known.due_on.isoformat() if known.due_on else "—"}
        refuse("lead", _("The next step is planned already: %(step)s, %(day)s. Finish it or move it.") % facts)
    if not title and due_on is None:
        refuse("title", _("Write what has to be done, or by when."))
    _refuse_long(title)
    task = put_step(lead, title=title, due_on=due_on, at=at, by=by)
    _save_step(lead)
    _record("crm.plan_task", task, diff({}, _told(task)), at=at, by=by)
    return task


@transaction.atomic
def finish_task(task, *, next_title="", next_due_on=None, expected_version=None, at, by):
    """Done; and next … where `next_title` or `next_due_on` is given. Gives the finished task."""
    task, lead = _locked(task, "crm.finish_task", expected_version, by)
    next_title = next_title.strip()
    _refuse_past(next_due_on, at, field="next_due_on")
    _refuse_long(next_title, field="next_title")
    goes_on = bool(next_title or next_due_on)
    if goes_on and lead is None and not next_title:
        refuse("next_title", _("Write what has to be done."))
    end(task, done_by=by, at=at)
    changes = diff({}, {"done": True})
    following = _following(task, lead, next_title, next_due_on, at=at, by=by) if goes_on else None
    if following is not None:
        changes |= diff({}, {"next": str(following), "next_due_on": following.due_on})
    if lead is not None:
        show_step(lead, following)
        _save_step(lead)
    _record("crm.finish_task", task, changes, at=at, by=by)
    return task


def _following(task, lead, title, due_on, *, at, by):
    if lead is not None:
        return put_step(lead, title=title, due_on=due_on, follows=task, at=at, by=by)
    return Task.objects.create(
        park=task.park,
        company_id=task.company_id,
        title=title,
        due_on=due_on,
        owner=task.owner,
        follows=task,
        recorded_at=at,
        recorded_by=by,
    )


@transaction.atomic
def move_task(task, *, due_on, title=None, expected_version=None, at, by):
    """Another day, or other words."""
    task, lead = _locked(task, "crm.move_task", expected_version, by)
    if due_on != task.due_on:
        _refuse_past(due_on, at)
    before = _told(task)
    task.due_on = due_on
    task.title = task.title if title is None else whole(task, "title", title.strip())
    refuse_invalid(task)
    changes = diff(before, _told(task))
    if not changes:
        return task
    task.version += 1
    task.save(update_fields=[*MOVED, "version"])
    if lead is not None:
        show_step(lead, task)
        _save_step(lead)
    _record("crm.move_task", task, changes, at=at, by=by)
    return task


@transaction.atomic
def drop_task(task, *, expected_version=None, at, by):
    """It need not be done any more."""
    task, lead = _locked(task, "crm.drop_task", expected_version, by)
    end(task, at=at)
    if lead is not None:
        show_step(lead, None)
        _save_step(lead)
    _record("crm.drop_task", task, diff({}, {"dropped": True}), at=at, by=by)
    return task


def _locked(task, verb, expected_version, by):
    """The task and its lead, both locked, in the order in which the verbs on leads lock them."""
    require(by, verb, task.park)
    lead = locked(task.lead) if task.lead_id is not None else None
    task = Task.objects.select_for_update(of=("self",)).select_related("park", "owner").get(pk=task.pk)
    # It may have gone to another park while this waited for the lock.
    require(by, verb, task.park)
    refuse_stale(task, expected_version, MOVED)
    if not task.is_open:
        said = _("This task is done already.") if task.done_at else _("This task was dropped.")
        refuse("task", said)
    return task, lead


def _save_step(lead):
    lead.version += 1  # a form opened before must not put the old step back
    lead.save(update_fields=[*STEP, "version"])


def _record(verb, task, changes, *, at, by):
    record(verb, task, park=task.park_id, changes=changes, at=at, by=by)


def _told(task):
    return {name: getattr(task, name) for name in MOVED}


def _refuse_past(day, at, field="due_on"):
    if day is not None and day < local_day(at):
        refuse(field, _("This day is past. Choose today or a later day."))


def _refuse_long(title, field="title"):
    longest = Task._meta.get_field("title").max_length
    if len(title) > longest:
        refuse(field, _("Write it in at most %(longest)s characters.") % {"longest": longest})


def _task_of(entry, verb, by):
    tasks = Task.objects.select_for_update(of=("self",)).select_related("park", "owner")
    task = of_record(entry, tasks)
    require(by, verb, task.park)
    return task, locked(task.lead) if task.lead_id is not None else None


def _reopen(entry, task, lead):
    """Open again, unless the lead has got another next step by now."""
    if lead is not None and step_of(lead) is not None:
        refuse_touched(entry)
    reopen(task)
    if lead is not None:
        show_step(lead, task)
        _save_step(lead)


@undoes("crm.plan_task", says=gettext_lazy("Task taken back"), back="crm:task-list")
def _unplan(entry, *, at, by):
    task, lead = _task_of(entry, "crm.plan_task", by)
    remove_unless_used(task, entry)
    if lead is not None:
        show_step(lead, step_of(lead))
        _save_step(lead)


@undoes("crm.finish_task", says=gettext_lazy("Open again"))
def _unfinish(entry, *, at, by):
    task, lead = _task_of(entry, "crm.finish_task", by)
    following = task.followed_by.filter(recorded_at=entry.at).first()
    if following is not None:
        if following.version != 1 or not following.is_open:
            refuse_touched(entry)
        following.delete()
    _reopen(entry, task, lead)


@undoes("crm.drop_task", says=gettext_lazy("Open again"))
def _undrop(entry, *, at, by):
    _reopen(entry, *_task_of(entry, "crm.drop_task", by))


@undoes("crm.move_task", says=gettext_lazy("Change taken back"))
def _unmove(entry, *, at, by):
    task, lead = _task_of(entry, "crm.move_task", by)
    for name, (old, new) in entry.changes.items():
        field = task._meta.get_field(name)
        if not task.is_open or getattr(task, name) != field.to_python(new):
            refuse_touched(entry)
        setattr(task, name, field.to_python(old))
    task.version += 1
    task.save(update_fields=[*MOVED, "version"])
    if lead is not None:
        show_step(lead, task)
        _save_step(lead)
