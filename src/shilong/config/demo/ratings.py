"""演示用的评价：历史办件办结后，有的人评、有的人不评；少数实名差评走完核实、整改、回访。"""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from shilong.config.demo import staff
from shilong.foundation.calendar import services as calendars
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.cases.selectors import served as cases
from shilong.service.ratings import services
from shilong.service.ratings.rules import scores
from shilong.service.ratings.rules.tickets import Step
from shilong.service.ratings.services import Opinion, occasions, opinions, policies, tallies

LEVELS = {5: 68, 4: 19, 3: 8, 2: 3, 1: 2}
SLOW = {5: 40, 4: 20, 3: 15, 2: 17, 1: 8}  # 有一个部门近来变差，看板上看得到预警与建议
TROUBLED = "wjw"
RATES = 0.62
KIND = ("办得快，一次就好了。", "窗口同志很热情，讲得清楚。", "网上就办了，没跑腿。", "材料少，方便。", "", "", "")
CROSS = ("等了一上午，窗口说系统慢。", "电话里说的材料和窗口要的不一样，多跑了一趟。", "态度不耐烦，问两句就不想答。", "")
FINDINGS = ("已电话联系评价人，情况属实。", "已联系评价人，当天窗口人手不足，等候时间长。")
FIXES = ("已对窗口人员开展一次性告知培训，并在窗口公示材料清单。", "已增开一个窗口，高峰时段由值班领导巡查。")


def tell(case_no: str, person: ApplicantProfile, chooser: random.Random) -> None:
    """一件办结的历史办件的评价。在装入历史的事务里，事件只记不发，汇总随手计入。"""
    step = occasions.reached(case_no).get(occasions.DONE)
    if step is None:
        return
    row = occasions.from_known_step(step)
    if row is None:
        return
    at = step.at + timedelta(hours=chooser.randint(1, 60))
    due = step.at + timedelta(days=policies.current()["default_days"])
    now = timezone.now()
    if chooser.random() < RATES and at < now and person.account_id:
        _rate(case_no, person.account_id, at, chooser)
    elif due < now:
        opinions.rate_by_system(row, at=due)
    tallies.count(row.pk)


def _rate(case_no: str, account_id: int, at: datetime, chooser: random.Random) -> None:
    case = cases.served(case_no)
    troubled = case is not None and case.department == TROUBLED and at > timezone.now() - timedelta(days=10)
    weights = SLOW if troubled else LEVELS
    level = chooser.choices(list(weights), list(weights.values()))[0]
    options = [code for code, _ in scores.tags_of(level)]
    tags = ["213"] if troubled and level == 2 else chooser.sample(options, chooser.choice((1, 1, 2, 3)))
    text = chooser.choice(CROSS if level in scores.BAD else KIND)
    opinion = Opinion(level, tags, text, anonymous=level not in scores.BAD or chooser.random() < 0.3)
    made = services.rate_case(case_no, occasions.DONE, opinion, actor=accounts.actor_for(account_id), pf=chooser.choice("1222366"), at=at)
    ticket = getattr(made, "ticket", None)
    if ticket is not None:
        _handle(ticket.number, ticket.department, ticket.staff_id, at, chooser)


def _handle(number: str, department: str, rated: int | None, at: datetime, chooser: random.Random) -> None:
    """工单按日子往前走：立单不久的还没人接，久的已办结。被评的人不能处理自己的差评，换本部门另一位。"""
    crew = {**staff.accounts_made(f"sim-officer-{department}"), **staff.accounts_made(f"sim-leader-{department}")}
    officer = accounts.actor_for(next(pk for pk in crew.values() if pk != rated))
    bureau = accounts.actor_for(staff.accounts_made("demo-leader")["demo-leader"])
    calendar = calendars.load()
    version = 1

    def do(step: Step, actor: Actor, days: int, **values: str) -> bool:
        nonlocal version
        day = calendar.add_workdays(at.date(), days)
        moment = at.replace(year=day.year, month=day.month, day=day.day)
        if moment >= timezone.now():
            return False
        try:
            services.advance(number, step, values, actor=actor, expected_version=version, at=moment)
        except Refused:  # 办结人恰好就是承办人：真实系统里换人办，故事停在这一步
            return False
        version += 1
        return True

    plan = [
        (Step.TAKE, officer, 0, {}),
        (Step.CONTACT, officer, 1, {"note": chooser.choice(FINDINGS)}),
        (Step.RECTIFY, officer, 2, {"note": "限期整改，明确责任人。"}),
        (
            Step.FEEDBACK,
            officer,
            chooser.randint(4, 12),
            {"note": chooser.choice(FIXES), "reply": chooser.choice(FIXES) + "感谢您的监督。"},
        ),
        (Step.VISIT, bureau, 14, {"note": "电话回访，评价人表示认可。", "visit": chooser.choice(("satisfied", "accepted"))}),
        (Step.CLOSE, bureau, 15, {"note": "整改到位，回访认可，办结。"}),
    ]
    for step, actor, days, values in plan:
        if not do(step, actor, days, **values):
            return
