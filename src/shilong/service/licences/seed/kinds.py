"""哪些事项出哪种证照。

类型代码＝主管部门统一社会信用代码 18 位 + 本部门内顺序 3 位（测试用虚构代码；正式代码以国家平台发布的目录为准）。
收录：结果类型为“证照”的，以及名为证、凭证、证明、备案卡的；决定书、通知书、审核结果不是证照，仍由文书出。
"""

from dataclasses import dataclass, field
from typing import Any

Rows = tuple[tuple[str, str, str], ...]  # （代码，名称，取自）；取自的写法见 rules.layouts.check_fields

PLACE: Rows = (("KZ_CSMC", "场所名称", "place_name|shop_name|corp_name|name"), ("KZ_CSDZ", "地址", "place_address|address"))
LEGAL: Rows = (("KZ_FDDBR", "法定代表人（负责人）", "legal_name|name"),)
WORK: Rows = (("KZ_ZYDW", "执业（工作）单位", "unit_name|work_unit"),)
SCOPE: Rows = (("KZ_XKNR", "许可（登记）内容", "apply_content|scope|declare_content"),)


@dataclass(frozen=True, slots=True)
class Kind:
    """一种证照。

    属性：
        seqs: （事项序号，结果）；序号见 catalog 的内置清单。
        years: 有效期年数，0 为长期。
        look: 版式：permit 许可证（竖）、licence 执照（横）、personal 个人证书（竖）、voucher 凭证（竖，简）。
        electronic: 依法能不能用电子签名。
    """

    name: str
    seqs: tuple[tuple[int, str], ...]
    word: str
    years: int = 0
    look: str = "permit"
    rows: Rows = field(default=(*PLACE, *LEGAL, *SCOPE))
    electronic: bool = True
    auto: bool = False


def _new(*seqs: int) -> tuple[tuple[int, str], ...]:
    return tuple((seq, "new") for seq in seqs)


HYGIENE: Rows = (
    ("KZ_CSMC", "单位名称", "place_name|corp_name|name"),
    ("KZ_CSDZ", "地址", "place_address"),
    ("KZ_FDDBR", "法定代表人（负责人）", "legal_name|name"),
    ("KZ_XKXM", "许可项目", "place_kind"),
    ("KZ_YYMJ", "营业面积（平方米）", "place_area"),
)
FOOD: Rows = (
    ("KZ_JYZMC", "经营者名称", "shop_name|corp_name|name"),
    ("KZ_FDDBR", "法定代表人（负责人）", "legal_name|name"),
    ("KZ_ZS", "住所", "address"),
    ("KZ_JYCS", "经营场所", "place_address"),
    ("KZ_ZTYT", "主体业态", "food_kind"),
    ("KZ_JYXM", "经营项目", "sale_items|cater_items"),
    ("KZ_RCJGJG", "日常监督管理机构", "=石龙区市场监督管理局"),
)
BUSINESS: Rows = (
    ("KZ_MC", "名称", "company_name|shop_name|corp_name|name"),
    ("KZ_LX", "类型", "company_kind|form_kind"),
    ("KZ_FDDBR", "法定代表人（经营者）", "legal_name|name"),
    ("KZ_JYFW", "经营范围", "scope"),
    ("KZ_ZCZB", "注册资本（万元）", "capital"),
    ("KZ_ZS", "住所（经营场所）", "place_address|address"),
)
NURSE: Rows = (
    ("KZ_ZYDD", "执业地点", "unit_name|work_unit"),
    ("KZ_ZY", "所学专业", "major"),
    ("KZ_KSHGZ", "考试合格证明编号", "exam_no|qualification"),
)
VOUCHER: Rows = (("KZ_NR", "登记（备案）内容", "apply_content|declare_content|wish_job|place_address|address"),)

