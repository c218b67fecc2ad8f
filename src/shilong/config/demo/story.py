"""历史办件：每一件都在过去的时间里走真实引擎，该出的文书、履历、时钟一样不少。"""

import io
import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from shilong.config.demo import forms, people, ratings, staff
from shilong.foundation.calendar import services as calendars
from shilong.foundation.calendar.rules import ZONE
from shilong.foundation.events import services as events
from shilong.foundation.files import services as files
from shilong.foundation.refusals import Refused
from shilong.identity.accounts import selectors as accounts
from shilong.identity.accounts import services as account_services
from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.cases import clock
from shilong.service.cases import selectors as cases
from shilong.service.cases import services as case_services
from shilong.service.cases.selectors import CaseView
from shilong.service.cases.services import MaterialInput, SubmitCommand
from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.views import ItemView
from shilong.service.forms import selectors as form_store
from shilong.service.insight import services as insight
from shilong.service.materials.profile import prefill_source

APPLICANTS = 200
PLOTS = {"plain": 76, "supplement": 9, "reject": 3, "deny": 3, "withdraw": 3, "special": 4, "slow": 2}
CHANNELS = {"1": 45, "2": 30, "3": 25}
DEMO_OWN = dict.fromkeys(range(6), "demo-citizen") | dict.fromkeys(range(6, 10), "demo-enterprise")  # 演示账号自己也有几件


class Ended(Exception):
    """故事讲到今天了：后面的动作还没发生，这件就是在办件。"""


def tell(numbers: Iterable[int]) -> None:
    """生成若干件。每件一个事务：要么完整，要么没有；事件只记不发，统计随手计入。"""
    with events.record_only():
        for number in numbers:
            with transaction.atomic():
                _one(number)


def _one(number: int) -> None:
    chooser = random.Random(f"shilong-{number}")  # noqa: S311 演示数据，不是密码学
    username = DEMO_OWN.get(number) or f"sim-applicant-{chooser.randrange(APPLICANTS)}"
    person = _applicant(username)
    item = _item(person, chooser)
    started = _start(number, chooser)
    telling = Telling(chooser, person, item, started)
    if telling.submit(number):
        try:
            telling.go(chooser.choices(list(PLOTS), list(PLOTS.values()))[0])
        except Ended:
            pass
        except Refused:
            # 规则不允许的情节（如特别程序没有依据）就停在这一步，和真实窗口一样。
            pass
        for event in cases.case(telling.case_no, actor=telling.clerk).events:
            insight.count_event(event.id)
        ratings.tell(telling.case_no, person, chooser)


class Telling:
    """一件办件的经过。"""

    def __init__(self, chooser: random.Random, person: ApplicantProfile, item: ItemView, started: datetime) -> None:
        self.chooser = chooser
        self.person = person
        self.item = item
        self.now = started
        self.calendar = calendars.load()
        crew = _crew()
        self.clerk = crew[f"window-{chooser.randint(1, len(staff.CLERKS))}"]
        self.case_no = ""

    def submit(self, number: int) -> bool:
        """提交；按渠道由本人或窗口代填。返回是否成功。"""
        channel = self.chooser.choices(list(CHANNELS), list(CHANNELS.values()))[0] if self.item.is_online else "3"
        actor = self.clerk if channel == "3" else accounts.actor_for(self.person.account_id or 0)
        situation = {one["key"]: self.chooser.choice(one["options"])["value"] for one in _questions(self.item)}
        definition = form_store.definition(self.item.form_code, self.item.form_version)
        command = SubmitCommand(
            item_code=self.item.code,
            form=forms.fill(definition, self.person, prefill_source(self.person), self.chooser),
            materials=self._materials(situation, actor),
            situation=situation,
            channel=channel,
            applicant=self.person if channel == "3" else None,
            idempotency_key=f"demo-{number}",
        )
        try:
            with clock.at(self.now):
                self.case_no = case_services.submit(command, actor=actor).case_no
        except Refused:
            return False
        return True

    def _materials(self, situation: dict[str, Any], actor: Actor) -> list[MaterialInput]:
        needed = [one for one in catalog_rules.trim(self.item, situation).materials if one.need in ("1", "3") and not one.generated]
        return [MaterialInput(one.code, [sample_file(actor.account_id or 0, index % 3)]) for index, one in enumerate(needed)]

    def after(self, low: int, high: int) -> None:
        """过几个工作日，停在上班时间里的某一刻；到了今天以后就结束。"""
        days = self.chooser.randint(low, high)
        day = self.calendar.add_workdays(self.now.date(), days)
        at = datetime.combine(day, time(9 + self.chooser.randint(0, 7), self.chooser.randint(0, 59)), ZONE)
        self.now = max(at, self.now + timedelta(minutes=self.chooser.randint(3, 40)))
        if self.now >= timezone.now():
            raise Ended

    def act(self, action: str, actor: Actor, **payload: Any) -> CaseView:
        """在故事里的此刻执行一个动作。"""
        view = cases.case(self.case_no, actor=actor)
        with clock.at(self.now):
            return case_services.act(self.case_no, action, actor=actor, expected_version=view.version, payload=payload)

    def go(self, plot: str) -> None:
        """按情节走完。"""
        self.after(0, 1)
        self.act("receive", self.clerk)
        if plot == "supplement":
            self._supplement()
        self.after(0, 1)
        if plot == "reject":
            self.act("reject", self.clerk, ground="not_qualified", reason="经营场所不在本区管辖范围内，不符合受理条件。")
            return
        self.act("accept", self.clerk, opinion="申请材料齐全，符合法定形式。", present=True)
        if plot == "withdraw":
            self.after(0, 1)
            self.act("withdraw", self._owner(), reason="申请人自愿撤回")
            return
        if plot == "special" and self.item.project_type == "2":
            self._special()
        self._review(plot)

    def _owner(self) -> Actor:
        return accounts.actor_for(self.person.account_id or 0)

    def _supplement(self) -> None:
        view = cases.case(self.case_no, actor=self.clerk)
        row = view.materials[0] if view.materials else None
        problem = {"material": row.code if row else "申请表", "problem": "扫描件不清晰，缺少签字页，请重新提交完整件。"}
        self.act("supplement", self.clerk, items=[problem])
        self.after(1, 4)
        owner = self._owner()
        materials = [{"code": row.code, "file_ids": [sample_file(owner.account_id or 0, 1)]}] if row else []
        self.act("resubmit", owner, materials=materials, opinion="已按告知书补正")

    def _special(self) -> None:
        officer = self._officer(self.item.department, "officer")
        kind = self.item.special[0].name if self.item.special else "专家评审"
        self.after(0, 1)
        self.act("start_special", officer, kind=kind, reason="依法需要核查", days=5)
        self.after(1, 5)
        self.act("end_special", officer, result="已完成，符合要求", inspectors=[officer.name, "核查员乙"])

    def _officer(self, department: str, role: str) -> Actor:
        crew = _crew()
        return crew.get(f"{role}-{department}") or crew[f"{role}-{self.item.department}"]

    def _review(self, plot: str) -> None:
        promise = max(1, self.item.promise_days or 1) if self.item.project_type == "2" else 0
        pace = promise // 3
        if plot == "slow" and promise:
            self.after(promise + 1, promise * 2)
        while True:
            view = cases.case(self.case_no, actor=self.clerk)
            tasks = [task for task in view.open_tasks if task.stage == "review"]
            if not tasks:
                break
            for task in tasks:
                self.after(0, pace)
                actor = self._officer(task.department, str(task.role))
                self.act("review", actor, result="agree", opinion="经审查，符合规定条件，同意。", task_id=task.pk)
        self.after(0, min(1, promise))
        task = next(task for task in view.open_tasks if task.stage == "decide")
        decider = self._officer(task.department, str(task.role))
        if plot == "deny":
            self.act("decide", decider, result="deny", opinion="经核查，经营场所面积与布局不符合规定条件，依法不予许可。")
        else:
            self.act("decide", decider, result="grant", opinion="符合法定条件，准予。")
        self.after(0, 3)
        self.act("deliver", self.clerk, way=self.chooser.choice(("1", "1", "2")), receiver=self.person.legal_name or self.person.name)
        self.after(0, 2)
        self.act("archive", self.clerk)


