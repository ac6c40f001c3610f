"""The national classification of industries, GB/T 4754-2017: 20 sections (A to T) and their 97 two-digit divisions."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext

EDITION = "GB/T 4754-2017"


@dataclass(frozen=True, slots=True)
class Industry:
    """A section ("C") or a division with its section's letter in front ("C39")."""

    code: str
    section: str
    name_en: str
    name_zh: str

    @property
    def is_section(self) -> bool:
        return self.code == self.section

    @property
    def name(self) -> str:
        """In the reader's language; both names are official, so they are data and not catalogue texts."""
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"


_TABLE = """
A|Agriculture, forestry, animal husbandry and fishery|农、林、牧、渔业
01|Agriculture|农业
02|Forestry|林业
03|Animal husbandry|畜牧业
04|Fishery|渔业
05|Support services for agriculture, forestry, animal husbandry and fishery|农、林、牧、渔专业及辅助性活动
B|Mining|采矿业
06|Coal mining and washing|煤炭开采和洗选业
07|Oil and natural gas extraction|石油和天然气开采业
08|Ferrous metal ore mining and dressing|黑色金属矿采选业
09|Non-ferrous metal ore mining and dressing|有色金属矿采选业
10|Non-metallic ore mining and dressing|非金属矿采选业
11|Support services for mining|开采专业及辅助性活动
12|Other mining|其他采矿业
C|Manufacturing|制造业
13|Processing of farm and sideline food|农副食品加工业
14|Food manufacturing|食品制造业
15|Wine, beverages and refined tea|酒、饮料和精制茶制造业
16|Tobacco products|烟草制品业
17|Textiles|纺织业
18|Clothing and accessories|纺织服装、服饰业
19|Leather, fur, feathers, their products and footwear|皮革、毛皮、羽毛及其制品和制鞋业
20|Timber processing and wood, bamboo, rattan, palm and grass products|木材加工和木、竹、藤、棕、草制品业
21|Furniture|家具制造业
22|Paper and paper products|造纸和纸制品业
23|Printing and reproduction of recorded media|印刷和记录媒介复制业
24|Goods for culture, education, arts, sports and recreation|文教、工美、体育和娱乐用品制造业
25|Petroleum, coal and other fuel processing|石油、煤炭及其他燃料加工业
26|Chemical raw materials and chemical products|化学原料和化学制品制造业
27|Pharmaceuticals|医药制造业
28|Chemical fibres|化学纤维制造业
29|Rubber and plastic products|橡胶和塑料制品业
30|Non-metallic mineral products|非金属矿物制品业
31|Smelting and rolling of ferrous metals|黑色金属冶炼和压延加工业
32|Smelting and rolling of non-ferrous metals|有色金属冶炼和压延加工业
33|Metal products|金属制品业
34|General-purpose equipment|通用设备制造业
35|Special-purpose equipment|专用设备制造业
36|Automobiles|汽车制造业
37|Railway, ship, aerospace and other transport equipment|铁路、船舶、航空航天和其他运输设备制造业
38|Electrical machinery and equipment|电气机械和器材制造业
39|Computers, communication and other electronic equipment|计算机、通信和其他电子设备制造业
40|Instruments and meters|仪器仪表制造业
41|Other manufacturing|其他制造业
42|Comprehensive use of waste resources|废弃资源综合利用业
43|Repair of metal products, machinery and equipment|金属制品、机械和设备修理业
D|Electricity, heat, gas and water production and supply|电力、热力、燃气及水生产和供应业
44|Electricity and heat production and supply|电力、热力生产和供应业
45|Gas production and supply|燃气生产和供应业
46|Water production and supply|水的生产和供应业
E|Construction|建筑业
47|Building construction|房屋建筑业
48|Civil engineering|土木工程建筑业
49|Building installation|建筑安装业
50|Building decoration, finishing and other construction|建筑装饰、装修和其他建筑业
F|Wholesale and retail trade|批发和零售业
51|Wholesale trade|批发业
52|Retail trade|零售业
G|Transport, storage and post|交通运输、仓储和邮政业
53|Rail transport|铁路运输业
54|Road transport|道路运输业
55|Water transport|水上运输业
56|Air transport|航空运输业
57|Pipeline transport|管道运输业
58|Multimodal transport and transport agency|多式联运和运输代理业
59|Loading, unloading and storage|装卸搬运和仓储业
60|Postal services|邮政业
H|Accommodation and catering|住宿和餐饮业
61|Accommodation|住宿业
62|Catering|餐饮业
I|Information transmission, software and information technology services|信息传输、软件和信息技术服务业
63|Telecommunications, broadcasting, television and satellite transmission|电信、广播电视和卫星传输服务
64|Internet and related services|互联网和相关服务
65|Software and information technology services|软件和信息技术服务业
J|Finance|金融业
66|Monetary and financial services|货币金融服务
67|Capital market services|资本市场服务
68|Insurance|保险业
69|Other finance|其他金融业
K|Real estate|房地产业
70|Real estate|房地产业
L|Leasing and business services|租赁和商务服务业
71|Leasing|租赁业
72|Business services|商务服务业
M|Scientific research and technical services|科学研究和技术服务业
73|Research and experimental development|研究和试验发展
74|Professional technical services|专业技术服务业
75|Science and technology promotion and application|科技推广和应用服务业
N|Water conservancy, environment and public facilities|水利、环境和公共设施管理业
76|Water conservancy|水利管理业
77|Ecological protection and environmental governance|生态保护和环境治理业
78|Public facilities management|公共设施管理业
79|Land management|土地管理业
O|Resident services, repair and other services|居民服务、修理和其他服务业
80|Resident services|居民服务业
81|Repair of motor vehicles, electronic and household goods|机动车、电子产品和日用产品修理业
82|Other services|其他服务业
P|Education|教育
83|Education|教育
Q|Health and social work|卫生和社会工作
84|Health|卫生
85|Social work|社会工作
R|Culture, sports and entertainment|文化、体育和娱乐业
86|News and publishing|新闻和出版业
87|Radio, television, film and sound recording|广播、电视、电影和录音制作业
88|Culture and arts|文化艺术业
89|Sports|体育
90|Entertainment|娱乐业
S|Public administration, social security and social organisations|公共管理、社会保障和社会组织
91|Organs of the Communist Party of China|中国共产党机关
92|State organs|国家机构
93|People's political consultative conference and democratic parties|人民政协、民主党派
94|Social security|社会保障
95|Mass organisations, social groups and other member organisations|群众团体、社会团体和其他成员组织
96|Grass-roots self-governing and other organisations|基层群众自治组织及其他组织
T|International organisations|国际组织
97|International organisations|国际组织
"""


