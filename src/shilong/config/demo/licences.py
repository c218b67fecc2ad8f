"""演示用的证照：证照类型，演示群众与企业名下各几张（已签发、待签发），走真实的编号、盖章、签发。"""

from django.db import transaction

from shilong.config.demo.staff import DEMO, accounts_made
from shilong.identity.accounts.selectors import actor_for
from shilong.service.licences import seed, services
from shilong.service.licences.rules.states import State
from shilong.service.licences.testing import make_draft

PLACE = {
    "单位名称": "石龙区测试甲理发店",
    "地址": "石龙区龙兴街道测试路1号",
    "法定代表人（负责人）": "测试甲",
    "许可项目": "理发店、美容店",
}
SHOP = {
    "经营者名称": "石龙区虚构超市",
    "经营场所": "石龙区人民路街道测试大道2号",
    "主体业态": "食品销售经营者",
    "经营项目": "预包装食品、散装食品",
}
FIRM = {
    "名称": "平顶山市石龙区虚构测试有限公司",
    "类型": "有限责任公司",
    "经营范围": "食品销售；日用百货销售",
    "住所（经营场所）": "石龙区人民路街道测试大道2号",
}
WANTED = (
    ("demo-citizen", "公共场所卫生许可证", PLACE, True),
    ("demo-citizen", "护士执业证书", {"执业地点": "石龙区虚构医院", "所学专业": "护理学"}, True),
    ("demo-citizen", "教师资格证书", {"资格种类": "幼儿园教师资格"}, False),
    ("demo-enterprise", "营业执照", FIRM, True),
    ("demo-enterprise", "食品经营许可证", SHOP, True),
    ("demo-enterprise", "道路运输经营许可证", {"场所名称": "虚构货运部"}, False),
)


def licences() -> int:
    """装类型、造证照，返回签发了几张；重复执行只补缺的。签发人是演示的审批人员（有全部部门的用章授权）。"""
    seed.install()
    officer = actor_for(accounts_made("demo-")["demo-officer"])
    issued = 0
    for username, type_name, face, sign in WANTED:
        profile = DEMO[username].profile
        person = DEMO[username].kind == "person"
        with transaction.atomic():
            row = make_draft(
                type_name, name=profile["name"], code=profile["id_no" if person else "uscc"], kind="1" if person else "2", face=face
            )
        if sign and row.state == State.DRAFT:
            services.issue(row.uid, actor=officer)
            issued += 1
    return issued
