"""Pages of first talks: the queue, one first talk with its evidence, registering it and the deeds on it."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.dates import local_day
from core.downloads import file_answer
from core.forms import submission_key
from core.money import exact_large
from core.paging import Keyset, capped_count
from core.templatetags.units import day
from crm import actions
from crm.desk_first_talks import protections
from crm.forms.first_talks import FirstTalkForm, JudgeForm, PaperForm, ReasonForm
from crm.models import Conflict, FirstTalk, FirstTalkPaper, Interaction, Lead
from crm.protection import LIVE, SOON_DAYS, FirstTalkStatus, Ground
from crm.protections import dress, earliest_record, protected_elsewhere, rule_of
from crm.views.doing import carried_out
from parks.access import require, verbs_of
from parks.models import Park

S = FirstTalkStatus
CONVERSATIONS_OFFERED = 40
RUNNING_LOOKED_AT = 500
TABS = ("mine", "applied", "conflicts", "ending", "all")


def chip_of(status):
    """The class of a status chip: a bucket colour never, lights only where they mean work to do."""
    return {S.DISPUTED: "bad", S.APPLIED: "warn", S.PROTECTED: "ok", S.RENEWED: "ok"}.get(status, "line")


def clothe(talks, today):
    """As `dress`, with what a row shows besides."""
    dressed = dress(talks, today)
    for talk in dressed:
        talk.chip = chip_of(talk.status)
        talk.told_amount = amount_in_words(talk)
    return dressed


def amount_in_words(talk):
    parts = []
    if talk.amount_wan is not None:
        parts.append(exact_large(talk.amount_wan))
    if talk.amount_wan_usd is not None:
        parts.append(_("%(amount)s × USD 10k") % {"amount": f"{talk.amount_wan_usd.normalize():f}"})
    return _(", ").join(parts) or "—"


# ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_GET
def first_talk_list(request):
    user, today = request.user, timezone.localdate()
    chosen = request.GET.get("show", "")
    shown = chosen if chosen in TABS else ("applied" if "crm.verify_first_talk" in verbs_of(user) else "mine")
    context = {"shown": shown, "tabs": _tabs(), "today": today}
    seen = FirstTalk.objects.visible_to(user)
    if shown == "conflicts":
        context |= _conflicts(request)
    elif shown == "ending":
        running = seen.running(today).with_what_rows_show().order_by("protected_until", "pk")[:RUNNING_LOOKED_AT]
        soon = [talk for talk in clothe(running, today) if talk.days_left <= SOON_DAYS]
        context |= {"talks": sorted(soon, key=lambda talk: (talk.days_left, talk.pk)), "count": len(soon)}
    else:
        if shown == "mine":
            seen = seen.filter(Q(lead__owner=user) | Q(recorded_by=user))
        elif shown == "applied":
            seen = seen.filter(status=S.APPLIED)
        page = Keyset(seen, order="-recorded_at", show=lambda rows: rows.with_what_rows_show()).page(
            request.GET.get("cursor")
        )
        count, more = (len(page), False) if page.is_whole else capped_count(seen)
        context |= {"talks": clothe(page, today), "page": page, "count": count, "more": more}
    return render(request, "crm/first_talk_list.html", context)


def _tabs():
    names = {"mine": _("Mine"), "applied": _("To verify"), "conflicts": _("Conflicts"), "ending": _("Running out")}
    return [(tab, names.get(tab, _("All"))) for tab in TABS]


def _conflicts(request):
    seen = Conflict.objects.visible_to(request.user)
    page = Keyset(
        seen.order_by("-opened_at"),
        order="-opened_at",
        show=lambda rows: rows.select_related("winner__park", "appeal__winner__park").prefetch_related(
            "sides__park", "sides__lead__company"
        ),
    ).page(request.GET.get("cursor"))
    seen_parks = set(Park.objects.visible_to(request.user).values_list("pk", flat=True))
    rows = []
    for conflict in page:
        # One's own side first: the row says the name under which the viewer's park knows the investor.
        sides = sorted(conflict.sides.all(), key=lambda side: (side.park_id not in seen_parks, side.pk))
        appeal = getattr(conflict, "appeal", None)
        rows.append(
            {
                "conflict": conflict,
                "company": sides[0].lead.company.name,
                "parks": [side.park.label for side in sides if side.status != S.TRANSFERRED],
                "is_open": conflict.decided_at is None or bool(appeal and appeal.decided_at is None),
                "appeal": appeal,
            }
        )
    return {"conflicts": rows, "page": page, "count": len(page)}


# ── one first talk ───────────────────────────────────────────────────────────────────────────────────────────────────


def _talk(request, pk):
    found = FirstTalk.objects.visible_to(request.user).with_what_rows_show()
    return get_object_or_404(
        found.select_related(
            "park",
            "lead__company",
            "lead__owner",
            "interaction",
            "recorded_by",
            "contact_verified_by",
            "came_from__park",
        ),
        pk=pk,
    )


@require_GET
def first_talk_detail(request, pk):
    return _shown(request, _talk(request, pk))


def _shown(request, talk, forms=None):
    today = timezone.localdate()
    (talk,) = clothe([talk], today)
    verbs = verbs_of(request.user, talk.park)
    is_unjudged = talk.contact_verified_at is None and talk.status in (S.APPLIED, S.DISPUTED)
    conflicts = list(talk.conflicts.select_related("winner__park").order_by("-opened_at"))
    forms = {
        "judge": JudgeForm(),
        "renew": ReasonForm(prefix="renew"),
        "end": ReasonForm(prefix="end"),
        "paper": PaperForm(),
        **(forms or {}),
    }
    context = {
        "talk": talk,
        "facts": _facts(talk),
        "entries": told_changes(talk),
        "papers": talk.papers.select_related("uploaded_by"),
        "conflicts": conflicts,
        "forms": forms,
        "may_judge": is_unjudged and "crm.verify_first_talk" in verbs,
        "is_own": talk.recorded_by_id == request.user.pk,
        "may_renew": talk.may_be_renewed and "crm.renew_first_talk" in verbs,
        "may_end": talk.status in LIVE and "crm.end_first_talk" in verbs,
        "may_add": talk.status in LIVE and "crm.register_first_talk" in verbs,
        "submission_key": submission_key(request),
    }
    return render(request, "crm/first_talk_detail.html", context)


def _facts(talk):
    def row(name, value, **also):
        return {"label": FirstTalk._meta.get_field(name).verbose_name, "value": value, **also}

    threshold = talk.get_threshold_met_display() if talk.threshold_met else _("none: a record only")
    rows = [
        row("first_contact_on", day(talk.first_contact_on)),
        row("amount_wan", talk.told_amount),
        row("threshold_met", threshold),
        row("chain_fit", talk.chain_fit),
        row("contact_verified_at", _verified(talk)),
        row("protected_from", day(talk.protected_from) if talk.protected_from else ""),
        row("protected_until", day(talk.protected_until) if talk.protected_until else ""),
        row("renewals", f"{talk.renewals} / {talk.rule.renewals}"),
        row(
            "recorded_at",
            _("%(day)s by %(person)s") % {"day": day(local_day(talk.recorded_at)), "person": talk.recorded_by},
        ),
    ]
    if talk.came_from_id:
        rows.append({"label": _("Came by transfer from"), "value": talk.came_from.park.name})
    return [{"title": "", "rows": rows}]


def _verified(talk):
    if talk.contact_verified_at is None:
        return ""
    facts = {"day": day(local_day(talk.contact_verified_at)), "person": talk.contact_verified_by}
    return _("%(day)s by %(person)s") % facts


def told_changes(talk):
    """For the timeline, newest record first."""
    changes = talk.changes.select_related("recorded_by").order_by("-recorded_at", "-pk")
    return [
        {
            "effective_on": change.effective_on,
            "recorded_on": local_day(change.recorded_at),
            "title": change.get_to_status_display(),
            "bucket": "early",
            "text": " · ".join(filter(None, [change.get_cause_display() if change.cause else "", change.reason])),
            "by": change.recorded_by or _("the nightly work"),
        }
        for change in changes
    ]


# ── registering ──────────────────────────────────────────────────────────────────────────────────────────────────────


def first_talk_new(request, pk):
    leads = Lead.objects.visible_to(request.user).select_related("company", "park")
    lead = get_object_or_404(leads, pk=pk)
    require(request.user, "crm.register_first_talk", lead.park)
    conversations = (
        Interaction.objects.visible_to(request.user)
        .filter(company=lead.company, park=lead.park)
        .order_by("happened_on", "pk")
    )
    earliest = conversations.first()
    form = FirstTalkForm(
        request.POST or None,
        request.FILES or None,
        conversations=conversations[:0] if earliest is None else conversations,
        today=timezone.localdate(),
        initial={"amount_wan": lead.intended_investment_wan, "interaction": earliest.pk if earliest else None},
    )
    if form.is_valid():
        given = form.cleaned_data
        talk = carried_out(request, form, lambda at, by: actions.register_first_talk(lead, **given, at=at, by=by))
        if talk:
            messages.success(request, _("First talk registered"))
            if talk.status == S.DISPUTED:
                messages.warning(
                    request, _("Another park has registered this investor before. Both claims go to the office.")
                )
            return redirect("crm:first-talk-detail", pk=talk.pk)
    context = {
        "lead": lead,
        "form": form,
        "rule": rule_of(lead.park),
        "elsewhere": protected_elsewhere(lead.company, lead.park, timezone.localdate()),
        "submission_key": submission_key(request),
    }
    return render(request, "crm/first_talk_new.html", context)


# ── deeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _deed(request, pk, verb, name, form, do, said):
    """Carry out one deed of the page; refused, the page comes back with the form as it was typed."""
    talk = _talk(request, pk)
    require(request.user, verb, talk.park)
    if form.is_valid() and carried_out(request, form, lambda at, by: do(talk, form.cleaned_data, at, by)):
        messages.success(request, said)
        return redirect("crm:first-talk-detail", pk=pk)
    talk.refresh_from_db(fields=["status"])
    return _shown(request, talk, {name: form})


@require_POST
def first_talk_verify(request, pk):
    def do(talk, given, at, by):
        is_accepted = given["verdict"] == "accepted"
        return actions.verify_first_talk(talk, is_accepted=is_accepted, reason=given["reason"], at=at, by=by)

    said = _("Contact accepted") if request.POST.get("verdict") == "accepted" else _("Contact rejected")
    return _deed(request, pk, "crm.verify_first_talk", "judge", JudgeForm(request.POST), do, said)


@require_POST
def first_talk_renew(request, pk):
    def do(talk, given, at, by):
        return actions.renew_first_talk(talk, reason=given["reason"], at=at, by=by)

    form = ReasonForm(request.POST, prefix="renew")
    return _deed(request, pk, "crm.renew_first_talk", "renew", form, do, _("Protection renewed"))


@require_POST
def first_talk_end(request, pk):
    def do(talk, given, at, by):
        return actions.end_first_talk(talk, reason=given["reason"], at=at, by=by)

    form = ReasonForm(request.POST, prefix="end")
    return _deed(request, pk, "crm.end_first_talk", "end", form, do, _("First talk ended"))


@require_POST
def first_talk_paper_new(request, pk):
    def do(talk, given, at, by):
        return actions.add_paper(talk, kind=given["kind"], file=given["file"], at=at, by=by)

    form = PaperForm(request.POST, request.FILES)
    return _deed(request, pk, "crm.register_first_talk", "paper", form, do, _("Document attached"))


@require_GET
def first_talk_paper(request, pk, paper):
    found = get_object_or_404(FirstTalkPaper.objects.visible_to(request.user), pk=paper, first_talk=pk)
    return file_answer(request, found)


@require_GET
def first_talk_box(request, pk):
    """The fragment on the page of a lead, which need not wait for it."""
    leads = Lead.objects.visible_to(request.user).select_related("company", "park")
    lead = get_object_or_404(leads, pk=pk)
    verbs = verbs_of(request.user, lead.park)
    context = {"lead": lead, "verbs": verbs, "first_talk": box_of(lead, verbs, timezone.localdate())}
    return render(request, "crm/_first_talk.html", context)


@require_GET
def first_talk_desk(request):
    """The fragment on the desk: one's own protections, nothing where there is none."""
    return render(
        request, "crm/desk/_first_talks.html", {"protections": protections(request.user, timezone.localdate())}
    )


