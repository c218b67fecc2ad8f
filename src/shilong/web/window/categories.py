"""窗口业务分类：由事项的主题与部门映射，供窗口按业务类型找事项。"""

from shilong.service.catalog.views import ItemBrief

INVEST = "投资项目审批"
OTHER = "其他业务"
_BY_DEPARTMENT = {
    "fgw": INVEST,
    "scjg": "企业注册与后置审批",
    "yjj": "企业注册与后置审批",
    "ycj": "企业注册与后置审批",
    "wgl": "企业注册与后置审批",
    "xfd": "企业注册与后置审批",
    "zjj": "房屋与不动产",
    "zrzy": "房屋与不动产",
    "gjj": "住房公积金",
    "gaj": "公安服务",
    "rsj": "社会保障",
    "ybj": "社会保障",
    "mzj": "民政救助",
    "cl": "民政救助",
    "tyjr": "民政救助",
    "wjw": "卫生健康",
    "jtj": "教育体育",
    "cgj": "城市管理",
    "jtys": "交通运输",
    "nyj": "农业农村",
    "sfj": "法律服务",
}
CATEGORIES = tuple(dict.fromkeys([*_BY_DEPARTMENT.values(), OTHER]))
_INVEST_TOPIC = "040"  # 法人主题“投资审批”


def category(brief: ItemBrief) -> str:
    """事项归到哪个业务分类；主题是投资审批的归投资项目，其余按部门。"""
    if _INVEST_TOPIC in brief.corp_topics:
        return INVEST
    return _BY_DEPARTMENT.get(brief.department, OTHER)
