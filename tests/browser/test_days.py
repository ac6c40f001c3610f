"""A working day of each role, walked through in a real browser on rows of its own."""

import pytest
from playwright.sync_api import expect

from crm.lifecycle import LeadStage
from crm.models import Lead
from parks.access import Role
from parks.models import Membership, Park
from projects.lifecycle import Stage
from projects.models import Project, StageChange, Verdict
from tests.conftest import CODE, PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AGREEMENT = {"name": "执照.pdf", "mimeType": "application/pdf", "buffer": PDF}


def press(page, name):
    """Press a button of this name in the page's own content, and wait for the page that answers."""
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name).click()


def attributes(page, selector, name):
    return page.locator(selector).evaluate_all("(all, name) => all.map(each => each.getAttribute(name))", name)


def take_step(page, stage, note=""):
    step = page.locator("#next-step")
    if note:
        step.locator("textarea[name=note]").fill(note)
    press(page, f"记录：{stage}")
    expect(page.locator(".head .chip").first).to_have_text(stage)


def assess(page, summary):
    """The six opinions one by one; leaving one out is kept as a draft, not lost."""
    page.click("#next-step >> text=写研判")
    for aspect in ("direction", "market", "technology", "environment", "energy"):
        page.locator(f"label[for=id_{aspect}_rating_0]").click()
    page.fill("[name=summary]", summary)
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator("[data-toast]")).to_contain_text("草稿已保存")
    expect(page.locator("main")).to_contain_text("六项意见还缺 1 项：效益")
    page.locator("label[for=id_benefit_rating_1]").click()
    page.fill("[name=benefit_text]", "税收三年后才有。")
    page.locator("label[for=id_outcome_0]").click()
    press(page, "提交研判")
    expect(page.locator(".head .chip").first).to_have_text("已研判")


def test_an_officer_carries_a_lead_from_four_fields_to_a_project(visit, watch, officer, manager):
    page = visit("/", officer)

    page.fill("#quick-company_name", "澄明光学")
    page.fill("#quick-intended_investment_wan", "6亿")
    page.select_option("#quick-industry", "C39")
    page.fill("#quick-contact_phone", "13800000000")
    expect(page.locator("#quick-intended_investment_wan_helptext")).to_contain_text("= 60,000 万元，即 6 亿元")
    watch.expect("422")
    page.click("#desk-log button.main")
    # A number without a name is refused beside the field, and nothing typed is lost.
    expect(page.locator(".field.bad .why")).to_have_text("填写这个电话的联系人姓名。")
    assert page.input_value("[name=company_name]") == "澄明光学"
    assert Lead.objects.count() == 0
    page.fill("[name=contact_name]", "殷澄")
    page.click("#desk-log button.main")
    expect(page.locator("[data-toast]")).to_contain_text("线索已保存")
    lead = Lead.objects.get()
    assert (lead.owner, lead.intended_investment_wan, lead.industry) == (officer, 60000, "C39")

    page.click("main td a:text-is('澄明光学'), main th a:text-is('澄明光学')")
    page.fill("textarea[name=summary]", "要 50 亩净地，年内定址。")
    page.get_by_role("button", name="保存联系记录").click()
    expect(page.locator(".tl li").first).to_contain_text("要 50 亩净地")

    take_step(page, "已响应")
    # Assessing needs the content of the investment, and the page leads to where it is filled in.
    expect(page.locator("#next-step")).to_contain_text("尚未填写拟投资内容。")
    page.click("#next-step .btn.main")
    page.fill("textarea[name=content]", "车载光学模组")
    press(page, "保存线索")
    take_step(page, "研判中")
    assess(page, "产业方向相符，建议跟进。")
    take_step(page, "已反馈", "已电话告知投资方与引荐人。")
    take_step(page, "分派跟进")

    page.click("text=转为项目 >> visible=true")
    press(page, "建立项目")
    lead.refresh_from_db()
    project = Project.objects.get()
    assert (lead.stage, project.lead, project.owner) == (LeadStage.CONVERTED, lead, officer)
    assert page.url.endswith(f"/projects/{project.pk}/")


def test_a_lead_is_logged_in_english_with_the_keyboard_alone(visit, officer):
    page = visit("/account/", officer)
    page.click("button.lang")
    expect(page.locator("h1")).to_have_text("My profile")

    page.keyboard.press("n")
    expect(page.locator("#pane [name=company_name]")).to_be_focused()
    page.keyboard.type("澄明光学")
    page.keyboard.press("Tab")
    page.keyboard.type("6.5亿")
    page.keyboard.press("Tab")
    page.keyboard.type("C39")
    page.keyboard.press("Tab")
    page.keyboard.type("殷澄")
    page.keyboard.press("Tab")
    page.keyboard.type("13800000000")
    page.keyboard.press("Control+Enter")

    expect(page.locator("[data-toast]")).to_contain_text("Lead saved")
    expect(page.locator("#pane")).to_be_hidden()
    assert page.url.endswith("/account/")
    lead = Lead.objects.get()
    assert (lead.industry, lead.company.contacts.get().full_name) == ("C39", "殷澄")
    expect(visit(f"/leads/{lead.pk}/").locator("main")).to_contain_text("65,000 RMB 10k, that is RMB 0.65 bn")


