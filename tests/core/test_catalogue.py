"""The one Chinese catalogue: where its texts come from, what is kept, and what counts as incomplete."""

import pytest
from babel.messages.catalog import Catalog
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext, pgettext

from core import catalogue


@pytest.fixture
def site(tmp_path):
    """A site of one module and one template, gathered afresh by `site()`."""
    code, templates = tmp_path / "crm", tmp_path / "templates"
    (code / "migrations").mkdir(parents=True)
    templates.mkdir()
    (code / "actions.py").write_text('said = gettext("The lead is closed.")\nlabel = gettext_lazy("Lead")\n')
    (code / "migrations" / "0001.py").write_text('gettext("Frozen")\n')
    (templates / "list.html").write_text(
        """{% load i18n %}
          {% trans "Leads" %}
        <p title="{{ _('Own') }}">{% blocktrans trimmed count counter=n %}
            {{ counter }} lead of {{ park }}
          {% plural %}
            {{ counter }} leads of {{ park }}
        {% endblocktrans %}</p>"""
    )

    def gather() -> Catalog:
        return catalogue.extracted(tmp_path, code=[code], templates=[templates], locale="zh_Hans")

    gather.template = templates / "list.html"
    gather.po = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    return gather


def translations(texts: Catalog) -> dict[str, str]:
    return {catalogue.key_of(message)[0]: catalogue.translation_of(message) for message in texts if message.id}


LEADS = "%(counter)s lead of %(park)s"
COMPLETE = {
    "The lead is closed.": "线索已关闭。",
    "Lead": "线索",
    "Leads": "线索",
    "Own": "自有",
    LEADS: "%(park)s有 %(counter)s 条线索",
}


def test_texts_come_from_code_and_templates_but_not_from_migrations(site):
    assert set(translations(site())) == set(COMPLETE)


def test_a_catalogue_is_complete_when_every_text_has_its_chinese(site):
    texts, unasked = catalogue.merged(site(), catalogue.empty("zh_Hans"), COMPLETE)

    assert catalogue.faults(texts) == []
    assert unasked == []
    assert translations(texts) == COMPLETE


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"Lead": ""}, "missing: 'Lead' (crm/actions.py)"),
        ({LEADS: "%(counter)s 条线索"}, f"other placeholders: '{LEADS}' (templates/list.html)"),
        ({LEADS: "%(park)s有 %(count)s 条线索"}, f"other placeholders: '{LEADS}' (templates/list.html)"),
    ],
)
def test_a_missing_or_mistaken_translation_is_named_with_its_place(site, given, fault):
    texts, _ = catalogue.merged(site(), catalogue.empty("zh_Hans"), COMPLETE | given)

    assert catalogue.faults(texts) == [fault]


def test_an_uncertain_translation_counts_as_missing(site):
    texts, _ = catalogue.merged(site(), catalogue.empty("zh_Hans"), COMPLETE)
    texts["Lead"].flags.add("fuzzy")
    catalogue.write(texts, site.po, keep_obsolete=True)

    again, _ = catalogue.merged(site(), catalogue.read(site.po, "zh_Hans"), {})

    assert catalogue.faults(again) == ["missing: 'Lead' (crm/actions.py)"]


def test_a_text_copied_from_a_template_finds_its_entry_and_an_unknown_one_is_told(site):
    given = {"{{ counter }} lead of {{ park }}": "{{ park }}有 {{ counter }} 条线索", "Nowhere": "无处"}

    texts, unasked = catalogue.merged(site(), catalogue.empty("zh_Hans"), given)

    assert translations(texts)[LEADS] == COMPLETE[LEADS]
    assert unasked == ["Nowhere"]


def test_writing_again_changes_nothing_and_a_text_that_comes_back_finds_its_chinese(site):
    catalogue.write(catalogue.merged(site(), catalogue.empty("zh_Hans"), COMPLETE)[0], site.po, keep_obsolete=True)
    whole = site.template.read_text()

    again, _ = catalogue.merged(site(), catalogue.read(site.po, "zh_Hans"), {})
    assert not catalogue.write(again, site.po, keep_obsolete=True)
    site.template.write_text("")
    without, _ = catalogue.merged(site(), catalogue.read(site.po, "zh_Hans"), {})
    assert catalogue.write(without, site.po, keep_obsolete=True)
    assert set(translations(without)) == {"The lead is closed.", "Lead"}
    site.template.write_text(whole)
    back, _ = catalogue.merged(site(), catalogue.read(site.po, "zh_Hans"), {})

    assert translations(back) == COMPLETE


def test_pruning_forgets_a_text_that_is_gone(site):
    texts, _ = catalogue.merged(site(), catalogue.empty("zh_Hans"), COMPLETE)
    catalogue.write(texts, site.po, keep_obsolete=True)
    site.template.write_text("")
    without, _ = catalogue.merged(site(), catalogue.read(site.po, "zh_Hans"), {})

    catalogue.write(without, site.po, keep_obsolete=False)

    assert "自有" not in site.po.read_text()


def test_the_command_refuses_a_file_that_is_no_json(tmp_path):
    file = tmp_path / "zh.json"
    file.write_text("{")

    with pytest.raises(CommandError, match=r"zh\.json"):
        call_command("messages", fill=str(file))


def test_every_text_of_the_site_has_its_chinese(capsys):
    call_command("messages", check=True)

    assert "complete" in capsys.readouterr().out


def test_a_text_with_two_meanings_has_the_chinese_of_each():
    with translation.override("zh-hans"):
        assert (gettext("Move"), pgettext("to another day", "Move")) == ("移动", "改期")
        assert (gettext("verified"), pgettext("a first contact", "verified")) == ("认定口径", "已核验")
        assert (gettext("Taken back"), pgettext("a state", "Taken back")) == ("撤销时间", "已撤销")
        assert (gettext("Done"), pgettext("finish a task", "Done")) == ("已完成", "完成")
        assert (gettext("Handed over"), pgettext("it is done", "Handed over")) == ("交接", "已交接")
