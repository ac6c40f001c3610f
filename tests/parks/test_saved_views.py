"""Saved views: kept, shared, with which a list opens, and who sees which."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from core.batches import batch
from core.errors import RuleViolation, StaleEdit
from core.models import AuditEntry
from core.undo import undo_batch
from parks.access import Role
from parks.actions_views import edit_view, plain_query, remove_view, save_view, set_default_view
from parks.models import SavedView, ViewDefault

pytestmark = pytest.mark.django_db
LEADS = "crm:lead-list"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def save(officer, at):
    def make(title="办理中", query="stage=open", **given):
        return save_view(**{"list_name": LEADS, "title": title, "query": query, "at": at, "by": officer, **given})

    return make


@pytest.fixture
def signed_in():
    def make(user):
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        client.force_login(user)
        return client

    return make


def seen_by(user):
    return [view.title for view in SavedView.objects.visible_to(user)]


def test_a_view_keeps_the_filters_and_not_the_place_in_the_list(save):
    view = save(query="?stage=open&owner=me&cursor=abc&q=&view=all")

    assert view.query == "owner=me&stage=open"
    assert plain_query("stage=open&owner=me") == view.query
    assert AuditEntry.objects.get().verb == "parks.save_view"


def test_mine_my_parks_and_everybodys(
    save, park, inner_park, other_park, officer, colleague, outsider, manager, person
):
    inside = person("inside", (Role.OFFICER, inner_park))
    save("我的")
    save("园区的", audience="park", park=park)
    save("全员的", audience="everybody", park=park, by=manager)

    assert seen_by(officer) == ["全员的", "园区的", "我的"]
    assert seen_by(colleague) == ["全员的", "园区的"]
    assert seen_by(inside) == ["全员的", "园区的"]
    assert seen_by(manager) == ["全员的", "园区的"]
    assert seen_by(outsider) == ["全员的"]


def test_everybodys_views_are_the_managers(save, park, other_park, officer, operator, auditor, admin):
    for who in (officer, operator):
        with pytest.raises(PermissionDenied, match="Only a manager"):
            save(audience="everybody", park=park, by=who)
    with pytest.raises(PermissionDenied):
        save(audience="park", park=park, by=auditor)
    with pytest.raises(PermissionDenied):
        save(audience="park", park=other_park, by=officer)

    assert not SavedView.objects.exists()
    assert save(audience="everybody", park=park, by=admin).park.kind == "zone"
    assert save(by=auditor).audience == "me"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"title": ""}, "cannot be blank"),
        ({"list_name": "crm:no-such-list"}, "no list of this name"),
        ({"list_name": "crm:lead-detail"}, "no list of this name"),
        ({"list_name": "home"}, "no list of this name"),
        ({"query": "colour=red"}, "no filter called colour"),
        ({"query": "stage=nonsense"}, "nonsense is not one of the available choices"),
        ({"audience": "park"}, "Choose the park"),
        ({"audience": "all"}, "Choose the park"),
        ({"default_role": "officer"}, "Share it first"),
        ({"query": "q=" + "x" * 3000}, "too long"),
    ],
)
def test_what_cannot_be_a_view_is_refused(save, given, sentence):
    with pytest.raises(RuleViolation, match=sentence):
        save(**given)

    assert not SavedView.objects.exists()


def test_a_name_is_given_once_a_person_and_list(save, colleague):
    save()
    with pytest.raises(RuleViolation, match="a view of this name already"):
        save()

    save(by=colleague)
    save(list_name="crm:company-list", query="q=x")
    assert SavedView.objects.count() == 3


def test_only_the_owner_and_who_answers_for_the_zone_change_a_shared_view(save, park, officer, colleague, manager, at):
    view = save("园区的", audience="park", park=park)
    mine = save("我的")

    with pytest.raises(PermissionDenied, match="somebody else"):
        edit_view(view, changes={"title": "x"}, at=at, by=colleague)
    with pytest.raises(PermissionDenied, match="somebody else"):
        remove_view(view, at=at, by=colleague)
    with pytest.raises(PermissionDenied):
        remove_view(mine, at=at, by=manager)
    edit_view(view, changes={"title": "本园在办"}, at=at, by=manager)

    assert SavedView.objects.get(pk=view.pk).title == "本园在办"
    with pytest.raises(StaleEdit):
        edit_view(view, changes={"title": "y"}, expected_version=1, at=at, by=officer)


def test_a_view_no_longer_shared_is_nobody_elses(save, park, colleague, officer, at):
    view = save(audience="park", park=park)
    set_default_view(LEADS, view, at=at, by=colleague)

    edit_view(view, changes={"audience": "me"}, at=at, by=officer)

    assert seen_by(colleague) == []
    assert SavedView.objects.get().park is None


def test_the_default_is_ones_own_choice_among_the_views_of_the_list(save, officer, outsider, at):
    view = save(is_default=True)
    assert ViewDefault.objects.get().view == view

    with pytest.raises(RuleViolation, match="Choose a view of this list"):
        set_default_view("crm:company-list", view, at=at, by=officer)
    with pytest.raises(RuleViolation, match="Choose a view of this list"):
        set_default_view(LEADS, view, at=at, by=outsider)
    set_default_view(LEADS, None, at=at, by=officer)

    assert ViewDefault.objects.get().view is None


def test_saving_changing_and_removing_are_taken_back(save, officer, at):
    def undone(deed):
        with batch() as done:
            deed()
        undo_batch(done.id, at=at + timedelta(seconds=5), by=officer)

    undone(save)
    assert not SavedView.objects.exists()
    view = save()
    undone(lambda: edit_view(view, changes={"title": "x", "query": "stage=shelved"}, at=at, by=officer))
    view.refresh_from_db()
    assert (view.title, view.query) == ("办理中", "stage=open")
    undone(lambda: remove_view(view, at=at, by=officer))
    again = SavedView.objects.get()
    assert (again.title, again.query, again.owner, again.list_name) == ("办理中", "stage=open", officer, LEADS)


# ── the doors ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_opens_with_the_persons_view_then_the_roles_and_all_rows_are_one_click_away(
    signed_in, save, park, officer, colleague, manager, at
):
    save("本园在办", audience="park", park=park, default_role="officer")
    save("全员", query="stage=shelved", audience="everybody", park=park, default_role="officer", by=manager)
    client = signed_in(officer)

    assert client.get("/leads/")["Location"] == "/leads/?stage=open"
    assert client.get("/leads/?view=all").status_code == 200
    page = client.get("/leads/?stage=open").content.decode()
    assert '<input type="hidden" name="view" value="all">' in page, "clearing the last filter must not lead back"
    assert signed_in(manager).get("/leads/").status_code == 200

    save("负责", query="owner=me", is_default=True)
    assert client.get("/leads/")["Location"] == "/leads/?owner=me"
    set_default_view(LEADS, None, at=at, by=officer)
    assert client.get("/leads/").status_code == 200
    assert signed_in(colleague).get("/leads/")["Location"] == "/leads/?stage=open"


def test_filters_are_saved_from_the_list_and_the_view_is_marked(signed_in, officer):
    client = signed_in(officer)
    page = client.get("/leads/?owner=me&stage=open").content.decode()
    assert 'name="query" value="owner=me&amp;stage=open"' in page

    said = {"list_name": LEADS, "title": "我的在办", "query": "owner=me&stage=open", "submission_key": ""}
    answer = client.post("/views/new/", said, follow=True)

    assert answer.redirect_chain == [("/leads/?owner=me&stage=open", 302)]
    page = answer.content.decode()
    assert marked(page) == "我的在办"
    assert "View saved: 我的在办" in page
    assert 'action="/undo/' in page
    assert "Save as a view" not in page


def marked(page):
    found = re.search(r'<a class="item" href="[^"]+" aria-current="true">([^<]+)', page)
    return found and found[1].strip()


@pytest.mark.parametrize("path", ["/leads/", "/companies/", "/projects/"])
def test_each_list_offers_its_views_in_as_many_queries_for_twenty(
    signed_in, save, officer, path, django_assert_max_num_queries
):
    names = {"/leads/": LEADS, "/companies/": "crm:company-list", "/projects/": "projects:list"}
    client = signed_in(officer)
    client.get(path)
    for number in range(2):
        save(f"视图{number}", query="q=x", list_name=names[path])
    with django_assert_max_num_queries(15) as few:
        client.get(path)
    for number in range(2, 20):
        save(f"视图{number}", query="q=x", list_name=names[path])
    with django_assert_max_num_queries(15) as many:
        page = client.get(path).content.decode()

    assert len(few) == len(many)
    assert "视图19" in page


def test_the_page_of_views_changes_removes_and_chooses(signed_in, save, park, officer):
    client, view = signed_in(officer), save()
    assert "办理中" in client.get("/views/").content.decode()

    edit = {"title": "在办", "audience": "park", "park": park.pk, "default_role": "", "version": 1}
    assert client.post(f"/views/{view.pk}/edit/", edit).status_code == 302
    view.refresh_from_db()
    assert (view.title, view.park) == ("在办", park)
    chosen = client.post("/views/default/", {"list_name": LEADS, "view": view.pk})
    assert chosen["Location"] == "/leads/?stage=open"
    assert client.post("/views/default/", {"list_name": LEADS, "view": ""})["Location"] == "/leads/?view=all"
    assert client.post("/views/default/", {"list_name": "nowhere", "view": ""})["Location"] == "/views/"
    assert client.post(f"/views/{view.pk}/remove/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_refused_view_is_told_on_the_list(signed_in, officer, save):
    save()
    client = signed_in(officer)
    said = {"list_name": LEADS, "title": "办理中", "query": "stage=open"}

    page = client.post("/views/new/", said, follow=True)

    assert page.redirect_chain[0][0] == "/leads/?stage=open"
    assert "a view of this name already" in page.content.decode()
    assert SavedView.objects.count() == 1


def test_the_api_keeps_lists_changes_and_removes(client, officer, outsider, park):
    api, other = APIClient(), APIClient()
    api.force_authenticate(officer)
    other.force_authenticate(outsider)
    said = {"list_name": LEADS, "title": "在办", "query": "stage=open", "audience": "park", "park": "QD-IC"}
    made = api.post("/api/v1/views/", said, format="json")
    assert made.status_code == 201, made.json()
    key = made.json()["id"]

    assert api.get("/api/v1/views/?list_name=crm:lead-list").json()["results"][0]["park"]["code"] == "QD-IC"
    assert api.get("/api/v1/views/?list_name=x").json()["count"] == 0
    assert other.get(f"/api/v1/views/{key}/").status_code == 404
    assert other.delete(f"/api/v1/views/{key}/").status_code == 404
    assert api.patch(f"/api/v1/views/{key}/", {"title": "办理"}, format="json").json()["version"] == 2
    assert api.post("/api/v1/views/default/", {"list_name": LEADS, "view": key}, format="json").status_code == 204
    assert api.post("/api/v1/views/", {**said, "audience": "everybody"}, format="json").status_code == 403
    assert api.post("/api/v1/views/", {**said, "list_name": "x"}, format="json").status_code == 409
    assert api.delete(f"/api/v1/views/{key}/").status_code == 204
    assert not SavedView.objects.exists()


def test_the_api_refuses_a_page_that_is_no_list_and_a_filter_the_list_does_not_know(api_of_officer, save):
    said = {"list_name": LEADS, "title": "在办", "query": "stage=open"}
    for wrong in ({"list_name": "home"}, {"query": "colour=red"}, {"query": "stage=nonsense"}):
        answer = api_of_officer.post("/api/v1/views/", said | wrong, format="json")
        assert (answer.status_code, [*answer.json()["fields"]]) == (409, [*wrong])
    assert not SavedView.objects.exists()

    view = save()
    address = f"/api/v1/views/{view.pk}/"
    answer = api_of_officer.patch(address, {"query": "colour=red", "version": view.version}, format="json")
    assert answer.status_code == 409
    assert SavedView.objects.get().query == "stage=open"


@pytest.fixture
def api_of_officer(officer):
    client = APIClient()
    client.force_authenticate(officer)
    return client
