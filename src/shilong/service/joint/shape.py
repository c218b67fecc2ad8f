"""把主题登记为 service.materials 的申报对象：草稿、填表、传材料、换设备续填都用同一套，提交时生成母件与子件。"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.organizations import selectors as organizations
from shilong.identity.roles.actor import Actor
from shilong.service.catalog.rules import TrimmedItem
from shilong.service.catalog.views import ItemView
from shilong.service.forms import rules as forms
from shilong.service.joint import enterprises
from shilong.service.joint.rules import limits, merging, papers, themes
from shilong.service.joint.selectors.themes import Plan, ThemeView, form_of, plan, theme
from shilong.service.joint.services.submit import BundleCommand, submit
from shilong.service.materials.shapes import Answers, Order

PREFIX = "J-"


@dataclass(frozen=True)
class ThemeShape:
    """一件事作为申报对象。"""

    view: ThemeView

    @classmethod
    def of(cls, code: str) -> "ThemeShape":
        """按 `J-<主题代号>` 取。异常：ThemeUnavailable、ItemUnavailable。"""
        return cls(theme(code.removeprefix(PREFIX)))

    @property
    def guide(self) -> str:
        return f"/one-thing/{self.view.code}/"

    @cached_property
    def names(self) -> merging.Names:
        return self.view.names

    @property
    def item(self) -> ItemView:
        """给页面看的样子：名称、牵头部门、关键路径承诺、收费。"""
        made = plan(self.view, {})
        fees = [f"{row.label}：{row.item.fee}" for row in self.view.parts if row.item.fee != "不收费"]
        return ItemView(
            code=f"{PREFIX}{self.view.code}",
            version=self.view.version,
            name=self.view.name,
            type="",
            project_type="2",
            department=self.view.lead,
            department_name=organizations.department(self.view.lead).short_name + "牵头",
            promise_days=made.days,
            promise_unit="1",
            legal_days=limits.JOINT_DAYS,
            legal_unit="1",
            server_types=self.view.kinds,
            materials=[],
            situations=list(self.view.content.get("questions") or []),
            form_code="",
            form_version=None,
            review_plan={},
            special=[],
            fee="；".join(fees) or "不收费",
            result_name="",
            result_type="",
            is_online=True,
            promise_system=False,
        )

    def plan(self, answers: Answers) -> Plan:
        return plan(self.view, answers)

    def answers(self, given: Answers) -> dict[str, str]:
        return themes.answers_of(self.view.content, given)

    def questions(self, answers: Answers) -> list[dict[str, Any]]:
        return themes.questions(self.view.content, answers)

    def chosen(self, answers: Answers) -> list[themes.Part]:
        return themes.selected(self.view.parts, self.answers(answers))

    def trim(self, answers: Answers) -> TrimmedItem:
        full = self.answers(answers)
        found = papers.papers(self.view.content, self.view.parts, self.chosen(full), full)
        options = themes.chosen_options(self.view.content, full)
        notices = [option["notice"] for option in options if option.get("notice")]
        return TrimmedItem([row.view for row in found], notices, full, [option["label"] for option in options])

    def definition(self, answers: Answers) -> dict[str, Any]:
        return form_of(self.view, self.chosen(answers), self.answers(answers))[0]

    def context(self, answers: Answers) -> dict[str, Any]:
        return form_of(self.view, self.chosen(answers), self.answers(answers))[1]

    def prefill(self, applicant: ApplicantProfile) -> dict[str, Any]:
        return enterprises.prefill(applicant)

    def errors(self, answers: Answers, form: Mapping[str, Any]) -> dict[str, str]:
        """合一表单拆回各事项后再核一遍：合并时取宽取严之外的要求，以各事项自己的申请表为准。"""
        full = self.answers(answers)
        found: dict[str, str] = {}
        for row in self.chosen(full):
            context = {f"situation.{key}": value for key, value in themes.situation(row, full).items()}
            errors = forms.validate(row.definition, merging.split(row, self.names, form), context)[1]
            found |= merging.join(row, self.names, errors)
        return found

    def submit(self, order: Order, *, actor: Actor) -> str:
        """生成母件，返回母件编号。"""
        command = BundleCommand(
            theme=self.view,
            form=order.form,
            materials={one.code: one for one in order.materials},
            answers=order.answers,
            channel=order.channel,
            idempotency_key=order.idempotency_key,
            applicant=order.applicant,
            late_promise=order.late_promise,
            agent=order.agent,
        )
        return submit(command, actor=actor).omni_no
