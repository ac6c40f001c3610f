"""The list of projects, the record page, and the forms that open and edit a project."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import expected_version, submission_key
from core.paging import Keyset
from core.privacy import holds_numbers
from core.templatetags.units import day, money, yi
from crm.lifecycle import LeadStage
from crm.lifecycle import obstacles as lead_obstacles
from crm.models import Company, Interaction, Lead, LeadStageChange
from crm.views.doing import done, in_place
from parks import industries
from parks.access import may, require, verbs_of
from parks.models import Park
from parks.saved_views import keeps_views, views_of
from projects import actions, lifecycle, story
from projects.filters import ProjectFilter
from projects.forms import InteractionForm, OpenForm, OpenFromLeadForm, ProjectForm
from projects.lifecycle import Stage
from projects.models import Project, ProjectInteraction, SigningEntry
from projects.views.doors import carry_out, form_context, link_to, parks_where, project_in_scope

_ON_A_ROW = (
    "code", "name", "stage", "stage_since", "verified_stage", "industry", "total_investment_wan", "updated_at",
    "park__name", "park__short_name", "park__path", "company__name", "owner__username", "owner__full_name",
)  # fmt: skip


def _on_a_row(projects):
    return projects.with_pending().select_related("park", "company", "owner").only(*_ON_A_ROW)


def _filtered(asked, request):
    parks = Park.objects.visible_to(request.user).in_tree_order()
    return ProjectFilter(asked or None, queryset=Project.objects.visible_to(request.user), request=request, parks=parks)


@keeps_views(_filtered)
def project_list(request):
    views = views_of(request)
    if views.opens and not request.GET:
        return redirect(request.path + views.opens)
    found = _filtered(request.GET, request)
    page = Keyset(found.qs, order="-updated_at", show=_on_a_row).page(request.GET.get("cursor"))
    if page.is_whole:
        number, total_wan = len(page), sum(project.total_investment_wan for project in page)
    else:
        number, total_wan = found.qs.total_number_and_wan()
    today = timezone.localdate()
    for project in page:
        project.look = story.look(project.stage)
        project.days = (today - project.stage_since).days
        project.differs = bool(project.verified_stage) and project.verified_stage != project.stage
        project.industry_label = industries.label(project.industry)
        project.may_log = may(request.user, "crm.record_interaction", project.park)
    context = {
        "views": views,
        "filter": found,
        "page": page,
        "number": number,
        "total_wan": total_wan,
        "verbs": verbs_of(request.user),
        "export": link_to("reports:ledger-export"),
    }
    return render(request, "projects/list.html", context)


def project_detail(request, pk):
    project = project_in_scope(request, pk)
    today, now = timezone.localdate(), timezone.now()
    entries = story.entered(project, now)
    kinds = frozenset(document.kind for document in project.documents.all())
    extra = actions.extra_requirements(project)
    checklist = lifecycle.checklist(project, kinds, extra)
    signings = list(
        SigningEntry.objects.visible_to(request.user).filter(project=project).with_counted()
        .select_related("event__park", "project").order_by("event__held_on", "pk")
    )  # fmt: skip
    for entry in signings:
        entry.says = story.counted(entry)
    counted = _completed_counts(project)
    usual = lifecycle.usual_step(project, [stage for _row, stage, _day in entries])
    verbs = verbs_of(request.user, project.park)
    told = story.timeline(
        project,
        interactions=_talks(request.user, project),
        lead_changes=_changes_of_the_lead(request.user, project),
        signings=[(entry.event.held_on, entry.event.name) for entry in signings],
    )
    for entry in told if "crm.reveal_contact" in verbs else ():
        entry["reveal"] = _revealing(entry.get("talk"), project)
    shown = request.GET.get("show", "")
    context = {
        "project": project,
        "look": story.look(project.stage, completed_counts=counted),
        "bucket": lifecycle.bucket_of(project.stage, completed_counts=counted),
        "verified_look": story.look(project.verified_stage, completed_counts=counted),
        "path": story.path(project, entries, today=today, checklist=checklist, completed_counts=counted),
        "usual": usual,
        "needs": _needs(project, usual, kinds, extra, verbs) if usual else [],
        "other_steps": [(to, len(missing)) for to, missing in checklist if to != usual],
        "groups": _groups(project),
        "entries": [entry for entry in told if not shown or entry["kind"] == shown],
        "shown": shown,
        "signings": signings,
        "may_have_splits": project.lead_id is not None or len(project.park_changes.all()) > 1,
        "verbs": verbs,
        "may_log": "crm.record_interaction" in verbs,
        "waiting": [entry for entry in told if entry.get("pending")],
        "stood_verified": _verified_since(project),
        "today": today,
    }
    context |= form_context(request, InteractionForm(today=today, keep=f"project-{project.pk}"), project)
    return render(request, "projects/detail.html", context)


def _revealing(talk, project):
    """Where the numbers in a conversation are shown in full; nowhere if it has none, or belongs to another park."""
    if talk is None or talk.park_id != project.park_id:
        return ""
    has_numbers = holds_numbers(" ".join([talk.people, talk.summary, talk.next_step]))
    return link_to("crm:interaction-reveal", talk.pk) if has_numbers else ""


def _completed_counts(project):
    """The zone's setting; asked only where the answer matters."""
    if Stage.COMPLETED not in (project.stage, project.verified_stage):
        return True
    settings = Park.objects.filter(pk=project.park.zone_pk)  # scoped: the zone above a park in scope
    return settings.values_list("counts_completed_as_under_construction", flat=True).get()


