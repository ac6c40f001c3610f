"""The strip under a company's name that says, while it is typed, what is registered already."""

import re

from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.duplicates import companies_like, titles_like
from crm.forms import ANOTHER
from crm.names import is_only_a_form
from parks.access import require

_PREFIX = re.compile(r"[a-z0-9]{1,8}")
_LONGEST = 200


def strip(user, *, name="", credit_code="", group_name="", title="", chosen="", prefix=""):
    """What `crm/_duplicates.html` shows. `prefix` is that of the form whose name is typed, "" for the only form."""
    typed = {"name": name, "credit_code": credit_code, "group_name": group_name}
    typed = {key: text.replace("\0", "")[:_LONGEST].strip() for key, text in typed.items()}
    hits = companies_like(user, **typed)
    titles = titles_like(user, title.replace("\0", "")[:_LONGEST] or typed["name"])
    return {
        "name": typed["name"],
        "hits": hits,
        "titles": titles,
        "same": any(hit.is_same and not hit.masked for hit in hits),
        "masked_same": next((hit for hit in hits if hit.is_same and hit.masked), None),
        "is_only_a_form": bool(typed["name"]) and is_only_a_form(typed["name"]),
        "field": f"{prefix}-company" if prefix else "company",
        "chosen": str(chosen) or _evident(hits),
        "another": ANOTHER,
    }


def _evident(hits):
    """The one company in sight of the same name: chosen beforehand, so that a known company costs no extra act."""
    same = [hit.row.pk for hit in hits if hit.is_same and not hit.masked]
    return str(same[0]) if len(same) == 1 else ""


@require_GET
def company_match(request):
    require(request.user, "crm.register_company")
    prefix = request.GET.get("prefix", "")
    prefix = prefix if _PREFIX.fullmatch(prefix) else ""

    def typed(name):
        return request.GET.get(f"{prefix}-{name}" if prefix else name, "")

    shown = strip(
        request.user,
        name=typed("company_name") or typed("name"),
        credit_code=typed("credit_code"),
        group_name=typed("group_name"),
        title=typed("title"),
        chosen=typed("company"),
        prefix=prefix,
    )
    return render(request, "crm/_duplicates.html", {"strip": shown})
