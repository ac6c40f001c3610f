"""Companies in a text: by their legal form, by the trade in their name, and by the project they invest in."""

import re
from collections.abc import Iterable
from string import ascii_letters, digits

from crm.parsing.marks import Span, Text
from crm.regions import CITIES, place_in_front

_OTHER_CHARACTERS = frozenset(f"{ascii_letters}{digits}·()&-")
_FORM = (
    r"(?:集团)?(?:股份)?有限(?:责任)?公司|集团公司|股份公司|总公司|有限合伙企业|(?:有限)?合伙企业|集团(?![军化式内])"
)
_FORMED = re.compile(rf"(?:{_FORM})(?:[\u4e00-\u9fff]{{2,8}}?分公司)?(?:\((?:有限合伙|普通合伙)\))?")
_BARE = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?<!有限)(?<!责任)(?<!股份)(?<!集团)(?<!公司)(?<![分子母总])公司(?![章法治员高管人老])"
)
_NO_BARE = re.compile(
    r"(?:人|家|贸易|科技|[^管]理|开发|控股|平台)$|上市|新|相关|多|本地|当地|外地|国企|央企|头部|运营|初创|成员|参股|母|托管"
)
_FOREIGN = re.compile(
    r"(?<![A-Za-z])[A-Z][A-Za-z0-9&.'-]{0,30}(?: [A-Z][A-Za-z0-9&.'-]{0,30}){0,5},? "
    r"(?:Co\.?,? ?Ltd|Inc|Corp|Corporation|GmbH|LLC|PLC|Limited|Ltd)(?![A-Za-z])\.?"
)
_INSTITUTE = re.compile(r"研究院|研究所|实验室|设计院|科学院|医工所|大学(?!生|城|路)|(?<!科)学院(?!校)")
LONGEST = 40
SHORTEST_STEM = 2

# A name begins behind the last of these.
_CUTS = """
的 与 由 向 在 将 被 把 让 给 是 了 及 从 对 等 们 并 着 于 以及 来自 位于 落户 入驻 引进 引入 签约 签订 签署 走进
走访 拜访 考察 对接 联系 邀请 接待 包括 包含 其中 分别 投资方 推荐 成立 注册 设立 关于 根据 通过 依托 围绕 聚焦 迎来
拥有 携手 牵头 领衔 承办 收购 参观 会见 洽谈 名称 单位 认识 遇到 今天 昨天 上午 下午 记者 获悉 据悉 了解到 表示 介绍
欢迎 感谢 参与 落地 新增 涉及 帮助 促成 促进 推动 推进 吸引 集聚 聚集 汇聚 打造 共建 获批 提供 组织 形成 实现 开展
增加 完成 培育 得知 听说 准备 计划 打算 拟由 拟 该 这家 一家 副总 目前 现有 老板 我们 你们 他们 入选 评为 获得 由于
属于 作为 叫 有个 服务商 供应商 代表 邀约 陪同 还有 另有 带队 率队 赴 前往
"""
_NO_STEM = frozenset(_CUTS.split()) | {
    "有限",
    "股份",
    "集团",
    "公司",
    "企业",
    "国有",
    "民营",
    "上市",
    "控股",
    "大型",
    "多家",
    "龙头",
}
_CUT = re.compile("|".join(sorted(_CUTS.split(), key=len, reverse=True)))
_OTHER_FORM = re.compile(r"公司(?!\))")
# Characters that join as often as they belong to a name: they cut unless the name is known to go that way.
_JOINS = re.compile(
    r"(?<!国)家(?!电|居|具|园|乐|化|纺|装|庭)|和(?!利时|谐|平|黄|润|美|田|顺|通|泰)|(?<!华)(?<!有)为(?!华)|到"
    r"|至(?!诚|信|善|远)|自(?!动|主|控|贸|然)|上(?!海|汽|药|饶|港)(?=[\u4e00-\u9fff]{6})|年|月|日|号(?=[\u4e00-\u9fff])"
)
_NO_NAME_FRONT = re.compile(
    r"^(?:(?:[0-9]+|[一二三四五六七八九十几多数两]+)[余多几]?(?:个|家|所|座|批|项|大|位|只|支)"
    r"|国家级|省级|市级|重点|各|该|本|某|首[家个]|全球|世界)+"
)
_NO_INSTITUTE = re.compile(
    r"(?:重点|同类|[一二三四]级|国家级?|[省市]级?|新型|联合|共建|最多的?|各|类|环|所|家|高等|地方|一流|著名|科研|生物安全)$"
)

