"""Numbers of people in a title, a reason or a note: in part on pages, in the API and the trail."""

from datetime import date

import pytest
from django.urls import reverse

from core.models import AuditEntry, Notice
from core.notices import shown
from crm import actions
from crm.models import Conflict, Task
from crm.protection import Ground
from parks.actions_views import edit_view, save_view
from parks.models import SavedView, ViewAudience

pytestmark = pytest.mark.usefixtures("english")
PHONE, IN_PART = "13800001234", "138****1234"
SAID = f"打 {PHONE}"


@pytest.fixture
def reads(signed_in):
    """The text of a page as this person reads it, which shows the number in part and nowhere whole."""

    def read(person, address, *, shows=IN_PART):
        answer = signed_in(person).get(address)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert PHONE not in text
        assert shows in text
        return text

    return read


@pytest.fixture
def api(signed_in):
    """As `reads`, for the API."""

    def read(person, address, *, shows=IN_PART):
        answer = signed_in(person).get(f"/api/v1{address}")
        assert answer.status_code == 200, answer.content
        text = answer.content.decode()
        assert PHONE not in text
        assert shows in text

    return read


@pytest.fixture
def lead(make_lead):
    return make_lead(title=SAID, next_step=f"回电 {PHONE}", next_step_due_on=date(2024, 4, 22))


@pytest.mark.parametrize(
    "name",
    ["lead-detail", "lead-edit", "lead-advance", "lead-move", "lead-return", "lead-interaction-new"],
)
def test_the_title_of_a_lead_on_its_own_pages(reads, lead, officer, name):
    reads(officer, reverse(f"crm:{name}", args=[lead.pk]))


@pytest.mark.parametrize("name", ["lead-list", "lead-board", "task-list"])
def test_titles_and_next_steps_in_lists(reads, lead, officer, name):
    reads(officer, reverse(f"crm:{name}"))


def test_the_title_of_a_lead_in_the_pool(reads, lead, officer, at):
    actions.return_lead(lead, reason=SAID, expected_version=lead.version, at=at, by=officer)

    text = reads(officer, reverse("crm:lead-pool"))

    assert text.count(IN_PART) >= 2


def test_the_trail_keeps_no_number_in_the_name_of_a_record(lead, officer):
    labels = [*AuditEntry.objects.values_list("subject_label", flat=True)]

    assert f"打 {IN_PART}" in labels
    assert not [each for each in labels if PHONE in each]
    assert str(Task.objects.get(lead=lead)) == f"回电 {IN_PART}"


def test_a_notice_about_a_lead(reads, api, lead, officer, colleague, manager, park, at):
    actions.assign_lead(lead, owner=colleague, effective_on=date(2024, 4, 2), at=at, by=manager)
    notice = Notice.objects.get(recipient=colleague)
    Notice.objects.filter(pk=notice.pk).update(params={**notice.params, "lead": SAID})  # as older versions wrote it
    notice.refresh_from_db()

    assert IN_PART in shown(notice)
    reads(colleague, reverse("core:notice-list"))
    api(colleague, "/notices/")
    api(colleague, f"/notices/{notice.pk}/")


def test_proof_chain_and_reasons_of_a_conflict(reads, api, make_lead, register, rival, officer, outsider, manager, at):
    lead = make_lead()
    talk = actions.record_interaction(
        park=lead.park,
        company=lead.company,
        lead=lead,
        kind="call",
        happened_on=date(2024, 4, 2),
        summary=SAID,
        at=at,
        by=officer,
    )
    ours = register(lead, interaction=talk, file=None, first_contact_on=None, chain_fit=f"链 {PHONE}")
    theirs = rival()
    reads(officer, reverse("crm:first-talk-detail", args=[ours.pk]))
    for side in (ours, theirs):
        actions.verify_first_talk(side, is_accepted=True, reason=SAID, at=at, by=manager)
    conflict = Conflict.objects.get()
    address = reverse("crm:conflict-detail", args=[conflict.pk])
    assert reads(manager, address).count(IN_PART) >= 2
    actions.decide_conflict(conflict, winner=ours, ground=Ground.CONTACT, reasons=f"理由 {PHONE}", at=at, by=manager)
    theirs.refresh_from_db()
    actions.appeal_conflict(conflict, side=theirs, reason=f"申诉 {PHONE}", at=at, by=outsider)

    text = reads(manager, address)
    assert f"理由 {IN_PART}" in text
    assert f"申诉 {IN_PART}" in text
    api(manager, f"/conflicts/{conflict.pk}/", shows=f"申诉 {IN_PART}")
    api(manager, f"/first-talks/{ours.pk}/", shows=f"打 {IN_PART}")


