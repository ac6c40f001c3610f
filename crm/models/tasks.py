"""Tasks: what somebody has to do by when. The next step of a lead is its one open task."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.privacy import veiled
from crm.merging import moves
from crm.models.companies import Company
from crm.models.leads import Lead
from crm.querysets import OPEN_TASK, TaskQuerySet
from parks.models import Park


class Task(models.Model):
    """Something to do. Of a lead it is the next step: the lead's own columns are a copy that the verbs keep."""

    park = models.ForeignKey(Park, models.PROTECT, related_name="tasks", verbose_name=_("Park"), db_index=False)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("Company")
    )
    lead = models.ForeignKey(Lead, models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("Lead"))
    title = models.CharField(_("To do"), max_length=200, blank=True)
    due_on = models.DateField(_("Due on"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("Who does it"),
        db_index=False,
    )
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by", verbose_name=_("Follows")
    )
    done_at = models.DateTimeField(_("Done at"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    dropped_at = models.DateTimeField(_("Dropped at"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("Task")
        verbose_name_plural = _("Tasks")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=OPEN_TASK & Q(lead__isnull=False), name="task_one_next_step"
            ),
            models.CheckConstraint(
                condition=~Q(title="") | Q(lead__isnull=False),
                name="task_says_what",
                violation_error_message=_("Write what has to be done."),
            ),
            models.CheckConstraint(condition=Q(done_at=None) | Q(dropped_at=None), name="task_ends_once"),
        ]
        indexes = [
            models.Index(fields=["owner", "due_on"], name="task_owner_due", condition=OPEN_TASK),
            models.Index(fields=["park", "due_on"], name="task_park_due", condition=OPEN_TASK),
        ]

    def __str__(self):
        return veiled(self.title) or str(_("Next step"))

    @property
    def is_open(self):
        return self.done_at is None and self.dropped_at is None


moves(Task, "company")