def test_an_operator_supplies_what_a_step_lacks_and_sees_it_wait_for_verification(visit, operator, make_signed):
    project = make_signed(steward=operator)
    page = visit("/", operator)
    expect(page.locator("main")).to_contain_text("注册：缺 2 项")

    page.click(f"text={project.name}")
    expect(page.locator("#todo")).to_contain_text("营业执照")
    page.click("text=推进到注册")
    press(page, "推进到注册")
    # An empty form is refused with both things named, and nothing is recorded.
    expect(page.locator(".field.bad")).to_have_count(2)
    assert not StageChange.objects.filter(to_stage=Stage.REGISTERED).exists()
    page.fill("[name=legal_entity_code]", CODE.lower())
    page.set_input_files("[name=file_licence]", AGREEMENT)
    press(page, "推进到注册")

    expect(page.locator("main .path [aria-current=step]")).to_contain_text("注册")
    expect(page.locator(".path-sheet .note")).to_contain_text("1 条记录待认定")
    expect(page.locator(".files")).to_contain_text("执照.pdf")
    change = StageChange.objects.get(to_stage=Stage.REGISTERED)
    assert (change.recorded_by, change.is_pending, change.evidence.count()) == (operator, True, 1)


def test_a_manager_verifies_and_reads_the_board_as_it_stands_and_as_it_was_known(visit, manager, make_signed):
    project = make_signed(verified=False)
    page = visit("/", manager)
    page.click("text=认定队列 >> visible=true")
    expect(page.locator("main .claim")).to_have_count(1)

    press(page, "认定")
    expect(page.locator("main")).to_contain_text("没有待认定的记录")
    assert StageChange.objects.get(to_stage=Stage.SIGNED).verdict == Verdict.ACCEPTED

    page = visit("/board/?as_of=2024-03-31")
    expect(page.locator(".asof")).to_contain_text("2024年3月31日")
    awaiting = page.locator(".figs .fig.await .v a")
    expect(awaiting).to_have_text(["1", "50.0"])
    awaiting.first.click()
    expect(page.locator("#board-rows")).to_contain_text(project.name)
    expect(page.locator("#board-rows")).to_contain_text("1 个 · 50.0 亿元")

    # On 1 May nobody had verified it yet, though the park had reported it.
    page.fill("[name=known_at]", "2024-05-01")
    page.wait_for_url("**known_at=2024-05-01**")
    expect(awaiting).to_have_text(["0", "0.0"])
    with page.expect_navigation():
        page.click("text=上报")
    expect(awaiting).to_have_text(["1", "50.0"])


def test_an_auditor_reads_everything_and_is_offered_nothing_that_writes(visit, auditor, make_signed, make_lead):
    project, lead = make_signed(verified=False), make_lead()
    pages = ["/", "/leads/", f"/leads/{lead.pk}/", "/companies/", f"/companies/{lead.company_id}/", "/projects/"]
    pages += [f"/projects/{project.pk}/", "/projects/events/", "/board/?as_of=2024-03-31", "/parks/", "/parks/QD-IC/"]
    visit("/", auditor)

    offered = {}
    for path in pages:
        page = visit(path)
        page.wait_for_load_state("networkidle")
        expect(page.locator("h1")).to_have_count(1)
        forms = page.locator("main form[method=post]").evaluate_all(
            "all => all.map(form => form.getAttribute('action'))"
        )
        links = page.locator("main a[href]").evaluate_all("all => all.map(link => link.getAttribute('href'))")
        writes = [link for link in links if link.rstrip("/").endswith(("/new", "/edit", "/advance", "/correct"))]
        # Taking the ledger away as a file writes only a job, and keeping filters as a view only something of one's own.
        own = ("/projects/ledger/", "/views/new/")
        offered[path] = [form for form in forms if not form.startswith(own)] + writes

    assert offered == dict.fromkeys(pages, [])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_with_rows_fit_an_office_screen_and_a_phone(
    visit, fits, live_server, manager, make_signed, make_lead, settings, language
):
    project, lead = make_signed(verified=False), make_lead(intended_investment_wan=60000)
    page = visit("/", manager)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    pages = ["/", "/leads/", f"/leads/{lead.pk}/", f"/companies/{lead.company_id}/", "/projects/"]
    pages += [f"/projects/{project.pk}/", "/projects/verification/", "/board/?as_of=2024-03-31", "/parks/QD-IC/"]

    sticking_out = {}
    for path in pages:
        visit(path).wait_for_load_state("networkidle")
        sticking_out[path] = fits()

    assert sticking_out == dict.fromkeys(pages, [])


def test_an_administrator_adds_a_park_and_a_person_who_works_there(visit, admin, zone):
    page = visit("/parks/new/", admin)
    page.select_option("[name=parent]", label="青岛高新区")
    page.fill("[name=code]", "QD-H2")
    page.fill("[name=name]", "氢能与储能产业园")
    press(page, "保存园区")
    expect(page.locator("h1")).to_have_text("氢能与储能产业园")

    page = visit("/people/new/")
    page.fill("[name=username]", "gaoyuan")
    page.fill("[name=full_name]", "高远")
    page.select_option("[name=role]", "officer")
    page.select_option("[name=park]", label="氢能与储能产业园")
    page.fill("[name=password]", "12345")
    press(page, "保存人员")
    expect(page.locator(".field.bad")).to_have_count(1)
    page.fill("[name=password]", "Nest-for-2-phoenixes")
    press(page, "保存人员")

    expect(page.locator("h1")).to_have_text("高远")
    post = Membership.objects.get(user__username="gaoyuan")
    assert (post.role, post.park) == (Role.OFFICER, Park.objects.get(code="QD-H2"))
