"""The shared partials: what they show, what they tie together for screen readers, and that they escape typed text."""

import re
from datetime import date

import django_filters
import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from accounts.models import User
from core.paging import Page

EVIL = "<script>alert(1)</script>"


class Enquiry(forms.Form):
    company = forms.CharField(label="企业", help_text="全称", max_length=10)
    amount = forms.DecimalField(label="拟投资")
    source = forms.ChoiceField(label="来源", choices=[("visit", "外出"), ("call", "来电")], widget=forms.RadioSelect)
    next_on = forms.DateField(label="下一步", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    secret = forms.IntegerField(widget=forms.HiddenInput, required=False)
    amount.unit = "万元"
    next_on.quick_dates = [("明天", date(2024, 4, 19))]


class People(django_filters.FilterSet):
    username = django_filters.CharFilter(label="用户名")
    theme = django_filters.ChoiceFilter(label="外观", choices=[("dark", "深色")])
    is_active = django_filters.ChoiceFilter(
        label="状态", choices=[("1", "启用")], widget=forms.RadioSelect, empty_label=None
    )

    class Meta:
        model = User
        fields = ["username", "theme", "is_active"]


@pytest.fixture(autouse=True)
def _chinese():
    """Whatever language the test before left."""
    with override("zh-hans"):
        yield


def show(template, path="/list/?theme=dark&cursor=old", **context):
    return render_to_string(template, context, request=RequestFactory().get(path))


def test_a_refused_field_names_its_help_and_its_refusal_to_a_screen_reader():
    page = show("_form.html", form=Enquiry({"company": "x" * 11, "amount": "1", "source": "visit"}))

    control = re.search(r'<input[^>]*name="company"[^>]*>', page).group()
    described_by = re.search(r'aria-describedby="([^"]+)"', control).group(1).split()
    assert 'aria-invalid="true"' in control
    assert len(described_by) == 2
    for part in described_by:
        assert f'id="{part}"' in page


def test_every_control_has_its_label_and_a_group_of_choices_its_legend():
    page = show("_form.html", form=Enquiry())

    for control in re.findall(r'<(?:input|select|textarea)[^>]*id="(id_[^"]+)"[^>]*>', page):
        hidden = re.search(rf'type="hidden"[^>]*id="{control}"', page)
        assert hidden or f'for="{control}"' in page
    assert re.search(r"<fieldset[^>]*>\s*<legend[^>]*>来源", page)


def test_a_refused_form_counts_its_fields_and_shows_what_a_hidden_field_objects_to():
    page = show("_form.html", form=Enquiry({"secret": "no number"}))

    assert "4 处需要改正" in page
    assert re.search(r'role="alert"[^>]*>.*?<p>[^<]+</p>', page, re.DOTALL)


def test_a_form_carries_its_submission_key_and_version_and_shows_unit_and_dates():
    page = show("_form.html", form=Enquiry(), submission_key="k-1", version=3, save="保存线索", cancel="/back/")

    assert '<input type="hidden" name="submission_key" value="k-1">' in page
    assert '<input type="hidden" name="version" value="3">' in page
    assert "<span>万元</span>" in page
    assert 'data-sets="id_next_on" data-value="2024-04-19"' in page
    assert 'href="/back/"' in page
    assert page.count("btn main") == 1


def test_what_was_typed_comes_back_escaped():
    page = show("_form.html", form=Enquiry({"company": EVIL}))

    assert EVIL not in page
    assert "&lt;script&gt;" in page


def test_filters_stand_in_one_form_show_what_is_set_and_carry_the_rest_along():
    chosen = People({"theme": "dark"}, queryset=User.objects.none())

    page = show("_filters.html", filter=chosen, keeps=[("as_of", "2024-03-31")])

    assert '<input type="hidden" name="as_of" value="2024-03-31">' in page
    assert re.search(r'class="pick set"[^>]*>\s*<span class="k">外观', page)
    assert re.search(r'class="pick"[^>]*>\s*<span class="k">用户名', page)
    assert 'role="radiogroup"' in page
    assert ">清除筛选</a>" in page


def test_a_filter_value_nobody_offers_is_refused_in_words():
    chosen = People({"theme": "pink"}, queryset=User.objects.none())

    page = show("_filters.html", filter=chosen)

    assert 'class="pick bad"' in page
    assert re.search(r'role="alert".*外观', page, re.DOTALL)


def test_rare_filters_wait_in_a_panel_that_counts_those_in_use_and_clearing_keeps_the_day_asked_for():
    class Folding(People):
        rare = ("theme",)

    chosen = Folding({"theme": "dark"}, queryset=User.objects.none())
    plain = Folding({"username": "", "is_active": "1"}, queryset=User.objects.none())

    page = show("_filters.html", filter=chosen, keeps=[("as_of", "2024-03-31")])
    panel = re.search(r"<details.*?</details>", page, re.DOTALL).group()
    assert 'name="theme"' in panel
    assert 'name="username"' not in panel
    assert '<span class="num">1</span>' in panel
    assert 'href="/list/?as_of=2024-03-31"' in page
    # A switch between readings is no filter: there is nothing to clear, and nothing in use in the panel.
    page = show("_filters.html", filter=plain)
    assert 'class="num"' not in page
    assert "清除筛选" not in page


@pytest.mark.parametrize(
    ("count", "more", "said"), [(1, False, "1 条"), (9999, False, "9,999 条"), (10000, True, "超过 10,000 条")]
)
def test_the_pager_says_how_many_and_keeps_the_filters_in_its_links(count, more, said):
    page = show("_pager.html", page=Page(items=[], next="abc", previous=None), count=count, more=more)

    assert said in page
    assert 'href="?theme=dark&amp;cursor=abc"' in page
    assert 'rel="prev"' not in page


def test_the_pager_speaks_english_with_the_right_number():
    with override("en"):
        assert "1 row<" in show("_pager.html", page=Page(items=[], next=None, previous=None), count=1)
        assert "2 rows<" in show("_pager.html", page=Page(items=[], next=None, previous=None), count=2)


@pytest.mark.parametrize(
    ("bucket", "shape"),
    [
        ("await", "await"),
        ("awaiting_start", "await"),
        ("under_construction", "build"),
        ("commissioned", "run"),
        ("", "early"),
    ],
)
def test_a_bucket_has_one_shape_under_its_short_and_its_long_name(bucket, shape):
    assert f'class="g {shape}"' in show("_bucket.html", bucket=bucket)
    assert f'class="g {shape}"' in show("_stage_chip.html", bucket=bucket, label="在建")


def test_the_timeline_shows_both_dates_and_how_late_the_record_came():
    entries = [
        {"effective_on": date(2024, 4, 18), "recorded_on": date(2024, 4, 18), "title": "外出", "text": EVIL},
        {
            "effective_on": date(2024, 2, 26),
            "recorded_on": date(2024, 4, 9),
            "late_days": 43,
            "title": "更正",
            "old": "45.0",
            "new": "50.0",
        },
        {"effective_on": date(2023, 12, 30), "recorded_on": date(2024, 1, 2), "title": "开工", "bucket": "build"},
    ]

    page = show("_timeline.html", entries=entries)

    assert "同日录入" in page
    assert "04-09 录入" in page
    assert "晚 43 天" in page
    assert "2024-01-02 录入" in page
    assert "<del>45.0</del>" in page
    assert page.count('class="st build"') == 1
    assert EVIL not in page


def test_the_checklist_says_in_words_what_is_there_and_offers_a_way_only_for_what_is_missing():
    items = [
        {"text": "竣工验收记录", "link": "/upload/", "action": "上传"},
        {"done": True, "text": "施工许可证", "link": "/upload/again/", "action": "上传"},
    ]

    page = show("_checklist.html", items=items)

    assert "（缺）" in page
    assert "（已有）" in page
    assert 'href="/upload/"' in page
    assert "/upload/again/" not in page


def test_a_fact_nobody_knows_shows_a_dash_and_zero_stays_zero():
    rows = [{"label": "实际外资", "value": None}, {"label": "用地", "value": ""}, {"label": "到位", "value": 0}]

    page = show("_facts.html", groups=[{"title": "金额", "rows": rows}])

    assert page.count("—") == 2
    assert re.search(r"<dt>到位</dt>\s*<dd>0</dd>", page)


def test_the_as_of_control_marks_a_past_day_and_offers_the_way_back_to_today():
    past = show("_as_of.html", "/board/?as_of=2024-03-31&park=QD", as_of=date(2024, 3, 31), is_past=True)
    live = show("_as_of.html", "/board/", as_of=date(2024, 4, 18), is_past=False)

    assert "pick asof past" in past
    assert "2024年3月31日" in past
    assert 'href="?park=QD"' in past
    assert "pick asof past" not in live
    assert "今天" in live