# ── for other pages ──────────────────────────────────────────────────────────────────────────────────────────────────


def box_of(lead, verbs, today):
    """What the box on the page of a lead shows: our first talk, another park's protection, or the way to register."""
    mine = lead.first_talks.filter(park=lead.park).with_what_rows_show().order_by("-recorded_at", "-pk").first()
    box = {"talk": clothe([mine], today)[0] if mine else None, "rule": rule_of(lead.park)}
    is_live = mine is not None and mine.status in LIVE
    box["elsewhere"] = (
        None if is_live and mine.status != S.DISPUTED else protected_elsewhere(lead.company, lead.park, today)
    )
    box["earliest"] = earliest_record(lead.company, lead.park)
    box["conflict"] = mine.conflicts.order_by("-opened_at").first() if mine else None
    box["may_register"] = not is_live and lead.is_open and "crm.register_first_talk" in verbs
    box["is_alone"] = bool(box["conflict"] and box["conflict"].ground == Ground.ALONE)
    return box


def warn_of_protection(request, company, park):
    """Tell whoever logged something with a protected investor of another park: park, day, whom to ask. No more."""
    talk = protected_elsewhere(company, park, timezone.localdate())
    if talk is not None:
        messages.warning(request, told_of(talk))


def told_of(talk):
    sentence = _(
        "%(park)s holds the first-talk protection of this investor since %(day)s. "
        "Contact the office before further talks."
    )
    return sentence % {"park": talk.park.name, "day": talk.protected_from.isoformat()}
