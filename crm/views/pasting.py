"""Reading leads from a pasted text: the marked text beside one filled form for each lead; saved only when told to."""

import hashlib
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.errors import RuleViolation
from core.fields import validate_credit_code
from core.forms import show_violation, submission_key
from core.privacy import masked, veiled
from core.submissions import new_key
from crm import actions
from crm.forms import PastedLeadForm, PasteForm
from crm.models import Company, Lead
from crm.parsing import Lead as OfferedLead
from crm.parsing import names_of, parse
from crm.views.doing import carried_out, everybody, likely_park, parks_to
from crm.views.duplicates import strip
from parks.access import require
from parks.models import Park
from parks.querysets import people_who_may

FIELD_OF = {
    "company": "company_name",
    "credit_code": "credit_code",
    "amount": "intended_investment_wan",
    "date": "received_on",
    "industry": "industry",
    "park": "park",
    "phone": "contact_phone",
    "person": "contact_name",
}
MOST_FORMS = 30
STRIPS_AT_ONCE = 5
LONGEST_TITLE = 120


def kind_names():
    return {
        "company": _("Company"),
        "credit_code": _("Credit code"),
        "amount": _("Amount"),
        "date": _("Date"),
        "industry": _("Industry"),
        "park": _("Park"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "person": _("Person"),
    }


def lead_paste(request):
    require(request.user, "crm.register_lead")
    today = timezone.localdate()
    asked = PasteForm(request.POST or None, initial={"text_date": today}, today=today)
    context = {"asked": asked, "submission_key": submission_key(request)}
    if asked.is_valid():
        page = Page(request, asked)
        if page.wants_to_save and (answer := page.confirm()):
            return answer
        context |= page.context()
    return render(request, "crm/lead_paste.html", context)


class Page:
    """What was read from the text, the forms as they stand, and those that are to be saved."""

    def __init__(self, request, asked):
        self.request, self.asked, self.user = request, asked, request.user
        self.text, self.day = asked.cleaned_data["text"], asked.cleaned_data["text_date"]
        self.parks = parks_to(self.user, "crm.register_lead")
        # Once for all forms, each of which would ask again.
        self.park_choices = [("", _("Choose the park")), *((park.pk, park.name) for park in self.parks)]
        names = names_of(Park.objects.visible_to(self.user).prefetch_related("aliases"))
        self.parsed = parse(self.text, text_date=self.day, park_names=names)
        self.digest = hashlib.sha256(f"{self.day} {self.text}".encode("utf-8", "backslashreplace")).hexdigest()[:16]
        # Forms of another text are not these forms: what is recognised now counts.
        self.is_same = request.POST.get("digest") == self.digest
        self.added = self._added()
        self.leads = [*self.parsed.leads, *(OfferedLead(company=name) for name in self.added)][:MOST_FORMS]
        self.saved = self._saved_before()
        wanted = request.POST.get("save", "")
        left = [number for number in range(len(self.leads)) if number not in self.saved]
        self.to_save = left if wanted == "all" else [number for number in left if wanted == f"l{number}"]
        self.forms = [self._form(number, lead) for number, lead in enumerate(self.leads)]

    @property
    def wants_to_save(self):
        return self.is_same and bool(self.to_save)

    def _added(self):
        said = [*self.request.POST.getlist("added"), *self.request.POST.getlist("add")] if self.is_same else []
        return [name for name in dict.fromkeys(said) if name == "" or name in self.parsed.mentioned]

    def _saved_before(self):
        """Which forms were saved already, by number: the lead's key, of the viewer's own leads only."""
        said = [pair.split(":") for pair in self.request.POST.getlist("saved") if pair.count(":") == 1]
        keys = {int(n): int(pk) for n, pk in said if n.isdecimal() and pk.isdecimal() and len(n) < 3 and len(pk) < 19}
        seen = Lead.objects.visible_to(self.user).filter(pk__in=keys.values()).select_related("company")
        leads = {lead.pk: lead for lead in seen} if keys and self.is_same else {}
        return {number: leads[pk] for number, pk in keys.items() if pk in leads}

    def _form(self, number, lead):
        prefix = f"l{number}"
        typed = self.is_same and f"{prefix}-company_name" in self.request.POST
        form = PastedLeadForm(
            self.request.POST if typed else None,
            initial=self._initial(lead),
            prefix=prefix,
            parks=self.parks,
            companies=Company.objects.visible_to(self.user),
            owners=people_who_may(everybody(), "crm.edit_lead", parks=self.parks),
            today=timezone.localdate(),
            match_url=reverse("crm:company-match"),
        )
        form.fields["park"].choices = self.park_choices
        if typed and number not in self.to_save:
            # Not yet to be judged: it shows what was typed, without refusals.
            values = {name: form[name].data for name in form.fields}
            form.is_bound, form.initial = False, values
        return form

    def _initial(self, lead):
        park = next((park for park in self.parks if park.code == lead.park), None) or likely_park(self.user, self.parks)
        amount = lead.amount.value if lead.amount else ""
        return {
            "company_name": lead.company[:LONGEST_TITLE],
            "credit_code": lead.credit_code,
            "title": lead.title[:LONGEST_TITLE],
            "intended_investment_wan": Decimal(amount) if amount else None,
            "intended_qualifier": "" if lead.qualifier == "exact" else lead.qualifier,
            "industry": lead.industry,
            "park": park.pk if park else None,
            "contact_name": next(iter(lead.people), ""),
            "contact_phone": next(iter(lead.phones), ""),
            "received_on": self.day,
            "source": "outreach",
        }

    def confirm(self):
        """Save the chosen forms, all or none. None where one of them was refused."""
        chosen = [self.forms[number] for number in self.to_save]
        valid = [form for form in chosen if form.is_valid()]  # each is asked, so that each shows its refusals
        made = self._save(valid, is_all=len(valid) == len(chosen)) if valid else None
        if made is None:
            return None
        number = len(made)
        messages.success(
            self.request, ngettext("%(number)d lead saved", "%(number)d leads saved", number) % {"number": number}
        )
        if len(self.saved) + number == len(self.leads):
            return redirect("crm:lead-detail", pk=made[0]) if len(self.leads) == 1 else redirect("crm:lead-list")
        leads = Lead.objects.visible_to(self.user).select_related("company").in_bulk(made)
        self.saved |= {n: leads[pk] for n, pk in zip(self.to_save, made, strict=True)}
        self.request.submission_key = new_key()
        return None

    def _save(self, valid, *, is_all):
        """All are tried before any is refused, so that one look shows everything there is to correct."""
        now = OneOf(valid)

        def do(at, by):
            made, refusals = [], []
            for form in valid:
                try:
                    made.append(self._register(form, at=at, by=by))
                except RuleViolation as violation:
                    refusals.append((form, violation))
            if is_all and not refusals:
                return made
            for form, violation in refusals[1:]:
                show_violation(form, violation)
            # What was made of the others goes with the refusal that is raised.
            now.form, first = refusals[0] if refusals else (valid[0], RuleViolation())
            raise first

        return carried_out(self.request, now, do)

    @transaction.atomic
    def _register(self, form, *, at, by):
        given = form.arguments()
        kept = actions.keep_source_text(text=self.text, text_date=self.day, park=given["park"], at=at, by=by)
        return actions.register_lead(**given, source_text=kept, at=at, by=by).pk

    def _strip(self, number, form):
        """Looked up at once for the first few; the others ask when they come into sight."""
        if number >= STRIPS_AT_ONCE:
            return None
        name, code, chosen = (form[each].value() or "" for each in ("company_name", "credit_code", "company"))
        return strip(self.user, name=name, credit_code=code, chosen=chosen, prefix=f"l{number}")

    def context(self):
        offers = []
        for number, (lead, form) in enumerate(zip(self.leads, self.forms, strict=True)):
            offers.append(
                {
                    "number": number,
                    "prefix": f"l{number}",
                    "form": form,
                    "lead": lead,
                    "saved": self.saved.get(number),
                    "asks": sentences(lead),
                    "day": _("Day in the text: %(day)s.") % {"day": lead.day.value} if lead.day else "",
                    "strip": self._strip(number, form),
                }
            )
        marks, kinds = marked(self.text, self.parsed.spans, fields_of(self.leads))
        named = {lead.company for lead in self.leads}
        return {
            "submission_key": submission_key(self.request),
            "offers": offers,
            "left": len(self.leads) - len(self.saved),
            "marks": marks,
            "kinds": kinds,
            "mentioned": [name for name in self.parsed.mentioned if name not in named][:12],
            "added": self.added,
            "saved": [f"{number}:{lead.pk}" for number, lead in self.saved.items()],
            "digest": self.digest,
            "was_changed": bool(self.request.POST.get("digest")) and not self.is_same,
        }


class OneOf:
    """Of several forms the one whose verb is being called: a refusal goes beside its fields."""

    def __init__(self, forms):
        self.form = forms[0]

    @property
    def fields(self):
        return self.form.fields

    def is_valid(self):
        return self.form.is_valid()

    def add_error(self, name, sentences):
        self.form.add_error(name, sentences)


def sentences(lead):
    """What a person has to settle about this lead, in words."""
    printed = lead.amount.text.strip() if lead.amount else ""
    words = {
        "company": _("No company was recognised for certain. Check the name."),
        "unit": _("“%(printed)s” has no unit. Is it 亿 or 万?") % {"printed": printed},
        "range": _("“%(printed)s” is a range. Enter one number.") % {"printed": printed},
        "currency": _("“%(printed)s” is foreign currency and is not converted. Enter the amount in yuan.")
        % {"printed": printed},
        "code": _mistyped(next((span.text for span in lead.spans if span.asks == "code"), "")),
        "several": _("Several companies invest together. Check which one this lead is of."),
    }
    return [words[ask] for ask in lead.asks if ask in words]


def _mistyped(printed):
    """Why a credit code of the text is not filled in."""
    try:
        validate_credit_code(printed)
        why = ""
    except ValidationError as refused:
        why = " ".join(refused.messages)
    return _("The credit code “%(printed)s” is not filled in. %(why)s Compare it with the business licence.") % {
        "printed": printed.strip(),
        "why": why,
    }


def fields_of(leads):
    """Of each span that a form was filled from: the ids of those fields."""
    fields = {}
    for number, lead in enumerate(leads):
        filled = {"phone": lead.phones[:1], "person": lead.people[:1]}
        for span in lead.spans:
            name = FIELD_OF.get(span.kind)
            if name and span.value in filled.get(span.kind, [span.value]):
                fields.setdefault((span.start, span.kind), []).append(f"id_l{number}-{name}")
    return fields


def marked(text, spans, fields=None):
    """The text in parts, marked and unmarked, and how often each kind was recognised."""
    names, parts, counts, place = kind_names(), [], {}, 0
    for span in spans:
        if span.start < place:
            continue
        if text[place : span.start]:
            parts.append({"text": text[place : span.start]})
        counts[span.kind] = counts.get(span.kind, 0) + 1
        parts.append(
            {
                "text": text[span.start : span.end],
                "kind": span.kind,
                "name": names[span.kind],
                "unsure": span.unsure,
                "fields": " ".join((fields or {}).get((span.start, span.kind), [])),
            }
        )
        place = span.end
    if text[place:]:
        parts.append({"text": text[place:]})
    return parts, [{"kind": kind, "name": names[kind], "count": counts[kind]} for kind in names if kind in counts]


@require_GET
def lead_source(request, pk):
    """The text a lead was read from, with its marks, and with the numbers of people shown in part."""
    leads = Lead.objects.visible_to(request.user).select_related("company", "park", "source_text__recorded_by")
    lead = get_object_or_404(leads.exclude(source_text=None), pk=pk)
    kept = lead.source_text
    names = names_of(Park.objects.visible_to(request.user).prefetch_related("aliases"))
    spans = parse(kept.text, text_date=kept.text_date, park_names=names).spans
    parts, kinds = marked(kept.text, spans)
    for part in parts:
        part["text"] = masked(part["text"]) if part.get("kind") in ("phone", "email") else veiled(part["text"])
    return render(request, "crm/lead_source.html", {"lead": lead, "kept": kept, "marks": parts, "kinds": kinds})
