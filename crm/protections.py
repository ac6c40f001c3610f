"""How long protections last: the zone's rule, the records that keep them alive, and the days left, for many at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from core.dates import local_day
from crm.models import FirstTalk, Interaction, LeadStageChange, ProtectionRule
from crm.protection import RUNNING, EndCause, light_of, quiet_until


def rule_of(park):
    """The rule of the park's zone; where the zone has none, the defaults."""
    return ProtectionRule.objects.filter(zone=park.zone_pk).first() or default_rule(park.zone_pk)


def default_rule(zone_pk):
    """The defaults as a row of the table would hold them: amounts as Decimal, which forms and sums rely on."""
    rule = ProtectionRule(zone_id=zone_pk)
    rule.clean_fields(exclude=["zone"])
    return rule


@dataclass(frozen=True, slots=True)
class End:
    """The last protected day, and what ends the protection then."""

    last_day: date
    cause: str


def end_of(talk, rule, records):
    # A protection that came by transfer is given its full time of silence in the new park.
    start = max(talk.protected_from, local_day(talk.recorded_at))
    quiet = quiet_until(start, records, rule.silent_days)
    if quiet < talk.protected_until:
        return End(quiet, EndCause.SILENCE)
    return End(talk.protected_until, EndCause.PERIOD_OVER)


def records_of(talks):
    """{key: [(happened on, recorded on), …]}: the park's conversations with the investor and the lead's steps.

    Two queries, however many first talks.
    """
    found = {talk.pk: [] for talk in talks}
    starts = [talk.protected_from for talk in talks if talk.protected_from]
    if not starts:
        return found
    by_place, by_lead = defaultdict(list), defaultdict(list)
    for talk in talks:
        by_place[talk.park_id, talk.lead.company_id].append(talk.pk)
        by_lead[talk.lead_id].append(talk.pk)
    said = Interaction.objects.filter(
        park__in={park for park, _company in by_place},
        company__in={company for _park, company in by_place},
        happened_on__gte=min(starts),
    )
    for park, company, happened_on, recorded_at in said.values_list(
        "park_id", "company_id", "happened_on", "recorded_at"
    ):
        for key in by_place.get((park, company), ()):
            found[key].append((happened_on, local_day(recorded_at)))
    steps = LeadStageChange.objects.filter(lead__in=by_lead, effective_on__gte=min(starts))
    for lead, effective_on, recorded_at in steps.values_list("lead_id", "effective_on", "recorded_at"):
        for key in by_lead[lead]:
            found[key].append((effective_on, local_day(recorded_at)))
    return found


def rules_of(talks):
    """{key: the rule of its zone}, in one query."""
    zones = {talk.park.zone_pk for talk in talks}
    rules = {rule.zone_id: rule for rule in ProtectionRule.objects.filter(zone__in=zones)}
    return {talk.pk: rules.get(talk.park.zone_pk) or default_rule(talk.park.zone_pk) for talk in talks}


def dress(talks, today):
    """Give each first talk `last_day`, `days_left`, `light` and `may_be_renewed`. Three queries, however many."""
    talks = list(talks)
    rules, records = rules_of(talks), records_of(talks)
    for talk in talks:
        rule = talk.rule = rules[talk.pk]
        talk.last_day = talk.days_left = None
        talk.light, talk.may_be_renewed, talk.is_running_out_by_silence = "idle", False, False
        if talk.status in RUNNING:
            end = end_of(talk, rule, records[talk.pk])
            talk.last_day, talk.days_left = end.last_day, (end.last_day - today).days
            talk.light = light_of(talk.days_left)
            talk.is_running_out_by_silence = end.cause == EndCause.SILENCE
            talk.may_be_renewed = talk.renewals < rule.renewals and talk.days_left >= 0
    return talks


def protected_elsewhere(company, park, as_of):
    """The protection of another park of the zone over this investor, or None. All a stranger is told of it is the
    park and the day: see `told`."""
    running = FirstTalk.objects.running(as_of).of_investor(company).outside(park)
    return running.select_related("park").order_by("protected_from", "pk").first()


def earliest_record(company, park):
    """The earliest verified first talk of the zone with this investor: shown below the threshold, binds nobody."""
    same_zone = FirstTalk.objects.of_investor(company).filter(park__path__startswith=f"/{park.zone_pk}/")
    verified = same_zone.filter(contact_verified_at__isnull=False).select_related("park")
    return verified.order_by("first_contact_on", "pk").first()
