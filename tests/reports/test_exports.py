"""Exports hold the figures and rows of the pages, in the reader's scope, and nothing a spreadsheet would run."""

import csv
import io
from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import openpyxl
import pytest

from core.jobs import result_path
from core.models import AuditEntry, Job
from projects.lifecycle import Stage
from projects.models import Project
from reports import project_ledger


@pytest.fixture
def signed_in(client):
    def sign_in(by):
        client.force_login(by)
        return client

    return sign_in


@pytest.fixture
def two_projects(make_signed, walk, inner_park):
    make_signed(name="=1+1 公式项目")
    inner = make_signed(total_wan=Decimal(123456), park=inner_park, name="芯谷一期")
    return walk(inner, (Stage.STARTED, date(2024, 3, 7)))


def csv_of(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def table_of(answer):
    """Header and lines of the board's CSV, without what stands above them."""
    rows = csv_of(answer)
    return rows[rows.index([]) + 1 :]


def xlsx_of(content):
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


def test_the_board_s_csv_holds_the_lines_and_totals_of_the_page(signed_in, two_projects, manager):
    rows = table_of(signed_in(manager).get("/board/csv/", {"as_of": "2024-03-31"}))

    assert rows[0][:3] == ["代码", "园区", "层级"]
    assert [row[1] for row in rows[1:]] == ["集成电路产业园", "芯谷", "合计"]
    assert [Decimal(value) for value in rows[-1][3:]] == [1, 50, 1, Decimal("12.3456"), 0, 0]
    assert [Decimal(value) for value in rows[1][3:]] == [1, 50, 1, Decimal("12.3456"), 0, 0]


def test_the_board_s_xlsx_has_title_day_unit_and_numbers_as_numbers(signed_in, two_projects, manager):
    answer = signed_in(manager).get("/board/xlsx/", {"as_of": "2024-03-31"})

    rows = xlsx_of(answer.content)
    assert rows[0][0] == "园区项目分阶段一览"
    assert rows[1][0].startswith("截至 2024年3月31日 24:00，认定口径")
    assert rows[2][0] == "单位：个、亿元"
    assert rows[3][4].endswith("亿元")
    assert rows[3][1] == "园区"
    total = next(row for row in rows if row[1] == "合计")
    assert total[3:] == [1, 50, 1, 12.3456, 0, 0]
    assert any("框架协议不计" in str(row[0]) for row in rows)
    assert unquote(answer["Content-Disposition"]).endswith("2024-03-31 认定口径.xlsx")


def test_the_board_s_csv_says_above_its_table_what_the_figures_are(signed_in, two_projects, manager):
    asked = {"as_of": "2024-03-31", "basis": "reported", "known_at": "2024-04-20"}

    answer = signed_in(manager).get("/board/csv/", asked)

    rows = csv_of(answer)
    assert rows[0] == ["园区项目分阶段一览"]
    assert rows[1] == ["截至 2024年3月31日 24:00，上报口径，按 2024年4月20日 24:00 所知"]
    assert rows[2] == ["单位：个、亿元"]
    assert any("框架协议不计" in row[0] for row in rows[3 : rows.index([])])
    assert "上报口径" in unquote(answer["Content-Disposition"])
    assert "2024-04-20" in unquote(answer["Content-Disposition"])


def test_files_of_an_english_reader_are_in_the_unit_of_the_english_page(signed_in, two_projects, manager, settings):
    client = signed_in(manager)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    csv_rows = table_of(client.get("/board/csv/", {"as_of": "2024-03-31"}))
    sheet = xlsx_of(client.get("/board/xlsx/", {"as_of": "2024-03-31"}).content)

    assert csv_rows[0][4] == "Signed, not started · RMB bn"
    assert [Decimal(value) for value in csv_rows[-1][3:7]] == [1, 5, 1, Decimal("1.23456")]
    assert sheet[2][0] == "Unit: projects, RMB bn"
    assert next(row for row in sheet if row[1] == "Total")[3:7] == [1, 5, 1, 1.23456]


def test_exports_of_the_board_respect_every_filter(signed_in, two_projects, manager, park):
    asked = {"as_of": "2024-03-31", "park": park.code, "min_total_wan": "500000", "basis": "reported"}

    rows = table_of(signed_in(manager).get("/board/csv/", asked))

    assert [Decimal(value) for value in rows[-1][3:]] == [1, 50, 0, 0, 0, 0]


def test_a_wrong_question_gives_no_file(signed_in, manager):
    for address in ("/board/csv/", "/board/xlsx/"):
        answer = signed_in(manager).get(address, {"as_of": "2024-02-30"})
        assert answer.status_code == 400
        assert "Content-Disposition" not in answer


def test_the_ledger_s_csv_holds_the_projects_one_sees_and_runs_no_text(signed_in, two_projects, officer, outsider):
    rows = csv_of(signed_in(officer).get("/projects/ledger/csv/"))
    name = rows[0].index("项目名称")

    assert [row[name] for row in rows[1:]] == ["'=1+1 公式项目", "芯谷一期"]
    assert len(rows[0]) == len(project_ledger.columns())
    assert csv_of(signed_in(outsider).get("/projects/ledger/csv/")) == rows[:1]


def test_the_ledger_follows_the_filters_of_the_list(signed_in, two_projects, officer):
    rows = csv_of(signed_in(officer).get("/projects/ledger/csv/", {"bucket": "under_construction"}))

    assert len(rows) == 2
    refused = signed_in(officer).get("/projects/ledger/csv/", {"colour": "red"})
    assert refused.status_code == 302
    assert refused["Location"].startswith("/projects/?")


def test_the_ledger_as_xlsx_is_a_job_that_tells_how_far_it_is(
    signed_in, two_projects, officer, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(officer).post("/projects/ledger/")

    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert (job.kind, job.state, job.progress_done, job.progress_total) == ("reports.ledger", "done", 2, 2)
    rows = xlsx_of(result_path(job).read_bytes())
    name = rows[0].index("项目名称")
    assert [row[name] for row in rows[1:3]] == ["=1+1 公式项目", "芯谷一期"]
    amount = next(place for place, title in enumerate(rows[0]) if title.startswith("总投资"))
    assert rows[2][amount] == 123456
    book = openpyxl.load_workbook(result_path(job))
    assert book.active.cell(2, name + 1).data_type == "s"


def test_an_export_is_written_into_the_trail_and_sent_twice_made_once(signed_in, officer, park):
    key = {"submission_key": "the-same-key"}

    signed_in(officer).post("/projects/ledger/", key)
    signed_in(officer).post("/projects/ledger/", key)

    assert Job.objects.count() == 1
    assert AuditEntry.objects.get(verb="reports.export").by == officer


def test_a_ledger_asked_for_by_get_or_by_a_stranger_makes_no_job(signed_in, officer, person):
    assert signed_in(officer).get("/projects/ledger/").status_code == 405
    assert signed_in(person("nobody")).post("/projects/ledger/").status_code == 403
    assert not Job.objects.exists()


def test_the_ledger_is_read_in_chunks_with_the_same_number_of_queries_each(
    make_signed, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(project_ledger, "CHUNK", 3)
    for number in range(7):
        make_signed(name=f"项目{number}")

    with django_assert_num_queries(5 + 3):
        names = [row[1] for row in project_ledger.rows(Project.objects.all())]

    assert names == [f"项目{number}" for number in range(7)]
