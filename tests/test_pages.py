"""The frame of every page: what each role finds in the navigation, and that templates obey the policy they go with."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
STYLES = Path(settings.BASE_DIR) / "static" / "css"
SCRIPTS = sorted((Path(settings.BASE_DIR) / "static" / "js").glob("*.js"))

WORK = {"我的工作台", "待办", "线索", "首报首谈", "推进看板", "企业", "项目", "签约活动", "园区看板", "园区", "接口"}


def navigation(client, user):
    client.force_login(user)
    page = client.get("/account/").text
    nav = re.search(r'<nav class="nav".*?</nav>', page, re.DOTALL).group()
    return set(re.findall(r'title="([^"]+)"', nav)) - {"收起或展开导航"}


@pytest.mark.parametrize(
    ("who", "more"),
    [
        ("officer", set()),
        ("operator", set()),
        ("auditor", {"操作记录"}),
        ("manager", {"认定队列", "操作记录"}),
        ("admin", {"认定队列", "操作记录", "人员"}),
    ],
)
def test_the_navigation_lists_only_what_the_role_may_open(client, request, who, more):
    assert navigation(client, request.getfixturevalue(who)) == WORK | more


def test_somebody_without_a_role_finds_only_the_desk_and_the_api(client, person):
    assert navigation(client, person("newcomer")) == {"我的工作台", "接口"}


def test_only_who_may_log_leads_gets_the_button_for_it(client, officer, auditor):
    client.force_login(officer)
    with_button = client.get("/account/").text
    client.force_login(auditor)
    without = client.get("/account/").text

    assert 'data-hotkey="n"' in with_button
    assert 'data-hotkey="n"' not in without


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(settings.BASE_DIR / "templates")))
def test_no_template_holds_what_the_browser_is_told_to_refuse(file):
    text = file.read_text()

    assert not re.search(r"\sstyle=", text)
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text)


@pytest.mark.parametrize("name", ["base.css", "components.css", "pages.css"])
def test_colours_are_written_by_the_name_of_their_meaning(name):
    rules = (STYLES / name).read_text()

    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![-\w])(?!\")", rules.replace("#hatch-await", ""))
    assert not re.search(r"\b(rgb|hsl)a?\(", rules)
    known = set(re.findall(r"(--[\w-]+):", (STYLES / "tokens.css").read_text() + rules))
    assert set(re.findall(r"var\((--[\w-]+)", rules)) <= known


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_scripts_hold_no_texts_a_reader_would_see_and_no_addresses(file):
    code = re.sub(r"//[^\n]*", "", file.read_text())

    assert not re.search(r"[\u4e00-\u9fff]", code)
    assert "http" not in code


def _tokens(block):
    return {name: _channels(value) for name, value in re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", block)}


def _channels(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    return [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def _contrast(one, other):
    def light(channels):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _themes():
    text = (STYLES / "tokens.css").read_text()
    light = _tokens(text.split("@media")[0])
    dark = light | _tokens(text.split('[data-theme="dark"]')[-1].split("@media")[0])
    return {"light": light, "dark": dark}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_shapes_keep_their_contrast_in_both_themes(theme):
    colour = _themes()[theme]
    texts = [(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("ground", "surface", "surface-2")]
    texts += [("on-ink", "ink")]
    for name in ("await", "build", "run", "ok", "warn", "bad"):
        texts += [(f"{name}-ink", "surface"), (f"{name}-ink", f"{name}-bg")]
    shapes = [(name, "surface") for name in ("await", "build", "run", "early", "ok", "warn", "bad", "idle", "line-2")]

    too_faint = [pair for pair in texts if _contrast(colour[pair[0]], colour[pair[1]]) < 4.5]
    too_faint += [pair for pair in shapes if _contrast(colour[pair[0]], colour[pair[1]]) < 3]

    assert too_faint == []
