"""Keeping a lead and its open task one: what the verbs on leads and on tasks share. The caller saves the lead."""

from crm.models import Task

STEP = ("next_step", "next_step_due_on")
"""The columns of a lead that copy its open task."""


def step_of(lead):
    """The lead's open task, or None."""
    return Task.objects.open().filter(lead=lead).first()


def put_step(lead, *, title, due_on, follows=None, at, by):
    """Give the lead a new next step; it must have none."""
    task = Task.objects.create(
        park=lead.park,
        company_id=lead.company_id,
        lead=lead,
        title=title,
        due_on=due_on,
        owner=lead.owner,
        follows=follows,
        recorded_at=at,
        recorded_by=by,
    )
    show_step(lead, task)
    return task


def show_step(lead, task):
    lead.next_step, lead.next_step_due_on = (task.title, task.due_on) if task else ("", None)


def close_step(lead, *, done_by=None, at):
    """End the open task: done where somebody did it, else dropped. Gives it, or None."""
    task = step_of(lead)
    if task is not None:
        end(task, done_by=done_by, at=at)
    show_step(lead, None)
    return task


def end(task, *, done_by=None, at):
    if done_by is None:
        task.dropped_at = at
    else:
        task.done_at, task.done_by = at, done_by
    task.version += 1
    task.save(update_fields=["done_at", "done_by", "dropped_at", "version"])


def reopen(task):
    task.done_at = task.done_by = task.dropped_at = None
    task.version += 1
    task.save(update_fields=["done_at", "done_by", "dropped_at", "version"])


def keep_in_step(lead, *, at, by):
    """Make the open task say what the lead's columns say: after the lead was edited, or a deed was taken back."""
    task, wanted = step_of(lead), (lead.next_step, lead.next_step_due_on)
    if wanted == ("", None):
        if task is not None:
            end(task, at=at)
        return
    if task is None:
        closed = Task.objects.filter(lead=lead, title=wanted[0], due_on=wanted[1]).order_by("-pk").first()
        if closed is not None:
            reopen(closed)
        else:
            put_step(lead, title=wanted[0], due_on=wanted[1], at=at, by=by)
    elif (task.title, task.due_on) != wanted:
        task.title, task.due_on = wanted
        task.version += 1
        task.save(update_fields=["title", "due_on", "version"])


def take_chain_back(lead, moment):
    """A task made at `moment` never was. `keep_in_step` then opens the one before it again."""
    Task.objects.open().filter(lead=lead, recorded_at=moment).delete()


def follow(lead):
    """The open task goes where its lead goes: to its park and into its hands."""
    Task.objects.open().filter(lead=lead).update(park=lead.park_id, owner=lead.owner_id)