TRADES = """
科技 光电 微电子 电子 生物 医药 制药 药业 半导体 新材料 材料 智能 信息 软件 环境 环保 能源 新能源 氢能 储能 精密
重工 股份 动力 医疗 基因 视像 曙光 光学 显示 机械 机器人 汽车 化工 电气 电器 通信 网络 数据 传媒 物流 实业 精工 智造
装备 仪器 食品 生命 航空 海工 船舶 纺织 服饰 家居 新材 膜材 传感 微电 数科 智控 云 药物
"""
_TRADE = "|".join(sorted(TRADES.split(), key=len, reverse=True))
# Words that stand in every second sentence and are no company's own.
_GENERIC_WORDS = """
高端 高新 高科 新兴 新型 先进 现代 智能 智慧 数字 绿色 低碳 海洋 生命 生物 农业 水 金融 国际 国家 全球 全国 中国
世界 产业 企业 园区 核心 重点 主导 战略 关键 基础 前沿 创新 信息 电子 光电 集成 新一代 新一代信息 工业 农产 精密
人工 大 云 新 高性能 高分 医疗 健康 科学 航空 航天 交通 轨道 能源 清洁 环境 节能 文化 军民 民用 通用 专用 特种 科技
各类 相关 部分 众多 多家 整车 汽车 消费 汽配 服务 半导体 现有 第三代 核电 家电 仪器 数据 网络 虚拟 增强 材料 化学
石油 电池 光学 显示 互联 科创 硬 高 社会 城市 公共 政务 办公 移动 物联 国内 国外 海外 进口 国产 民营 本土 传统 优势
特色 未来 大型 中小 食品 精细 农 深海 海工 智慧农业 智慧海洋 医药 技术 研发 基因 电力 机械 传感 再生 干细胞 蓝色
红色 自主 尖端 领军 内生 强大 第一 源 良好 仓储 组织 一流 优质 营商 市场 法治 生态 开放 发展 增长 原 消毒 创业 成长
转型 上市 骨干 龙头 头部 尖 推动 促进 发展 加快 聚焦 围绕 以及 包括 其中 新材料
"""
GENERIC = frozenset(_GENERIC_WORDS.split())
# What is built or made, in front of which a company's own name ends.
_PRODUCTS = """
湿法 干法 设备 装备 芯片 晶片 晶圆 集成电路 半导体 智能 总部 区域总部 研发 生产 制造 基地 中心 项目 数据中心 全球
全国 北方 华北 华东 华南 南方 亚太 中国 产业 产业园 产业化 产业链 科技园 创新 创新园 孵化 工厂 智造 高端 新型 显示
光学 模组 模块 传感器 电池 锂电 储能 光伏 新能源 新材料 材料 氢能 燃料 汽车 整车 零部件 商用车 机器人 无人机 医疗
医疗器械 生物 医药 疫苗 药物 检测 试剂 康复 精密 仪器 仪表 测量 精密测量 海洋 海工 船舶 航空 航天 卫星 轨道 交通
高铁 数控 机床 模具 自动化 工业 互联网 软件 信息 数字 数智 云 计算 算力 大模型 人工智能 虚拟现实 智算 大数据 物联网
通信 网络 安全 食品 预制菜 冷链 物流 仓储 备件 中心仓 电商 跨境 供应链 结算 销售 运营 展示 体验 教育 培训 研究院
研究所 实验室 工程 技术 技术改造 扩产 扩建 二期 一期 三期 四期 新建 年产 高性能 高分子 碳纤维 石墨 石墨烯 膜 薄膜
涂层 靶材 光刻 刻蚀 镀膜 封装 封测 测试 功率 射频 存储 模拟 驱动 控制 控制器 电机 电控 电驱 充电 换电 风电 核电 绿色
低碳 环保 节能 再生 循环 水处理 化工 精细 聚氨酯 橡胶 轮胎 纺织 服装 家电 家居 智慧 智能化 特种 专用 通用 总装 液晶
偏光 背光 触控 盖板 玻璃 掩膜 干细胞 基因 细胞 抗体 创新药 原料药 中药 宠物 饮料 啤酒 乳制品 农业 种业 影视 文旅
文创 酒店 商业 综合体 写字楼 大厦 广场 园区 众创
"""
_BRACKET = re.compile(r"\([^()]{2,6}\)")
_FUNCTION_WORD = re.compile(r"[的是了有做个找想要这那把就也都还不很]")
_PRODUCT = re.compile("|".join(sorted(_PRODUCTS.split(), key=len, reverse=True)))
_PRODUCT_AFTER_TRADE = re.compile(rf"(?:{_TRADE})(?=$|{_PRODUCT.pattern}|(?:青岛|北方|华北|华东|集团|股份|年产))")
_PROJECT_LIST = re.compile(
    r"((?:[\u4e00-\u9fffA-Za-z0-9()&\-]{3,24}、){1,8}[\u4e00-\u9fffA-Za-z0-9()&\-]{3,24}?)等[^,。;:\n、]{0,10}项目"
)
_LISTED = re.compile(
    rf"(?:(?<=[、,。;:\n和与“\"《(的])|^)([\u4e00-\u9fffA-Za-z]{{2,6}}?(?:{_TRADE}))"
    r"(?=[、,。;:\n和与等”\")的拟]|分别|共同|联合|计划|总?投资|签约|落户|入驻|考察|$)",
    re.MULTILINE,
)