KINDS = (
    Kind("公共场所卫生许可证", _new(1), "石卫公", 4, rows=HYGIENE),
    Kind("医疗机构执业许可证", _new(2), "石医机", 5),
    Kind("诊所备案凭证", _new(3), "石诊备", look="voucher", rows=(*PLACE, *LEGAL)),
    Kind("护士执业证书", ((4, "new"), (5, "change")), "石护", 5, "personal", NURSE),
    Kind("医师执业证书", _new(6), "石医", 0, "personal", WORK),
    Kind("生育登记凭证", _new(7), "石生", look="voucher", rows=VOUCHER, auto=True),
    Kind("食品经营许可证", _new(8), "石食", 5, "licence", FOOD),
    Kind("仅销售预包装食品备案凭证", _new(9), "石预食", look="voucher", rows=PLACE, auto=True),
    Kind("食品小作坊登记证", _new(10), "石食坊", 3),
    Kind("食品小摊点备案卡", _new(11), "石食摊", 1, "voucher", PLACE),
    Kind("营业执照", ((12, "new"), (13, "new"), (14, "cancel")), "石市监", look="licence", rows=BUSINESS),
    Kind("药品经营许可证", _new(15), "石药零", 5),
    Kind("失业登记凭证", _new(17), "石失", look="voucher", rows=(("KZ_YDW", "原工作单位", "last_unit"),), auto=True),
    Kind("城乡居民基本养老保险参保凭证", _new(19), "石养", look="voucher", rows=VOUCHER, auto=True),
    Kind("灵活就业人员养老保险参保凭证", _new(20), "石灵养", look="voucher", rows=VOUCHER, auto=True),
    Kind(
        "劳务派遣经营许可证",
        _new(23),
        "石劳派",
        3,
        rows=(*LEGAL, ("KZ_CSDZ", "经营场所", "place_address"), ("KZ_ZCZB", "注册资本（万元）", "capital")),
    ),
    Kind("人力资源服务许可证", _new(24), "石人服", 0),
    Kind("社会保障卡", _new(25), "石社保", 0, "personal", ()),
    Kind("最低生活保障证", _new(26), "石低保", 1, "personal", (("KZ_RKS", "共同生活人数", "household_size"),)),
    Kind("结婚证", _new(31), "石结", look="personal", rows=(), electronic=False),
    Kind("离婚证", _new(32), "石离", look="personal", rows=(), electronic=False),
    Kind("收养登记证", _new(33), "石收", look="personal", rows=(), electronic=False),
    Kind("社会团体法人登记证书", _new(34), "石社团", 4, "licence"),
    Kind("民办非企业单位登记证书", _new(35), "石民非", 4, "licence"),
    Kind("养老机构备案回执", _new(36), "石养老", look="voucher", rows=(*PLACE, *LEGAL)),
    Kind("残疾人证", _new(37), "石残", 10, "personal", ()),
    Kind("民办学校办学许可证", _new(38), "石民教", 3),
    Kind("教师资格证书", _new(39), "石教资", 0, "personal", (("KZ_ZGZL", "资格种类", "apply_content"),)),
    Kind("高危险性体育项目经营许可证", _new(41), "石体", 5),
    Kind("建筑工程施工许可证", _new(42), "石建施", 0, "licence"),
    Kind("房屋租赁登记备案证明", _new(43), "石租备", 1, "voucher", VOUCHER),
    Kind("城镇污水排入排水管网许可证", _new(44), "石排水", 5),
    Kind("占用（挖掘）城市道路许可证", _new(46), "石占道", 1),
    Kind("建筑垃圾处置核准证", _new(47), "石渣", 1),
    Kind("动物防疫条件合格证", _new(48), "石动防", 0),
    Kind("动物诊疗许可证", _new(49), "石动诊", 0),
    Kind("农药经营许可证", _new(50), "石农药", 5),
    Kind("拖拉机和联合收割机登记证书", _new(51), "石农机", 0, "personal", SCOPE),
    Kind("网络文化经营许可证", _new(52), "石网文", 0),
    Kind("烟花爆竹经营（零售）许可证", _new(53), "石烟爆", 2),
    Kind("道路运输经营许可证", _new(54), "石道运", 4, "licence"),
    Kind("烟草专卖零售许可证", _new(56), "石烟专", 5),
    Kind("城乡居民医疗保险参保凭证", _new(58), "石医保", look="voucher", rows=VOUCHER, auto=True),
    Kind("企业投资项目备案证明", _new(59), "石投备", look="voucher", rows=VOUCHER),
)


def fields(kind: Kind) -> list[dict[str, Any]]:
    """照面项。缺的留空即可，只有头两项必填。"""
    return [{"key": key, "label": label, "source": source, "required": False, "secret": False} for key, label, source in kind.rows]