def test_reasons_of_changes_of_hands_and_of_transfers(reads, api, make_lead, officer, manager, other_park, at):
    lead = make_lead()
    actions.return_lead(lead, reason=SAID, expected_version=lead.version, at=at, by=officer)
    api(officer, f"/leads/{lead.pk}/claims/")
    lead.refresh_from_db()
    actions.transfer_lead(lead, to_park=other_park, effective_on=date(2024, 4, 10), reason=SAID, at=at, by=manager)
    api(manager, "/lead-transfers/")
    reads(manager, reverse("crm:lead-transfer-list"))


def test_the_note_and_the_lines_of_a_hand_over(reads, api, lead, officer, colleague, manager, at):
    done = actions.hand_over(officer, to=colleague, note=f"交 {PHONE}", at=at, by=manager)

    reads(manager, reverse("crm:hand-over-list"))
    text = reads(manager, reverse("crm:hand-over", args=[done.pk]))
    assert f"交 {IN_PART}" in text
    assert f"打 {IN_PART}" in text
    api(manager, f"/hand-overs/{done.pk}/")


def test_names_and_posts_of_contacts_and_other_names_of_companies(reads, api, make_company, officer, at):
    company = make_company(aliases=[f"别名 {PHONE}"])
    contact = actions.add_contact(company, full_name=f"韩 {PHONE}", post=f"助理 {PHONE}", at=at, by=officer)
    actions.edit_company(company, changes={}, aliases=[f"又名 {PHONE}"], expected_version=1, at=at, by=officer)

    api(officer, "/contacts/", shows=f"助理 {IN_PART}")
    api(officer, f"/contacts/{contact.pk}/", shows=f"韩 {IN_PART}")
    api(officer, f"/companies/{company.pk}/", shows=f"又名 {IN_PART}")
    text = reads(officer, reverse("crm:company-detail", args=[company.pk]))
    assert f"又名 {IN_PART}" in text
    assert f"韩 {IN_PART}" in text
    reads(officer, reverse("crm:company-history", args=[company.pk]), shows=f"又名 {IN_PART}")


def test_the_name_of_a_contact_that_was_merged_away(reads, api, make_company, officer, at):
    company = make_company()
    keep = actions.add_contact(company, full_name="韩某", at=at, by=officer)
    drop = actions.add_contact(company, full_name=f"韩 {PHONE}", at=at, by=officer)
    merge = actions.merge_contacts(keep, drop, at=at, by=officer)
    key = getattr(merge, "pk", merge)

    api(officer, f"/merges/{key}/")
    reads(officer, reverse("crm:merge-detail", args=[key]))


def test_the_title_and_the_question_of_a_saved_view(reads, api, officer, at):
    save_view(list_name="crm:lead-list", title=SAID, query="q=13911112222", audience=ViewAudience.ME, at=at, by=officer)

    view = SavedView.objects.get()
    api(officer, "/views/", shows="q=139****2222")
    api(officer, f"/views/{view.pk}/")
    reads(officer, reverse("parks:view-list"))
    reads(officer, reverse("parks:view-edit", args=[view.pk]))
    edit_view(view, changes={"title": f"常 打 {IN_PART}", "query": "q=139****2222"}, at=at, by=officer)
    view.refresh_from_db()
    assert (view.title, view.query) == (f"常 打 {PHONE}", "q=13911112222")


def test_other_names_that_come_back_as_they_were_shown_keep_their_numbers(signed_in, make_company, officer, at):
    company = make_company(aliases=[f"别名 {PHONE}"])
    form = signed_in(officer).get(reverse("crm:company-edit", args=[company.pk])).context["form"]

    assert form["aliases"].value() == f"别名 {IN_PART}"
    actions.edit_company(company, changes={}, aliases=[f"别名 {IN_PART}", "新名"], at=at, by=officer)
    assert {*company.aliases.values_list("name", flat=True)} == {f"别名 {PHONE}", "新名"}


def test_a_task_that_is_moved_as_it_was_shown_keeps_its_number(signed_in, lead, officer, at):
    task = Task.objects.get(lead=lead)
    form = signed_in(officer).get(reverse("crm:task-detail", args=[task.pk])).context["move"]

    assert form["title"].value() == f"回电 {IN_PART}"
    actions.move_task(task, title=form["title"].value(), due_on=date(2024, 4, 25), at=at, by=officer)
    task.refresh_from_db()
    lead.refresh_from_db()
    assert task.title == lead.next_step == f"回电 {PHONE}"