def companies(text: Text) -> Iterable[Span]:
    yield from _bare(text)
    for pattern in (_FORMED, _INSTITUTE):
        for found in pattern.finditer(text.plain):
            start = name_start(text.plain, found.start())
            if span := _formed(text, start, found.end(), found.start(), is_institute=pattern is _INSTITUTE):
                yield span
    for found in _FOREIGN.finditer(text.plain):
        yield text.span(found.start(), found.end(), "company", found[0])
    yield from _of_project_lists(text)
    for found in _LISTED.finditer(text.plain):
        stem = found[1]
        trade = next(word for word in _trades() if stem.endswith(word))
        if _is_own(stem.removesuffix(trade)):
            yield text.span(*found.span(1), "company", stem, role="listed", unsure=True)


def _bare(text: Text) -> Iterable[Span]:
    """海岳公司: a name with 公司 alone, as people say it."""
    for found in _BARE.finditer(text.plain):
        start = name_start(text.plain, found.start())
        stem = text.plain[start : found.start()]
        if len(stem) <= 10 and _is_brand(stem) and not _NO_BARE.search(stem):
            yield text.span(start, found.end(), "company", text.plain[start : found.end()], role="formed")


def _of_project_lists(text: Text) -> Iterable[Span]:
    """甲总部基地、乙数据中心等一批项目: in such a list each project begins with the name of its company."""
    for found in _PROJECT_LIST.finditer(text.plain):
        place = found.start(1)
        for item in found[1].split("、"):
            begins = place + len(item) - len(item[_last_cut(item) :])
            name, product = split_project(text.plain[begins : place + len(item)])
            if name and product and len(name) > SHORTEST_STEM:
                yield text.span(begins, begins + len(name), "company", name, role="listed", unsure=True)
            place += len(item) + 1