def _verified_since(project):
    verified = [change for change in project.stage_changes.all() if change.verified_at and change.verdict_at]
    return max((change.verdict_at for change in verified), default=None)


def _talks(user, project):
    """What was said about the project and, where the viewer sees it, about the lead it came of."""
    links = ProjectInteraction.objects.visible_to(user).filter(project=project)
    talks = Interaction.objects.select_related("recorded_by").order_by()  # scoped: by either of the two lines below
    own = talks.filter(pk__in=links.values("interaction"))
    if project.lead_id is None:
        return own
    return own.union(talks.visible_to(user).filter(lead=project.lead_id))


def _changes_of_the_lead(user, project):
    if project.lead_id is None:
        return []
    leads = Lead.objects.visible_to(user).filter(pk=project.lead_id)
    changes = LeadStageChange.objects.select_related("recorded_by")  # scoped: by the lead in the next line
    return changes.filter(lead__in=leads.values("pk"))


def _needs(project, to, kinds, extra, verbs):
    """The gate of the usual step for `_checklist.html`: what is open first, each with the place to supply it.

    The place is named only to those who may go there.
    """
    items = []
    for requirement in lifecycle.gate(to, extra.get(to, ())):
        done = requirement.is_met(project, kinds)
        item = {"done": done, "text": story.name_of(requirement), "hint": "" if done else requirement.missing}
        if requirement.document and "projects.attach_document" in verbs:
            link = f"{reverse('projects:document-new', args=[project.pk])}?kind={requirement.document}"
            item |= {"link": link, "action": _("Upload")}
        elif requirement.field and "projects.edit_project" in verbs:
            field = requirement.field.removesuffix("_id")
            item |= {"link": f"{reverse('projects:edit', args=[project.pk])}#id_{field}", "action": _("Fill in")}
        items.append(item)
    return sorted(items, key=lambda item: item["done"])


def _groups(project):
    """The facts beside the timeline. The six amounts never add up to each other, so each stands alone."""
    paid = ""
    if project.paid_in_wan is not None:
        parts = {"fixed": yi(project.paid_in_fixed_wan), "working": yi(project.paid_in_working_wan)}
        paid = _("fixed %(fixed)s / working %(working)s") % parts
    differs = project.verified_stage and project.verified_total_wan != project.total_investment_wan
    verified = _("verified %(amount)s") % {"amount": _yi(project.verified_total_wan)} if differs else ""
    fdi = project.utilised_fdi_wan_usd
    money = [
        _row(_("Total investment"), _yi(project.total_investment_wan), hint=verified),
        _row(_("Contracted outside capital"), _yi(project.contracted_investment_wan)),
        _row(_("Arrived funds"), _yi(project.paid_in_wan), hint=paid),
        _row(_("Fixed-asset investment done"), _yi(project.fixed_asset_wan)),
        _row(_("Planned for the year"), _yi(project.annual_plan_wan)),
        _row(_("Foreign capital received"), _("USD %(amount)s × 10k") % {"amount": f"{fdi:,.0f}"} if fdi else ""),
    ]
    local, code = project.legal_entity_name, project.legal_entity_code or ""
    subject = [
        _row(_("Investor"), project.company.name, link=link_to("crm:company-detail", project.company_id)),
        _row(_("Local company"), local or code, hint=code if local else ""),
        _row(_("Industry"), industries.label(project.industry)),
        _row(_("Role in the chain"), project.get_chain_role_display()),
        _row(_("Content"), project.content),
        *(
            [_row(_("Lead"), project.lead.code, link=link_to("crm:lead-detail", project.lead_id))]
            if project.lead
            else []
        ),
    ]
    area, floor = project.land_area_mu, project.floor_area_sqm
    site = [
        _row(_("Site"), project.get_site_mode_display()),
        _row(_("Land area"), _("%(area)s mu") % {"area": f"{area:,f}".rstrip("0").rstrip(".")} if area else ""),
        _row(_("Floor area"), f"{floor:,f}".rstrip("0").rstrip(".") + " m²" if floor else ""),
        _row(_("Filing or approval"), project.filing_no),
        _row(_("Land contract"), project.land_contract_no),
        _row(_("Construction permit"), project.construction_permit_no),
        *(
            _row(
                Project._meta.get_field(name).verbose_name,
                day(getattr(project, name)) if getattr(project, name) else "",
            )
            for name in lifecycle.PROMISES.values()
        ),
    ]
    people = [_row(Project._meta.get_field(name).verbose_name, getattr(project, name)) for name in _PEOPLE]
    return [
        {"title": _("Money"), "rows": money},
        {"title": _("Investor and company"), "rows": subject},
        {"title": _("Site and permits"), "rows": [row for row in site if row["value"]] or site[:1]},
        {"title": _("People"), "rows": people},
    ]


