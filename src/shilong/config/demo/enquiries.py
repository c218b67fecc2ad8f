"""演示用的咨询投诉：演示群众与企业提的几件，各种状态都有。"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from shilong.config.demo.staff import accounts_made
from shilong.foundation.events import services as events
from shilong.identity.accounts.selectors import actor_for
from shilong.service.enquiries import selectors, services
from shilong.service.enquiries.rules import Step
from shilong.service.enquiries.services import Draft

MOBILE = "13000000001"
ANSWER = "经营场所不变的，到期前三十日在网上提交延续申请，材料只要申请表，十个工作日内办结，可以邮寄。"
# （谁，几天前，类型，标题，内容，部门，走到哪一步）
WANTED = (
    (
        "demo-citizen",
        12,
        "consult",
        "卫生许可证快到期，怎样延续？",
        "理发店的公共场所卫生许可证下月到期，要带哪些材料？",
        "wjw",
        "published",
    ),
    ("demo-enterprise", 9, "suggest", "希望增加自助打印机", "大厅二楼只有一台自助打印机，月底排队久，建议增加一台。", "zwj", "rated"),
    ("demo-citizen", 5, "consult", "食品小摊点登记能不能网上办？", "在夜市摆摊，白天没空跑大厅，能不能全程网上办？", "scjg", "answered"),
    ("demo-enterprise", 1, "consult", "人力资源许可变更地址", "公司搬到人民路街道，变更地址要不要重新现场核查？", "rsj", "waiting"),
    (
        "demo-citizen",
        0,
        "complaint",
        "中午窗口没有人",
        "十二点半到大厅，公告说中午不断档，但窗口没有人，等了四十分钟。",
        "scjg",
        "unassigned",
    ),
)


def enquiries() -> int:
    """装入演示的咨询投诉，返回新建了几件；已有的不再装。事件只记不发，不为演示数据发短信。"""
    people = accounts_made("demo-")
    if selectors.mine(actor_for(people["demo-citizen"])).total:
        return 0
    with events.record_only(), transaction.atomic():
        for username, days, kind, title, content, department, until in WANTED:
            at = timezone.now() - timedelta(days=days)
            draft = Draft(kind, title, content, mobile=MOBILE, department=department)
            _go(services.submit(draft, actor=actor_for(people[username]), at=at).number, until, at, people, username)
    return len(WANTED)


def _go(number: str, until: str, at: datetime, people: dict[str, int], username: str) -> None:
    owner, officer, bureau = (actor_for(people[name]) for name in (username, "demo-officer", "demo-leader"))
    day = timedelta(days=1)
    if until in ("answered", "rated", "published"):
        services.advance(number, Step.ANSWER, {"note": ANSWER}, actor=officer, expected_version=1, at=at + day)
    if until in ("rated", "published"):
        services.advance(number, Step.RATE, {"satisfaction": "5"}, actor=owner, expected_version=2, at=at + day * 2)
    if until == "published":
        services.advance(number, Step.PROPOSE, {}, actor=officer, expected_version=3, at=at + day * 3)
        view = selectors.enquiry(number, bureau)
        texts = {name: getattr(view, name) for name in ("public_title", "public_content", "public_answer")}
        services.advance(number, Step.PUBLISH, texts, actor=bureau, expected_version=4, at=at + day * 4)
