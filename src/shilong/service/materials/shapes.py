"""申报的是什么：一个事项，或几个事项合成的“一件事”。草稿的读写只认这里的样子，不问后面是一件还是几件。"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from shilong.identity.accounts.selectors import ApplicantProfile
from shilong.identity.roles.actor import Actor
from shilong.service.cases import services as cases
from shilong.service.catalog import rules as catalog_rules
from shilong.service.catalog import selectors as catalog
from shilong.service.catalog.rules import TrimmedItem
from shilong.service.catalog.views import ItemView
from shilong.service.forms import selectors as form_store
from shilong.service.materials.models import DraftMaterial

Answers = Mapping[str, Any]
Source = DraftMaterial.Source


@dataclass(frozen=True, slots=True)
class Order:
    """核对无误、准备提交的一份申报。`materials` 的编码是这个样子自己的材料编码。"""

    form: dict[str, Any]
    materials: list[cases.MaterialInput]
    answers: dict[str, str]
    channel: str
    idempotency_key: str
    applicant: ApplicantProfile | None = None
    late_promise: bool = False
    agent: dict[str, str] | None = field(default=None)


class Shape(Protocol):
    """一种申报对象。`plan` 是几件合办的构成，单个事项为 None；`guide` 是办事指南的地址。"""

    @property
    def item(self) -> ItemView: ...

    @property
    def guide(self) -> str: ...

    def plan(self, answers: Answers) -> Any: ...

    def answers(self, given: Answers) -> dict[str, str]: ...

    def questions(self, answers: Answers) -> list[dict[str, Any]]: ...

    def trim(self, answers: Answers) -> TrimmedItem: ...

    def definition(self, answers: Answers) -> dict[str, Any]: ...

    def context(self, answers: Answers) -> dict[str, Any]: ...

    def prefill(self, applicant: ApplicantProfile) -> dict[str, Any]: ...

    def errors(self, answers: Answers, form: Mapping[str, Any]) -> dict[str, str]: ...

    def submit(self, order: Order, *, actor: Actor) -> str: ...


@dataclass(frozen=True, slots=True)
class Single:
    """一个事项。"""

    item: ItemView

    @property
    def guide(self) -> str:
        return f"/items/{self.item.code}/"

    def plan(self, answers: Answers) -> None:
        return None

    def answers(self, given: Answers) -> dict[str, str]:
        return catalog_rules.answers_of(self.item, given)

    def questions(self, answers: Answers) -> list[dict[str, Any]]:
        return self.item.situations

    def trim(self, answers: Answers) -> TrimmedItem:
        return catalog_rules.trim(self.item, answers)

    def definition(self, answers: Answers) -> dict[str, Any]:
        return form_store.definition(self.item.form_code, self.item.form_version)

    def context(self, answers: Answers) -> dict[str, Any]:
        return {f"situation.{key}": value for key, value in answers.items()}

    def prefill(self, applicant: ApplicantProfile) -> dict[str, Any]:
        return {}

    def errors(self, answers: Answers, form: Mapping[str, Any]) -> dict[str, str]:
        return {}

    def submit(self, order: Order, *, actor: Actor) -> str:
        """交给办件引擎，返回办件编号。"""
        command = cases.SubmitCommand(
            item_code=self.item.code,
            form=order.form,
            materials=order.materials,
            situation=order.answers,
            channel=order.channel,
            applicant=order.applicant,
            idempotency_key=order.idempotency_key,
            late_promise=order.late_promise,
            agent=order.agent,
        )
        return cases.submit(command, actor=actor).case_no


_FACTORIES: dict[str, Callable[[str], Shape]] = {}


def register(prefix: str, factory: Callable[[str], Shape]) -> None:
    """登记一种申报对象：编码以 `prefix` 开头的由 `factory` 给出。模块在 ready() 里调用。"""
    _FACTORIES[prefix] = factory


def of(code: str) -> Shape:
    """按编码取。异常：`ItemUnavailable` 等各自的“没有这个”。"""
    for prefix, factory in _FACTORIES.items():
        if code.startswith(prefix):
            return factory(code)
    return Single(catalog.item(code))


def material_input(state: Any) -> cases.MaterialInput:
    """草稿里一份材料 → 提交时的一份材料。"""
    if state.files:
        return cases.MaterialInput(state.view.code, [row.file_id for row in state.files], source=state.files[0].source)
    if state.paper:
        return cases.MaterialInput(state.view.code, source=Source.PAPER)
    if state.state == "late":
        return cases.MaterialInput(state.view.code, late=True)
    return cases.MaterialInput(state.view.code, source=Source.SHARE)


def agent_of(clean: Mapping[str, Any]) -> dict[str, str] | None:
    """申请表里填了受托人的，就是代理人。"""
    if not clean.get("agent_name"):
        return None
    return {"name": clean["agent_name"], "id_no": clean.get("agent_id_no", ""), "mobile": clean.get("agent_mobile", "")}