def _last_cut(item: str) -> int:
    return max((found.end() for found in _CUT.finditer(item)), default=0)


def _trades() -> list[str]:
    return sorted(TRADES.split(), key=len, reverse=True)


def _is_own(stem: str) -> bool:
    """Whether what stands before the trade is a name of somebody: no word of every day and no place."""
    if not 2 <= len(stem) <= 4 or stem in CITIES or not _is_brand(stem):
        return False
    return not any(stem.startswith(word) or stem.endswith(word) for word in GENERIC if len(word) > 1)


def _is_brand(stem: str) -> bool:
    """As `_is_own`, of a name in front of a product, which may be longer."""
    return stem not in GENERIC and not _FUNCTION_WORD.search(stem) and not _CUT.search(stem) and len(stem) >= 2


def _formed(text: Text, start: int, end: int, form: int, *, is_institute: bool) -> Span | None:
    name = text.plain[start:end]
    if form - start < SHORTEST_STEM or name.startswith("(") or text.plain[start:form] in _NO_STEM:
        return None
    stem = text.plain[start:form]
    if is_institute and (place_in_front(name) == stem or _NO_INSTITUTE.search(stem)):
        return None
    return text.span(start, end, "company", name, role="institute" if is_institute else "formed")


def name_start(plain: str, form: int) -> int:
    """Where the name begins whose legal form stands at `form`: behind the last sign or word that is no part of it."""
    run = plain[_run_start(plain, form) : form]
    for pattern in (_OTHER_FORM, _CUT, _JOINS):
        cut = 0
        for found in pattern.finditer(run):
            if len(run) - found.end() >= SHORTEST_STEM and run.count("(", 0, found.end()) == run.count(
                ")", 0, found.end()
            ):
                cut = found.end()
        run = run[cut:]
    front = _NO_NAME_FRONT.match(run)
    if front and len(run) - front.end() >= SHORTEST_STEM:
        run = run[front.end() :]
    if len(run) > 16:
        for at in range(len(run) - 4, 0, -1):
            if run[at - 1] != "(" and place_in_front(run[at:]):
                run = run[at:]
                break
    return form - len(run)


def _run_start(plain: str, form: int) -> int:
    """Where the unbroken run of characters before `form` begins that may stand in a name, brackets in pairs."""
    start = form
    depth = 0
    while start > 0 and form - start < LONGEST and _may_stand_in_a_name(character := plain[start - 1]):
        depth += (character == ")") - (character == "(")
        if depth < 0:
            break
        start -= 1
    return start


def _may_stand_in_a_name(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or character in _OTHER_CHARACTERS


def split_project(phrase: str) -> tuple[str, str]:
    """(company, what it builds) of a project's name: the name ends where the product begins. ("", phrase) if unknown.

    合肥 + 贝斯兰 + 湿法设备总部…: place, brand of two to four characters, perhaps a trade, product.
    """
    formed = _FORMED.search(phrase)
    if formed:
        return phrase[: formed.end()], phrase[formed.end() :]
    institute = _INSTITUTE.search(phrase)
    if institute and institute.end() == len(phrase) and not _PRODUCT.search(phrase, 0, institute.start()):
        return phrase, ""
    place = place_in_front(phrase)
    rest = phrase[len(place) :]
    for length in range(2, min(8, len(rest)) + 1):
        if trade := _PRODUCT_AFTER_TRADE.match(rest, length):
            product = _PRODUCT.match(rest, length)
            if _is_own(rest[:length]) and not (product and product.end() > trade.end()):
                return place + rest[: trade.end()], rest[trade.end() :]
        if bracket := _BRACKET.match(rest, length):
            return place + rest[: bracket.end()], rest[bracket.end() :]
        if _PRODUCT.match(rest, length):
            return (place + rest[:length], rest[length:]) if _is_brand(rest[:length]) else ("", phrase)
    return "", phrase
