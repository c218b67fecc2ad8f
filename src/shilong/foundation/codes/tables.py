"""国标与国家口径码表（standards §1、§2、§6、§12）。`pd=True` 的由省市字典确定，管理员可覆盖。"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CodeTable:
    """一张码表：键、名称、出处、是否可本地覆盖、码到名称。"""

    key: str
    name: str
    source: str
    pd: bool
    entries: Mapping[str, str]

    def label(self, code: str) -> str:
        """码的名称；不认识的码原样返回，页面不至于空白。"""
        return self.entries.get(code, code)

    def choices(self) -> list[tuple[str, str]]:
        """表单选项。"""
        return list(self.entries.items())


TABLES: dict[str, CodeTable] = {}


def _table(key: str, name: str, source: str, text: str, *, pd: bool = False) -> CodeTable:
    words = text.split()
    entries = MappingProxyType(dict(zip(words[::2], words[1::2], strict=True)))
    TABLES[key] = CodeTable(key, name, source, pd, entries)
    return TABLES[key]


TASK_TYPE = _table(
    "task_type",
    "事项类型",
    "GB/T 39046 附录A.1",
    "01 行政许可 02 行政处罚 03 行政强制 04 行政征收 05 行政给付 06 行政检查 "
    "07 行政确认 08 行政奖励 09 行政裁决 10 其他行政权力 20 公共服务",
)
USE_LEVEL = _table(
    "use_level", "行使层级", "GB/T 39046 附录A.2", "1 国家级 2 省级 3 市级 4 县级 5 镇（乡、街道）级 6 村（社区）级 7 分级管理"
)
DEPT_TYPE = _table("dept_type", "实施主体性质", "GB/T 39046 附录A.3", "1 法定机关 2 授权组织 3 受委托组织 9 其他")
POWER_SOURCE = _table(
    "power_source", "权力来源", "standards §1.4", "1 法定本级行使 2 上级下放 3 上级授权 4 同级授权 5 上级委托 6 同级委托", pd=True
)
TASK_STATE = _table("task_state", "事项状态", "standards §1.4", "1 在用 2 暂停 3 取消")
EDIT_STATE = _table("edit_state", "编制状态", "standards §1.4", "0 待提交 1 已审定 2 已发布 3 审核驳回", pd=True)
PROJECT_TYPE = _table("project_type", "办件类型", "GB/T 39046 附录A.6", "1 即办件 2 承诺件 9 其他")
SERVER_TYPE = _table(
    "server_type", "服务对象", "国家 C0109", "1 自然人 2 企业法人 3 事业法人 4 社会组织法人 5 非法人企业 6 行政机关 9 其他组织"
)
HANDLE_FORM = _table("handle_form", "办理形式", "GB/T 39046 附录A.5", "1 窗口办理 2 电脑端网上办理 3 移动端网上办理 4 快递申请 9 其他")
HANDLE_AREA = _table(
    "handle_area", "通办范围", "standards §1.4 乙口径", "1 全国 2 跨省 3 跨市 4 跨县 5 全镇（乡、街道） 6 全村（社区）", pd=True
)
ONLINE_DEPTH = _table(
    "online_depth",
    "网办深度",
    "standards §1.4",
    "1 互联网咨询 2 互联网收件 3 互联网预审 4 互联网受理 5 互联网办理 6 办理结果信息反馈 7 电子证照反馈 9 其他",
)
RESULT_TYPE = _table("result_type", "审批结果类型", "standards §1.4", "10 证照 20 批文 30 其他 99 无", pd=True)
SPECIAL_KIND = _table("special_kind", "特别程序种类", "GB/T 39046 附录A.7", "1 延长审批 2 除延长审批之外的情况")
IS_NEED = _table("is_need", "材料必要性", "standards §1.6", "1 必要 2 非必要 3 容缺后补")
MATERIAL_FORMAT = _table("material_format", "材料形式", "standards §1.6", "1 纸质 2 电子化 3 纸质/电子化")
SOURCE_TYPE = _table("source_type", "来源渠道", "standards §1.6", "10 申请人自备 20 政府部门核发 99 其他")
GET_TYPE = _table("get_type", "收取方式", "standards §1.6", "1 纸质收取 2 上传电子文件 3 证照库引用 4 数据共享 9 其他", pd=True)
CHANNEL = _table("channel", "办理渠道", "本地", "1 电脑端 2 手机端 3 窗口 4 自助终端 5 快递 9 其他", pd=True)
DELIVERY_WAY = _table("delivery_way", "送达方式", "standards §2.3", "1 窗口领取 2 邮寄 3 电子送达", pd=True)
DONE_RESULT = _table(
    "done_result",
    "办结结果",
    "standards §2.4",
    "0 出证办结 1 退回办结 2 作废办结 3 删除办结 4 转报办结 5 补正超时驳回 6 办结",
    pd=True,
)
CASE_STATE = _table(
    "case_state",
    "办件状态",
    "standards §2.2",
    "10 草稿 20 已提交 30 待补正 40 已受理 50 审查中 60 特别程序中 70 准予决定 72 不予决定 80 已送达 90 办结归档 "
    "92 不予受理 93 申请人撤回 94 补正超时终止 95 退件 96 中止 97 终止",
    pd=True,
)
REALNAME_LEVEL = _table(
    "realname_level", "实名等级", "standards §6.1", "0 未实名 1 二要素核验 2 三要素核验 3 人脸或窗口面核 4 数字证书", pd=True
)
ID_TYPE = _table(
    "id_type",
    "证件类型",
    "GA/T 2000.156",
    "111 居民身份证 112 临时居民身份证 113 户口簿 114 解放军军官证 115 武警警官证 117 出生医学证明 121 法官证 123 警官证 "
    "125 检察官证 127 律师证 128 记者证 131 工作证 133 学生证 211 离休证 213 老年证 217 残疾证 219 结婚证 221 离婚证 "
    "225 毕业证 231 学位证 335 机动车驾驶证 411 外交护照 412 公务护照 413 因公普通护照 414 普通护照 417 外国人出入境证 "
    "418 外国人旅行证 419 海员证 420 香港特区护照 421 澳门特区护照 423 澳门特区旅行证 511 台湾居民来往大陆通行证 "
    "513 往来港澳通行证 515 前往港澳通行证 516 港澳居民来往内地通行证 517 大陆居民往来台湾通行证 518 因公往来港澳通行证 "
    "551 华侨回国定居证 552 台湾居民定居证 553 外国人永久居留身份证 554 外国人居留证 555 外国人临时居留证 556 入籍证书 "
    "557 出籍证书 558 复籍证书 990 其他 001 统一社会信用代码",
)
PERSON_TOPIC = _table(
    "person_topic",
    "自然人主题",
    "国家门户",
    "005 生育收养 010 户籍办理 015 民族宗教 020 教育科研 025 入伍服役 030 就业创业 035 设立变更 040 准营准办 045 抵押质押 "
    "050 职业资格 055 行政缴费 060 婚姻登记 065 优待抚恤 070 规划建设 075 住房保障 085 社会保障 090 证件办理 095 交通出行 "
    "100 旅游观光 105 出境入境 110 消费维权 115 公共安全 120 司法公证 125 知识产权 130 环保绿化 135 文化体育 140 公用事业 "
    "145 医疗卫生 150 离职退休 155 死亡殡葬 998 地方特色 999 其他",
)
CORP_TOPIC = _table(
    "corp_topic",
    "法人主题",
    "国家门户",
    "005 设立变更 010 准营准办 015 资质认证 020 年检年审 025 税收财务 030 人力资源 035 社会保障 040 投资审批 045 融资信贷 "
    "050 抵押质押 055 商务贸易 060 招标拍卖 065 海关口岸 070 涉外服务 075 农林牧渔 085 国土和规划建设 090 交通运输 095 环保绿化 "
    "100 应对气候变化 105 水务气象 110 医疗卫生 115 科技创新 120 文体教育 125 知识产权 130 民族宗教 135 质量技术 140 检验检疫 "
    "145 安全生产 150 公安消防 155 司法公证 160 公用事业 165 法人注销 170 档案文物 998 地方特色 999 其他",
)
PERSON_STAGE = _table(
    "person_stage",
    "个人生命周期",
    "国办发〔2025〕24号",
    "01 出生 02 教育 03 就业 04 生活 05 置业 06 出行 07 就医 08 救助 09 养老 10 身后",
    pd=True,
)
CORP_STAGE = _table(
    "corp_stage",
    "经营主体生命周期",
    "国办发〔2025〕24号",
    "01 准入准营 02 招聘用工 03 纳税缴费 04 经营发展 05 工程建设 06 注销退出",
    pd=True,
)
REGION = _table(
    "region",
    "行政区划",
    "GB/T 2260",
    "410000 河南省 410400 平顶山市 410402 新华区 410403 卫东区 410404 石龙区 410411 湛河区 410421 宝丰县 410422 叶县 "
    "410423 鲁山县 410425 郏县 410481 舞钢市 410482 汝州市 410404001000 高庄街道 410404002000 龙兴街道 "
    "410404003000 人民路街道 410404004000 龙河街道",
)
PROVINCE = _table(
    "province",
    "省级代码",
    "GB/T 2260",
    "11 北京市 12 天津市 13 河北省 14 山西省 15 内蒙古自治区 21 辽宁省 22 吉林省 23 黑龙江省 31 上海市 32 江苏省 33 浙江省 "
    "34 安徽省 35 福建省 36 江西省 37 山东省 41 河南省 42 湖北省 43 湖南省 44 广东省 45 广西壮族自治区 46 海南省 50 重庆市 "
    "51 四川省 52 贵州省 53 云南省 54 西藏自治区 61 陕西省 62 甘肃省 63 青海省 64 宁夏回族自治区 65 新疆维吾尔自治区 "
    "71 台湾省 81 香港特别行政区 82 澳门特别行政区",
)
