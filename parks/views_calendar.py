"""The working calendar, a year at a glance, and the office's own days in it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.calendar import is_year_noticed
from core.dates import EARLIEST_YEAR, LATEST_YEAR
from core.errors import RuleViolation
from core.forms import show_violation
from parks import actions
from parks.forms import CalendarDayForm
from parks.models import CalendarDay, CalendarYear
from parks.workdays import year_of


@require_GET
def calendar_page(request):
    return _page(request, _asked_year(request), CalendarDayForm())


def _asked_year(request):
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isdecimal() and len(typed) == 4 else 0
    return year if EARLIEST_YEAR < year < LATEST_YEAR else timezone.localdate().year


def _page(request, year, form):
    own = {day.day: day for day in CalendarDay.objects.filter(day__year=year)}  # scoped: one calendar for all parks
    is_noticed = is_year_noticed(year)
    years = CalendarYear.objects.filter(year=year)  # scoped: one calendar for all parks
    context = {
        "year": year,
        "months": year_of(year, own, language=translation.get_language()),
        "own": sorted(own.values(), key=lambda each: each.day),
        "form": form,
        "is_noticed": is_noticed,
        "is_entered": not is_noticed and years.exists(),
        "may_set": actions.may_set_calendar(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "parks/calendar.html", context)


@require_POST
def calendar_add(request):
    form = CalendarDayForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            first = actions.set_calendar_days(**said, at=timezone.now(), by=request.user)
        except RuleViolation as violation:
            show_violation(form, violation)
        else:
            messages.success(request, _("Calendar saved"))
            return _to(first.day.year)
    elif not actions.may_set_calendar(request.user):
        # Whoever may not is told so, and not what is wrong with the form.
        actions.set_calendar_days(start=None, is_working=True, at=timezone.now(), by=request.user)
    return _page(request, _asked_year(request), form)


@require_POST
def calendar_drop(request, pk):
    entry = get_object_or_404(CalendarDay.objects.all(), pk=pk)  # scoped: one calendar for all parks
    actions.drop_calendar_day(entry, at=timezone.now(), by=request.user)
    messages.success(request, _("Day left to the notice"))
    return _to(entry.day.year)


@require_POST
def calendar_year(request, year):
    is_entered = request.POST.get("entered") == "1"
    try:
        actions.set_calendar_year(year, is_entered=is_entered, at=timezone.now(), by=request.user)
    except RuleViolation as violation:
        for reason in violation.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, _("Calendar saved"))
    return _to(year)


def _to(year):
    return redirect(f"{reverse('parks:calendar')}?year={year}")