def _read(table: str) -> dict[str, Industry]:
    industries: dict[str, Industry] = {}
    section = ""
    for line in table.strip().splitlines():
        code, name_en, name_zh = line.split("|")
        section = code if code.isalpha() else section
        full_code = code if code.isalpha() else section + code
        industries[full_code] = Industry(full_code, section, name_en, name_zh)
    return industries


INDUSTRIES: dict[str, Industry] = _read(_TABLE)
LONGEST_CODE = 3


def is_valid(code: str) -> bool:
    return code in INDUSTRIES


def validate_industry(code: str) -> None:
    if code and not is_valid(code):
        raise ValidationError(
            gettext("“%(code)s” is not in %(edition)s. Use a letter such as C or a letter with two digits such as C39.")
            % {"code": str(code)[:20], "edition": EDITION},
            code="industry",
        )


def section_of(code: str) -> str:
    return INDUSTRIES[code].section


def codes_under(code: str) -> list[str]:
    """The code itself and, for a section, its divisions: what a filter by `code` must match."""
    return [each.code for each in INDUSTRIES.values() if code in (each.code, each.section)]


def label(code: str) -> str:
    """Code and name in the reader's language; "" for no code, the bare code where the table does not know it."""
    return INDUSTRIES[code].label if code in INDUSTRIES else code


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Grouped for a select: under each section the section as a whole, then its divisions."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in INDUSTRIES.values():
        groups.setdefault(each.section, []).append((each.code, each.label))
    return [(label(section), members) for section, members in groups.items()]


def flat_choices() -> list[tuple[str, str]]:
    return [(each.code, each.label) for each in INDUSTRIES.values()]