_PEOPLE = ("owner", "steward", "sponsor")


def _row(label, value, *, link="", hint=""):
    return {"label": label, "value": value, "link": link, "hint": hint}


def _yi(wan):
    return "" if wan is None else money(wan)


def project_new(request):
    require(request.user, "projects.open_project")
    companies = Company.objects.visible_to(request.user)
    chosen = companies.filter(pk=_number(request.GET.get("company"))).first()
    form = OpenForm(
        request.POST or None,
        parks=parks_where(request.user, "projects.open_project"),
        companies=companies,
        today=timezone.localdate(),
        initial={"company": chosen.name if chosen else ""},
    )
    if form.is_valid():
        project = carry_out(
            request, form, lambda: actions.open_project(**form.cleaned_data, at=timezone.now(), by=request.user)
        )
        if project:
            messages.success(request, _("Project opened"))
            return redirect("projects:detail", pk=project.pk)
    return render(request, "projects/new.html", form_context(request, form))


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 15 else None


def open_from_lead(request, lead):
    lead = get_object_or_404(Lead.objects.visible_to(request.user).select_related("company", "park"), pk=lead)
    require(request.user, "projects.open_project", lead.park)
    existing = Project.objects.visible_to(request.user).filter(lead=lead).first()
    if existing and request.method == "GET":
        return redirect("projects:detail", pk=existing.pk)
    initial = {"name": str(lead), "total_investment_wan": lead.intended_investment_wan}
    form = OpenFromLeadForm(request.POST or None, today=timezone.localdate(), initial=initial)
    if form.is_valid():
        project = carry_out(
            request,
            form,
            lambda: actions.open_project(
                park=lead.park, lead=lead, **form.cleaned_data, at=timezone.now(), by=request.user
            ),
        )
        if project:
            messages.success(request, _("Project opened"))
            return redirect("projects:detail", pk=project.pk)
    context = form_context(
        request,
        form,
        lead=lead,
        back=link_to("crm:lead-detail", lead.pk),
        not_yet=[] if request.method == "POST" else lead_obstacles(lead, LeadStage.CONVERTED),
    )
    return render(request, "projects/new.html", context)


def project_edit(request, pk):
    project = project_in_scope(request, pk, "projects.edit_project")
    # A copy: a refused form must not change the project named in the head of the page.
    copy = get_object_or_404(Project.objects.visible_to(request.user).select_related("park"), pk=pk)
    form = ProjectForm(request.POST or None, instance=copy)
    if form.is_valid():
        saved = carry_out(
            request,
            form,
            lambda: actions.edit_project(
                project, changes=form.changes, expected_version=expected_version(request),
                at=timezone.now(), by=request.user,
            ),
        )  # fmt: skip
        if saved:
            messages.success(request, _("Project saved"))
            return redirect("projects:detail", pk=pk)
        if hasattr(form, "is_stale"):
            _show_clash(form, form.is_stale.current)
    return render(request, "projects/edit.html", form_context(request, form, project))


def _show_clash(form, current):
    """Beside each field that somebody else changed meanwhile: what it says now."""
    for name in form.changed_data:
        if name in current and current[name] != form.cleaned_data.get(name, current[name]):
            form.add_error(name, _("Changed meanwhile; it now says: %(value)s") % {"value": current[name] or "—"})


def interaction_new(request, pk):
    project = project_in_scope(request, pk, "crm.record_interaction")
    ids = "log-%s" if in_place(request) else "id_%s"
    form = InteractionForm(request.POST or None, today=timezone.localdate(), keep=f"project-{project.pk}", auto_id=ids)
    if form.is_valid():
        deed = carry_out(
            request,
            form,
            lambda: actions.record_project_interaction(
                project, **form.cleaned_data, at=timezone.now(), by=request.user
            ),
        )
        if deed:
            messages.success(request, _("Conversation logged"))
            return done(request, reverse("projects:detail", args=[pk]))
    if in_place(request):
        context = {"composer": form, "url": request.path, "target": request.htmx.target}
        context["submission_key"] = submission_key(request)
        return render(request, "crm/_composer.html", context, status=422 if form.is_bound else 200)
    return render(request, "projects/interaction.html", form_context(request, form, project))