def _start(number: int, chooser: random.Random) -> datetime:
    """提交时刻：散在过去 12 个月，越近越密；多在上班时间，少数在夜里。"""
    back = int(365 * (1 - (number * 377 % 997) / 997) ** 1.6)
    day = calendars.load().roll(timezone.localdate() - timedelta(days=back + 1 if back else 1))
    hour = chooser.choice((8, 9, 9, 10, 10, 11, 14, 15, 15, 16, 19, 21))
    at = datetime.combine(day, time(hour, chooser.randint(0, 59), chooser.randint(0, 59)), ZONE)
    return min(at, timezone.now() - timedelta(hours=2))


def morning(day: date) -> datetime:
    """某天上午九点半。"""
    return datetime.combine(day, time(9, 30), ZONE)


def _item(person: ApplicantProfile, chooser: random.Random) -> ItemView:
    rows = [row for row in items() if person.kind in row.server_types]
    return chooser.choice(rows)


@cache
def items() -> list[ItemView]:
    """已发布的全部事项。"""
    page, found = 1, []
    while True:
        batch = catalog.published(page=page, size=100)
        found += [catalog.item(row.code) for row in batch.items]
        if not batch.has_next:
            return found
        page += 1


def _questions(item: ItemView) -> list[dict[str, Any]]:
    return list((item.situations or {}).get("questions", [])) if isinstance(item.situations, dict) else list(item.situations or [])


@cache
def _crew() -> dict[str, Actor]:
    return staff.actors()


@cache
def _applicant(username: str) -> ApplicantProfile:
    """登录名对应的申请人；虚构申请人的账号不存在就建。"""
    made = staff.accounts_made(username)
    if username not in made:
        index = int(username.rsplit("-", 1)[1])
        made[username] = _make(username, people.applicants(APPLICANTS)[index], index)
    return accounts.applicant(made[username])


def _make(username: str, fake: people.FakeApplicant, index: int) -> int:
    if fake.kind == "1":
        mobile = fake.mobile if index < 60 else ""
        row = account_services.create_person(username, None, fake.name, fake.id_no, mobile, 3, address="石龙区龙兴街道测试路")
    else:
        row = account_services.create_enterprise(
            username,
            f"Sl-{random.SystemRandom().getrandbits(96):x}A",
            fake.name,
            fake.id_no,
            fake.legal_name,
            fake.legal_id_no,
            fake.mobile,
            fake.kind,
            level=3,
        )
    return int(row.pk)


@cache
def sample_file(owner: int, kind: int) -> str:
    """这个人名下的一张样例材料；同样的图像内容寻址，只存一份。"""
    picture = Image.new("RGB", (1000, 1414), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 60, 940, 1354), outline=(18, 97, 201), width=4)
    for line in range(12 + kind):
        pen.line((120, 220 + line * 80, 880 - 60 * (line % 3), 220 + line * 80), fill=(190, 200, 214), width=10)
    pen.ellipse((620, 1080, 860, 1320), outline=(196, 30, 36), width=6)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=60)
    buffer.seek(0)
    return str(files.store(buffer, f"样例材料{kind + 1}.jpg", owner_id=owner).id)
