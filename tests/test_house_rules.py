"""The house rules a tool cannot know: each is a pattern with a line it must catch and a line it must pass."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from crm.lifecycle import CODES as LEAD_CODES
from crm.lifecycle import LeadStage
from crm.merging import unknown_to
from crm.models import Company, Contact
from projects.lifecycle import CODES, Stage

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "accounts", "parks", "crm", "projects", "reports", "config")


@dataclass(frozen=True)
class Rule:
    name: str
    pattern: str
    files: tuple[str, ...]
    bad: str
    good: str
    except_in: tuple[str, ...] = ()

    def broken_by(self, line):
        return bool(re.search(self.pattern, line)) and not line.lstrip().startswith("#")


DOORS = ("views", "views_*", "views/*", "api/*", "tasks")
RULES = [
    Rule(
        name="a door loads its rows in the viewer's scope, or says on the line why it need not",
        pattern=r"\.objects\.(?!visible_to\()(?!.*# scoped: )",
        files=DOORS,
        bad="project = Project.objects.get(pk=pk)",
        good="project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)",
        except_in=("core/tasks.py", "reports/tasks.py"),
    ),
    Rule(
        name="only an action writes",
        pattern=r"\.(save|delete|bulk_create|bulk_update|update_or_create|get_or_create)\(|\.objects\.create\(",
        files=(
            *DOORS,
            "forms",
            "forms/*",
            "filters",
            "querysets",
            "models",
            "models/*",
            "lifecycle",
            "history",
        ),
        bad="project.save()",
        good="advance_project(project, to=to, at=now, by=user)",
        # Append-only rows and their store: they refuse the write before it happens.
        except_in=("core/models.py", "core/querysets.py"),
    ),
    Rule(
        name="only core/money.py converts 亿元 and 万元",
        pattern=r"\b10_?000\b",
        files=("*", "*/*", "*/*/*"),
        bad="yi = wan / 10000",
        good="yi = format_yi(wan)",
        except_in=("core/money.py",),
    ),
    Rule(
        name="a text is marked with a name the catalogue knows: gettext and its kin, or _",
        pattern=r"\bn?p?gettext\w* as (?!_\b)",
        files=("*", "*/*", "*/*/*"),
        bad="from django.utils.translation import gettext as now_",
        good="from django.utils.translation import gettext_lazy as _",
    ),
    Rule(
        name="no signal decides anything",
        pattern=r"@receiver|post_save|pre_save\.connect",
        files=("*", "*/*", "*/*/*"),
        bad="@receiver(post_save)",
        good="def record(verb, subject):",
    ),
]


def sources(rule):
    for app in APPS:
        for pattern in rule.files:
            for path in sorted((ROOT / app).glob(f"{pattern}.py")):
                name = path.relative_to(ROOT).as_posix()
                if "/migrations/" not in name and name not in rule.except_in:
                    yield name, path


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_code_keeps_the_rule(rule):
    broken = [
        f"{name}:{number}: {line.strip()}"
        for name, path in sources(rule)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if rule.broken_by(line)
    ]

    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_catches_its_bad_line_and_passes_its_good_one(rule):
    assert rule.broken_by(rule.bad)
    assert not rule.broken_by(rule.good)


def glossary():
    return (ROOT / "docs" / "glossary.md").read_text()


def test_the_glossary_names_every_model():
    technical = {"AuditEntry", "Job", "Submission"}
    ours = {model.__name__ for app in APPS[:-1] for model in apps.get_app_config(app).get_models()}
    report_tables = {model.__name__ for model in apps.get_app_config("reports").get_models()}

    missing = [name for name in sorted(ours - technical - report_tables) if f"`{name}`" not in glossary()]

    assert not missing


@pytest.mark.parametrize(("stages", "codes"), [(Stage, CODES), (LeadStage, LEAD_CODES)])
def test_the_glossary_names_every_stage_as_the_screen_does(stages, codes):
    rows = []
    for stage in stages:
        with translation.override("en"):
            english = str(stage.label)
        with translation.override("zh-hans"):
            chinese = str(stage.label)
        rows.append(f"| {codes[stage]} | {chinese} | {english} | `{stage.value}` |")

    assert [row for row in rows if row not in glossary()] == []


@pytest.mark.parametrize("merged", [Company, Contact])
def test_every_reference_to_what_can_be_merged_says_what_becomes_of_it(merged):
    """A new model with such a foreign key says `moves(Model, "field")` or `stays(…)` of crm.merging beside itself."""
    assert unknown_to(merged) == []


def test_no_page_names_another_host():
    outside = re.compile(r"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org)[\w.-]+")
    pages = [*ROOT.glob("templates/**/*"), *ROOT.glob("static/css/*"), *ROOT.glob("static/js/*")]

    found = [f"{page.name}: {match}" for page in pages if page.is_file() for match in outside.findall(page.read_text())]

    assert not found


def test_no_template_carries_a_style_or_a_script_of_its_own():
    """The content policy would block them; this says so before a browser does."""
    inline = re.compile(
        r"\sstyle=|<style|\son(click|change|load|submit|input)=|<script(?![^>]*\bsrc=)(?![^>]*application/json)"
    )

    found = [page.name for page in ROOT.glob("templates/**/*.html") if inline.search(page.read_text())]

    assert not found


@pytest.mark.parametrize("sheet", sorted((ROOT / "static" / "css").glob("*.css")), ids=lambda sheet: sheet.name)
def test_every_rule_of_a_style_sheet_is_closed(sheet):
    """A browser drops silently what stands behind an open brace."""
    text = re.sub(r"/\*.*?\*/", lambda note: "\n" * note[0].count("\n"), sheet.read_text(), flags=re.DOTALL)
    depth, wrong = 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        begins_at_the_margin = line[:1] not in ("", " ", "}")
        if begins_at_the_margin and "{" in line and depth:
            wrong.append(number)
        depth += line.count("{") - line.count("}")

    assert (depth, wrong) == (0, [])
