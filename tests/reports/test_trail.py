"""The trail: the deeds of one's parks, filtered, turned page by page, each leading to its record."""

from datetime import timedelta

import pytest

from core.audit import record

TRAIL = "/trail/"


@pytest.fixture
def read(client):
    def read(by, **asked):
        client.force_login(by)
        return client.get(TRAIL, asked)

    return read


@pytest.mark.parametrize("role", ["manager", "auditor", "admin"])
def test_the_counting_side_reads_each_deed_with_the_way_to_its_record(read, request, make_lead, make_signed, role):
    lead, project = make_lead(company_name="甲公司"), make_signed()

    text = read(request.getfixturevalue(role)).content.decode()

    for address in (f"/leads/{lead.pk}/", f"/companies/{lead.company_id}/", f"/projects/{project.pk}/"):
        assert f'data-row href="{address}"' in text


@pytest.mark.parametrize("role", ["officer", "operator", "outsider"])
def test_others_do_not_read_the_trail(read, request, make_lead, role):
    make_lead(company_name="甲公司")

    page = read(request.getfixturevalue(role))

    assert page.status_code == 403
    assert "甲公司" not in page.content.decode()


def test_a_deed_of_another_park_is_not_in_the_trail(read, person, park, other_park, outsider, make_lead, at):
    make_lead(company_name="甲公司")
    record("parks.edit_park", other_park, park=other_park, at=at, by=outsider)
    reader = person("reader", ("auditor", park))

    text = read(reader).content.decode()

    assert "甲公司" in text
    assert other_park.name not in text.partition("<tbody>")[2]


def test_the_trail_is_filtered_by_deed_person_and_day(read, auditor, park, officer, colleague, at):
    record("parks.edit_park", park, park=park, at=at, by=officer)
    record("parks.add_park", park, park=park, at=at + timedelta(days=1), by=colleague)

    def deeds(**asked):
        table = read(auditor, **asked).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
        return [
            name
            for name in ("officer", "colleague")
            if str({"officer": officer, "colleague": colleague}[name]) in table
        ]

    assert deeds() == ["officer", "colleague"]
    assert deeds(verb="parks.edit_park") == ["officer"]
    assert deeds(person=colleague.pk) == ["colleague"]
    assert deeds(day="2024-04-18") == ["officer"]
    assert deeds(day="2024-04-19") == ["colleague"]


@pytest.mark.parametrize("asked", [{"verb": "parks.fly"}, {"day": "2024-02-30"}, {"person": "0"}, {"colour": "red"}])
def test_a_wrong_filter_is_told_and_shows_no_deed(read, auditor, park, officer, at, asked):
    record("parks.edit_park", park, park=park, at=at, by=officer)

    text = read(auditor, **asked).content.decode()

    assert 'role="alert"' in text
    assert "<tbody>" not in text


def test_the_trail_asks_the_same_few_queries_however_long(
    client, read, auditor, park, make_lead, make_signed, at, officer, django_assert_max_num_queries
):
    counts = []
    for number in (2, 20):
        for each in range(number):
            make_lead(company_name=f"公司{number}-{each}")
            record("parks.edit_park", park, park=park, at=at, by=officer)
        make_signed(name=f"项目{number}")
        read(auditor)
        with django_assert_max_num_queries(12) as asked:
            client.get(TRAIL, {"verb": ""})
        counts.append(len(asked))

    assert abs(counts[0] - counts[1]) <= 1, "the count is asked only where there is a second page"
