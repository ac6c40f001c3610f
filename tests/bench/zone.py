"""A large zone as rows, ready to be copied into any database: 200 parks, their people, companies, leads and projects.

Made once and kept in a plain SQLite file, because both databases are filled from it and a second run needs no making.
"""

import hashlib
import inspect
import os
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from crm.lifecycle import ShelvingReason
from crm.models import Company, CompanyAlias, CompanyPark, Contact, Interaction, Lead, LeadSource, LeadStageChange
from crm.names import core_name, normal_name
from parks.industries import INDUSTRIES
from parks.models import Membership, Park
from projects.models import Document, InvestmentChange, ParkChange, Project, ProjectState, StageChange
from tests.bench import lives
from tests.bench.lives import DAY, Life
from tests.bench.lives import lives as make_lives

SCALE = float(os.environ.get("YINFENG_BENCH_SCALE", "1"))
GROUPS, INNER = 18, 10
PARKS = 1 + GROUPS + GROUPS * INNER + 1
PROJECTS = max(200, int(100_000 * SCALE))
LEADS = max(1000, int(1_000_000 * SCALE))
COMPANIES = max(200, int(300_000 * SCALE))
LIVES = 500
YEARS = 9
LIMITED, MANAGER = 1, 2
"""Keys of the two people who look: an officer of two groups of parks (22 of 200), and a manager of the zone."""

_CITIES = [
    "青岛", "济南", "烟台", "潍坊", "深圳", "苏州", "杭州", "合肥", "西安", "成都", "武汉", "上海", "北京", "宁波",
]  # fmt: skip
_FIRST = "恒瑞华中天海鼎盛科智博远宏泰嘉润星辰凯立德信创新光明正大金龙鑫源永兴"
_SECOND = "驰达通瑞芯微创联合汇丰益康泰宁安迅捷睿诚远航拓普维思特利源昌隆"
_TRADES = [
    "新材料", "集成电路", "生物医药", "装备制造", "新能源", "轨道交通", "海洋科技", "精密仪器",
    "食品", "纺织", "软件", "半导体", "光电", "汽车部件",
]  # fmt: skip
_WORKS = ["生产基地", "研发中心", "总部", "产业园", "二期", "扩建", "智能工厂", "中试平台"]
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗"
_GIVEN = "明华知遥敏之佳禾衡川远其原志强建国雅婷思琪浩然子轩一诺"
_LEAD_STAGES = [
    "registered", "registered", "registered", "responded", "responded", "responded",
    "assessing", "assessed", "fed_back", "assigned", "converted", "shelved",
]  # fmt: skip
_DIVISIONS = [each.code for each in INDUSTRIES.values() if not each.is_section]


def rows_file(home: Path) -> Path:
    """The file of rows for this scale, these columns and this way of making them; made if it is not there."""
    source = "".join(inspect.getsource(module) for module in (lives, inspect.getmodule(rows_file)))
    shape = repr([(model._meta.db_table, _columns(model)) for model in TABLES])
    file = home / f"rows-{hashlib.sha256(f'{SCALE}{source}{shape}'.encode()).hexdigest()[:12]}.sqlite3"
    if not file.exists():
        for stale in home.glob("rows-*.sqlite3*"):
            stale.unlink()
        unfinished = file.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        _write(unfinished)
        unfinished.rename(file)
    return file


TABLES: list[type[models.Model]] = [
    get_user_model(), Park, Membership, Company, CompanyAlias, CompanyPark, Contact, Lead, LeadStageChange,
    Interaction, Project, ParkChange, StageChange, InvestmentChange, Document, ProjectState,
]  # fmt: skip


def _columns(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.local_concrete_fields]


def _write(file: Path) -> None:
    kept = sqlite3.connect(file)
    kept.execute("PRAGMA journal_mode=OFF")
    kept.execute("PRAGMA synchronous=OFF")
    zone = _Zone(Random(7), timezone.localdate())
    for models_, rows in zone.tables():
        _store(kept, models_, rows)
    kept.commit()
    kept.close()


