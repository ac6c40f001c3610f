"""A merge while others work: nothing is left behind with the record that is gone, and of two merges one happens."""

import pytest

from crm.actions import add_contact, edit_company, merge_companies, record_interaction, register_lead
from crm.actions.merged import MergedMeanwhile
from crm.models import Company, Contact, Interaction, Lead, Merge
from tests.projects.test_at_once import PEOPLE, all_at_once, refused

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_what_is_logged_during_a_merge_is_kept_or_refused_but_never_left_behind(make_company, officer, park, at):
    keep, drop = make_company("甲"), make_company("乙")
    who = {"at": at, "by": officer}
    deeds = [
        lambda: merge_companies(keep, drop, **who),
        lambda: register_lead(park=park, company=drop, **who),
        lambda: record_interaction(park=park, company=drop, summary="电话", **who),
        lambda: add_contact(drop, full_name="韩某", **who),
    ]

    answers = all_at_once(lambda n: deeds[n % len(deeds)]())

    assert Merge.objects.count() == 1
    for model in (Lead, Interaction, Contact):
        assert not model._base_manager.filter(company=drop).exists()
        done = [answer for answer in answers if isinstance(answer, model)]
        assert model.objects.filter(company=keep).count() == len(done)
    assert len(refused(answers)) == PEOPLE - sum(
        isinstance(each, Lead | Interaction | Contact | Merge) for each in answers
    )


def test_of_two_opposite_merges_one_happens(make_company, officer, at):
    one, other = make_company("甲"), make_company("乙")

    def merge(n):
        keep, drop = (one, other) if n % 2 else (other, one)
        return merge_companies(keep, drop, at=at, by=officer)

    answers = all_at_once(merge)

    assert len(refused(answers)) == PEOPLE - 1
    assert Merge.objects.count() == Company.objects.count() == 1


def test_an_edit_of_the_one_that_goes_is_in_the_merge_or_told_about_it(make_company, officer, at):
    keep, drop = make_company("甲"), make_company("乙")

    def work(n):
        if n == 0:
            return merge_companies(keep, drop, at=at, by=officer)
        return edit_company(drop, changes={"address": f"{n} 号"}, at=at, by=officer)

    answers = all_at_once(work)

    saved = [answer for answer in answers if isinstance(answer, Company)]
    assert len(refused(answers, MergedMeanwhile)) == PEOPLE - 1 - len(saved)
    assert len(refused(answers)) == len(refused(answers, MergedMeanwhile))
    # What was saved before the merge came along.
    assert bool(Company.objects.get().address) == bool(saved)
