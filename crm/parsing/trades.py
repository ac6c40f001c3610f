"""Industries by the words people use for them and by their official names, as divisions of GB/T 4754-2017."""

from collections.abc import Iterable
from functools import cache

from crm.parsing.marks import Span, Text, Words
from parks.industries import INDUSTRIES

# The products that give a division away. A word that fits several divisions equally is left out.
_SPOKEN = """
C13 饲料 粮油加工 水产加工 肉制品
C14 食品 预制菜 乳制品 保健食品
C15 啤酒 饮料 白酒 葡萄酒
C17 纺织 面料
C18 服装 服饰
C20 木业
C21 家具
C22 造纸 包装纸
C25 石化 炼化
C26 化工 精细化工 高分子 涂料 石墨 日化 膜材料 树脂
C27 生物医药 制药 医药 创新药 疫苗 抗体 中药 药物 试剂盒 诊断试剂 生物制品 原料药
C29 橡胶 轮胎 塑料
C30 玻璃 陶瓷 石墨烯 碳纤维 建材 水泥
C31 钢铁 特钢
C32 铝材 铜箔 有色金属
C33 金属制品 紧固件
C34 工业机器人 机器人 数控机床 机床 轴承 泵阀 压缩机 发动机 通用设备 智能制造装备
C35 医疗器械 半导体设备 清洗设备 湿法设备 刻蚀设备 镀膜设备 专用设备 模具 海工装备 制氢装备 离子注入
C36 新能源汽车 汽车零部件 汽车 整车 商用车 车桥
C37 轨道交通装备 轨道交通 高铁 地铁 动车组 航空航天 大飞机 船舶 无人机 卫星 邮轮 轨道车辆
C38 光伏 储能 动力电池 锂电池 电池 燃料电池 电机 电缆 家电 智能家电 变压器 充电桩 风电
C39 集成电路 半导体 芯片 晶圆 封装测试 封测 新型显示 液晶显示 显示模组 显示面板 光学模组 液晶 OLED Mini LED 传感器
C39 功率模块 智能功率模块 电路板
C39 电子元器件 光电子 通信设备 虚拟现实 服务器 电子信息 微电子 智能终端
C40 精密仪器 仪器仪表 测量仪器 精密测量 光学仪器 分析仪器
C42 资源循环 再生资源
D44 发电 海上风电场 热电
D45 天然气
E48 市政工程
F51 批发 进出口贸易
F52 电子商务 电商 零售 跨境电商
G54 公路货运 物流园
G55 航运 港口
G59 仓储 备件中心仓 中心仓 冷链
I63 电信
I64 互联网 网约车 直播电商
I65 人工智能 大数据 云计算 大模型 软件 算力 信息安全 网络安全 工业互联网 区块链 数据中心 物联网 数字经济 计算中心
I65 智能算力 信息服务
J66 银行
J67 私募 证券
J68 保险
L71 融资租赁
L72 人力资源 总部经济 企业总部
M73 研究院 研发中心 基因科技 科学研究 基因技术
M74 检测 检验检测 工业设计 环境监测
M75 孵化器 众创空间 技术转移 科技服务 中试基地
N77 环保 污水处理 节能环保
P83 职业教育 培训
Q84 医院 康养 医养
R88 文化创意 文创
H61 酒店
"""

_ANY_TRADE_HAS = frozenset({"L72", "M73", "M74", "M75"})
"""Research, testing and head offices belong to every trade: they count only where nothing else is said."""


@cache
def _words() -> Words:
    pairs = [(word, line.split()[0]) for line in _SPOKEN.strip().splitlines() for word in line.split()[1:]]
    official = [(each.name_zh, each.code) for each in INDUSTRIES.values() if not each.is_section]
    shorter = [(name.removesuffix("制造业"), code) for name, code in official if name.endswith("制造业")]
    return Words([*pairs, *official, *((name, code) for name, code in shorter if len(name) > 2)])


def spoken_codes() -> set[str]:
    return {line.split()[0] for line in _SPOKEN.strip().splitlines()}


def industries(text: Text) -> Iterable[Span]:
    for start, end, code in _words().find(text.plain):
        yield text.span(start, end, "industry", code)


def industry_of(words: str) -> str:
    """The industry that a name or a phrase speaks of: its last word decides, as the product stands behind its use."""
    found = [code for _start, _end, code in _words().find(words)]
    products = [code for code in found if code not in _ANY_TRADE_HAS]
    return next(reversed(products or found), "")