def _store(kept: sqlite3.Connection, of: Iterable[type[models.Model]], rows: Iterable[tuple[str, tuple]]) -> None:
    """Rows of several tables that are made together, in batches."""
    inserts, held = {}, {}
    for model in of:
        table, columns = model._meta.db_table, _columns(model)
        kept.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        inserts[table] = f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"
        held[table] = []
    for table, row in rows:
        held[table].append(row)
        if len(held[table]) >= 5000:
            kept.executemany(inserts[table], held[table])
            held[table].clear()
    for table, rest in held.items():
        kept.executemany(inserts[table], rest)


class _Table:
    """Makes rows of a model: what is not given is the column's default."""

    def __init__(self, model: type[models.Model], **fixed: Any) -> None:
        self.name = model._meta.db_table
        self.keys = count(1)
        self.defaults = {field.column: _plain(field) for field in model._meta.local_concrete_fields} | fixed
        self.columns = list(self.defaults)
        self.pk = model._meta.pk.column

    def row(self, **given: Any) -> tuple[str, tuple]:
        values = self.defaults | given
        if values[self.pk] is None:
            values[self.pk] = next(self.keys)
        if len(values) > len(self.columns):
            raise TypeError(f"{self.name} has no column {set(values) - set(self.columns)}")
        return self.name, tuple(values.values())


def _plain(field: models.Field) -> Any:
    value = field.get_default()
    return int(value) if isinstance(value, bool) else getattr(value, "value", value)


class _Zone:
    def __init__(self, random: Random, today: date) -> None:
        self.random = random
        self.first = today - timedelta(days=365 * YEARS)
        self.today = 365 * YEARS
        self.days = [(self.first + timedelta(days=n)).isoformat() for n in range(self.today + 120)]
        self.inner = range(3 + GROUPS, PARKS + 1)
        # The zone and the groups hold few projects of their own.
        self.homes = [*self.inner] * 4 + [*range(1, PARKS + 1)]
        self.company_parks: list[tuple[int, ...]] = [(1,)]
        self.names = [""]

    def tables(self) -> Iterator[tuple[list[type[models.Model]], Iterator]]:
        yield [get_user_model()], self.people()
        yield [Park], self.parks()
        yield [Membership], self.memberships()
        yield [Company, CompanyAlias, CompanyPark, Contact], self.companies()
        yield [Lead, LeadStageChange, Interaction], self.leads()
        yield [Project, ParkChange, StageChange, InvestmentChange, Document, ProjectState], self.projects()

    def moment(self, minute: int) -> str:
        day, left = divmod(minute, DAY)
        return f"{self.days[day]} {left // 60:02d}:{left % 60:02d}:00"

    def people(self) -> Iterator:
        table = _Table(get_user_model(), password="!", is_active=1, date_joined=self.moment(0), theme="auto")
        yield table.row(username="limited", full_name="林知遥")
        yield table.row(username="manager", full_name="陆衡")
        for park in range(1, PARKS + 1):
            name = self.random.choice(_SURNAMES) + "".join(self.random.choices(_GIVEN, k=2))
            yield table.row(username=f"officer-{park}", full_name=name)

    def officer(self, park: int) -> int:
        return LIMITED if park in (2, 3) else park + 2

    def parks(self) -> Iterator:
        table = _Table(Park)
        yield table.row(code="Z", name="青岛高新区", kind="zone", path="/1/", sort_path="/Z/")
        for group in range(GROUPS + 1):
            pk, code = 2 + group, f"Z-{group + 1:02d}"
            yield table.row(
                id=pk, parent_id=1, code=code, name=f"{_TRADES[group % 14]}园区{group + 1}", kind="main",
                path=f"/1/{pk}/", sort_path=f"/Z/{code}/",
            )  # fmt: skip
        for place in range(GROUPS * INNER):
            pk, group = 3 + GROUPS + place, 2 + place // INNER
            code = f"Z-{group - 1:02d}-{place % INNER + 1:02d}"
            yield table.row(
                id=pk, parent_id=group, code=code, name=f"{_TRADES[place % 14]}产业园{place + 1}", kind="inner",
                path=f"/1/{group}/{pk}/", sort_path=f"/Z/Z-{group - 1:02d}/{code}/",
            )  # fmt: skip

    def memberships(self) -> Iterator:
        table = _Table(Membership)
        yield table.row(user_id=LIMITED, park_id=2, role="officer")
        yield table.row(user_id=LIMITED, park_id=3, role="officer")
        yield table.row(user_id=MANAGER, park_id=1, role="manager")
        for park in range(1, PARKS + 1):
            yield table.row(user_id=park + 2, park_id=park, role="officer")

    def companies(self) -> Iterator:
        random, at = self.random, self.moment(0)
        recorded = {"recorded_at": at, "recorded_by_id": MANAGER, "is_synthetic": 1}
        company, alias = _Table(Company, **recorded), _Table(CompanyAlias)
        known = _Table(CompanyPark, introduced_at=at, introduced_by_id=MANAGER)
        contact = _Table(Contact, **recorded)
        ownerships = ["private", "private", "private", "foreign", "soe", "central_soe", "joint"]
        for pk in range(1, COMPANIES + 1):
            brand = random.choice(_FIRST) + random.choice(_SECOND)
            name = f"{random.choice(_CITIES)}{brand}{random.choice(_TRADES)}有限公司"
            parks = (random.choice(self.homes),) if random.random() < 0.8 else tuple(random.sample(self.inner, 2))
            self.names.append(name)
            self.company_parks.append(parks)
            yield company.row(
                id=pk, name=name, normal_name=normal_name(name), core_name=core_name(name),
                ownership=random.choice(ownerships), industry=random.choice(_DIVISIONS),
            )  # fmt: skip
            for park in parks:
                yield known.row(company_id=pk, park_id=park)
            if pk % 5 == 0:
                yield alias.row(company_id=pk, name=brand, normal_name=normal_name(brand))
            person = random.choice(_SURNAMES) + random.choice(_GIVEN)
            yield contact.row(company_id=pk, full_name=person, phone=f"138{random.randrange(10**8):08d}")

    def leads(self) -> Iterator:
        random = self.random
        lead = _Table(Lead, recorded_by_id=MANAGER, is_synthetic=1)
        change = _Table(LeadStageChange, recorded_by_id=MANAGER)
        talk = _Table(Interaction, recorded_by_id=MANAGER, is_synthetic=1, people="王总")
        sources, reasons = LeadSource.values, ShelvingReason.values
        for pk in range(1, LEADS + 1):
            company = (pk - 1) % COMPANIES + 1
            park = random.choice(self.company_parks[company])
            # Mostly in the order of their keys, as they would be logged.
            received = min(self.today, max(0, pk * self.today // LEADS - random.randrange(30)))
            stage = random.choice(_LEAD_STAGES) if random.random() < 0.3 else random.choice(("converted", "shelved"))
            is_open = stage not in ("converted", "shelved")
            day, at = self.days[received], self.moment(received * DAY + random.randrange(120, 540))
            yield lead.row(
                id=pk, code=f"L-{day[:4]}-{pk:05d}", park_id=park, company_id=company,
                title=f"{random.choice(_TRADES)}{random.choice(_WORKS)}", received_on=day,
                source=random.choice(sources), industry=random.choice(_DIVISIONS),
                content=f"拟投资建设{random.choice(_WORKS)}，租赁厂房约{random.randrange(1, 90)}千平方米",
                intended_investment_wan=random.randrange(1, 5000) * 100 if random.random() < 0.9 else None,
                owner_id=self.officer(park), stage=stage, stage_since=day,
                shelving_reason=random.choice(reasons) if stage == "shelved" else "",
                next_step="回访" if is_open else "",
                next_step_due_on=self.days[self.today + random.randrange(-30, 60)] if is_open else None,
                last_contact_on=day if pk % 3 else None, recorded_at=at,
            )  # fmt: skip
            yield change.row(lead_id=pk, to_stage="registered", effective_on=day, recorded_at=at)
            if pk % 10 == 0:
                yield talk.row(
                    park_id=park,
                    company_id=company,
                    lead_id=pk,
                    happened_on=day,
                    recorded_at=at,
                    summary="介绍园区政策",
                )

    def projects(self) -> Iterator:
        tables = _ProjectTables()
        possible = make_lives(LIVES, self.random)
        for pk in range(1, PROJECTS + 1):
            company = (pk - 1) % COMPANIES + 1
            yield from tables.rows(self, pk, company, self.random.choice(possible))


class _ProjectTables:
    def __init__(self) -> None:
        self.project = _Table(Project, recorded_by_id=MANAGER, is_synthetic=1, version=3)
        self.park = _Table(ParkChange, recorded_by_id=MANAGER, is_void=0)
        self.stage = _Table(StageChange, recorded_by_id=MANAGER, is_void=0)
        self.money = _Table(InvestmentChange, recorded_by_id=MANAGER, is_void=0)
        self.state = _Table(ProjectState)
        self.paper = _Table(Document, uploaded_by_id=MANAGER, content_type="application/pdf", size_bytes=1000)

    def rows(self, zone: _Zone, pk: int, company: int, life: Life) -> Iterator:
        random, days = zone.random, zone.days
        park = random.choice(zone.company_parks[company])
        start = random.randrange(zone.today - life.days)
        wan = int(100 * min(10_000, max(5, random.lognormvariate(6, 1.3))))
        opened, clock = days[start], start * DAY
        latest = zone.moment(clock + life.last_minute)
        yield self.project.row(
            id=pk, code=f"Z-{opened[:4]}-{pk:04d}", name=f"{zone.names[company][2:8]}{random.choice(_WORKS)}",
            park_id=park, company_id=company, opened_on=opened, industry=random.choice(_DIVISIONS),
            content="年产新型部件项目，建设厂房及配套设施",
            stage=life.stage, stage_since=days[start + life.stage_since],
            verified_stage=life.verified_stage,
            signed_on=None if life.signed_on is None else days[start + life.signed_on],
            total_investment_wan=wan * life.percent // 100, verified_total_wan=wan * life.verified_percent // 100,
            contracted_investment_wan=wan * 4 // 5, site_mode="grant", land_area_mu=random.randrange(10, 300),
            owner_id=zone.officer(park), steward_id=park + 2, source_note="压力数据",
            recorded_at=zone.moment(clock + 120),
            updated_at=latest,
        )  # fmt: skip
        yield self.paper.row(
            project_id=pk,
            kind="agreement",
            title="投资协议.pdf",
            uploaded_at=latest,
            sha256="0" * 64,
            stored_name="none",
        )
        yield from self._facts(zone, pk, park, wan, start, life)
        for each in life.states:
            yield self.state.row(
                project_id=pk, basis=each.basis, stage=each.stage, park_id=park, total_wan=wan * each.percent // 100,
                valid_from=days[start + each.valid_from],
                valid_to=None if each.valid_to is None else days[start + each.valid_to],
                known_from=zone.moment(clock + each.known_from),
                known_to=None if each.known_to is None else zone.moment(clock + each.known_to),
            )  # fmt: skip

    def _facts(self, zone: _Zone, pk: int, park: int, wan: int, start: int, life: Life) -> Iterator:
        keys: dict[int, int] = {}
        for place, told in enumerate(life.told):
            judged = {"verdict": told.verdict, "verdict_by_id": MANAGER} if told.verdict else {}
            if told.verdict:
                judged["verdict_at"] = zone.moment(start * DAY + told.verdict_minute)
            dated = judged | {
                "project_id": pk,
                "effective_on": zone.days[start + told.day],
                "recorded_at": zone.moment(start * DAY + told.minute),
                "needs_verification": int(told.needs),
            }
            if told.table == "park":
                yield self.park.row(park_id=park, **dated)
            elif told.table == "money":
                of_stage = None if told.of_stage is None else keys[told.of_stage]
                amount = wan * told.percent // 100
                yield self.money.row(kind=told.kind, amount_wan=amount, stage_change_id=of_stage, **dated)
            else:
                keys[place] = next(self.stage.keys)
                corrects = None if told.corrects is None else keys[told.corrects]
                yield self.stage.row(
                    id=keys[place], from_stage=told.from_stage, to_stage=told.stage, corrects_id=corrects, **dated
                )
