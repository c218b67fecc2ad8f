"""办件接口。申请人取自令牌；错误体统一 `{code, message, fields}`（401 未登录、403 无权、409 版本冲突、422 不合规则）。"""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Header, Query, Router, Schema, Status

from shilong.identity.accounts.network import client_ip
from shilong.identity.roles.actor import Actor
from shilong.service.cases import selectors, services
from shilong.service.cases.selectors import CaseRow, CaseView

router = Router()


class MaterialIn(Schema):
    """一份材料：`code` 取自事项的材料清单，`file_ids` 取自文件上传接口。"""

    code: str = Field(max_length=16)
    file_ids: list[str] = Field(default_factory=list, max_length=50)
    late: bool = Field(False, description="申请容缺后补（仅限可容缺的材料，且须 late_promise）")
    source: str = Field("upload", max_length=12, description="upload 上传 camera 拍照 licence 电子证照 share 数据共享")


class CaseIn(Schema):
    """提交申请。"""

    item_code: str = Field(max_length=50)
    form: dict[str, Any] = Field(default_factory=dict)
    materials: list[MaterialIn] = Field(default_factory=list, max_length=100)
    situation: dict[str, Any] = Field(default_factory=dict)
    channel: str = Field("1", max_length=2, pattern="^[1245]$")
    late_promise: bool = Field(False, description="已签容缺受理承诺书")


class ActionIn(Schema, extra="allow"):
    """执行动作：除 action、version 外，其余字段是动作内容，见办件 `actions[].fields`。"""

    action: str = Field(max_length=32)
    version: int


class AskOut(Schema):
    """动作要填的一项。"""

    name: str
    label: str
    kind: str
    required: bool
    options: dict[str, str]
    help: str


class ActionOut(Schema):
    """现在可以做的动作。"""

    name: str
    label: str
    basis: str
    fields: list[AskOut]


class ClockOut(Schema):
    """一只钟。`state`：running paused stopped overdue。"""

    kind: str
    name: str
    total: int
    unit: str
    unit_name: str
    used: int
    left: int
    due: datetime | None
    state: str


class MaterialOut(Schema):
    """材料。"""

    code: str
    name: str
    need: str
    file_ids: list[str]
    source: str
    late: bool
    late_due: datetime | None
    provided: bool
    batch: int


class ApplicantOut(Schema):
    """申请人（脱敏）。"""

    kind: str
    name: str
    id_type: str
    id_no: str
    mobile: str


class DocumentOut(Schema):
    """文书。"""

    number: str
    kind: str
    kind_name: str
    title: str
    verify_code: str
    issued_at: datetime


class TaskOut(Schema):
    """审查、决定、批准任务。"""

    id: int
    stage: str
    round: int
    name: str
    department: str
    role: str
    status: str
    result: str
    opinion: str
    due_at: datetime | None
    done_at: datetime | None


class CaseOut(Schema):
    """办件。"""

    case_no: str
    query_code: str
    status: str
    status_name: str
    version: int
    item_code: str
    item_version: int
    item_name: str
    department: str
    department_name: str
    project_type: str
    channel: str
    applicant: ApplicantOut
    submitted_at: datetime
    received_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    delivered_at: datetime | None
    finished_at: datetime | None
    result: str
    materials: list[MaterialOut]
    clocks: list[ClockOut]
    actions: list[ActionOut]
    tasks: list[TaskOut]
    documents: list[DocumentOut]


class EventOut(Schema):
    """履历。"""

    id: int
    seq: int
    action: str
    name: str
    source: str
    target: str
    target_name: str
    at: datetime
    actor_name: str
    note: str
    basis: str


class RowOut(Schema):
    """待办的一行。"""

    case_no: str
    item_code: str
    item_name: str
    department: str
    department_name: str
    applicant_name: str
    channel: str
    status: str
    status_name: str
    submitted_at: datetime
    promise_due: datetime | None
    due_at: datetime | None
    days_left: int | None
    tone: str
    task_name: str
    version: int


class WorklistOut(Schema):
    """一页待办；`count_is_exact` 为假时 `count` 是下界。"""

    count: int
    count_is_exact: bool
    page: int
    size: int
    results: list[RowOut]


class StepOut(Schema):
    """一步进度。"""

    name: str
    at: datetime
    note: str


class ProgressOut(Schema):
    """匿名进度。"""

    case_no: str
    item_name: str
    department_name: str
    applicant_name: str
    status: str
    status_name: str
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    promise_due: datetime | None
    steps: list[StepOut]


class Problem(Schema):
    """统一错误体。"""

    code: str
    message: str
    fields: dict[str, str]


_ERRORS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@router.post("/cases", response={201: CaseOut, **_ERRORS}, summary="提交申请")
def submit(request: HttpRequest, body: CaseIn, idempotency_key: str = Header("", alias="Idempotency-Key")) -> Status[CaseView]:
    """申请人取自令牌。带 `Idempotency-Key` 重发返回同一件；同键不同内容 409；缺必要材料 422，`fields` 指明哪一份。"""
    command = services.SubmitCommand(
        item_code=body.item_code,
        form=body.form,
        materials=[services.MaterialInput(one.code, one.file_ids, one.late, one.source) for one in body.materials],
        situation=body.situation,
        channel=body.channel,
        idempotency_key=idempotency_key.strip(),
        late_promise=body.late_promise,
    )
    return Status(201, services.submit(command, actor=_actor(request)))


@router.get("/cases/{case_no}", response={200: CaseOut, **_ERRORS}, summary="办件详情")
def detail(request: HttpRequest, case_no: str) -> CaseView:
    """材料、时钟、可做的动作、任务与文书。"""
    return selectors.case(case_no, actor=_actor(request))


@router.post("/cases/{case_no}/actions", response={200: CaseOut, **_ERRORS}, summary="执行动作")
def act(request: HttpRequest, case_no: str, body: ActionIn) -> CaseView:
    """`version` 须是刚看到的版本；有人先动过返回 409。"""
    # 框架把请求体包成按属性取值的对象，额外字段不会进 model_extra，因此从原文取。
    payload = {key: value for key, value in json.loads(request.body).items() if key not in ("action", "version")}
    return services.act(case_no, body.action, actor=_actor(request), expected_version=body.version, payload=payload)


@router.get("/cases/{case_no}/events", response={200: list[EventOut], **_ERRORS}, summary="办件履历")
def events(request: HttpRequest, case_no: str) -> list[Any]:
    """按先后。"""
    return list(selectors.events(case_no, _actor(request)))


@router.get("/worklist", response={200: WorklistOut, **_ERRORS}, summary="我的待办")
def worklist(
    request: HttpRequest,
    state: str = Query("", max_length=200),
    q: str = Query("", max_length=100),
    department: str = Query("", max_length=32),
    channel: str = Query("", max_length=2),
    due: str = Query("", max_length=10),
    sort: str = Query("", max_length=12),
    page: int = Query(1, ge=1, le=100000),
    size: int = Query(20, ge=1, le=100),
) -> dict[str, Any]:
    """不给 `state` 时只列轮到本人动手的；给出时列数据范围内该状态的全部办件。"""
    found = selectors.worklist(
        _actor(request), state=state, q=q, department=department, channel=channel, due=due, sort=sort, page=page, size=size
    )
    rows: list[CaseRow] = list(found.items)
    return {"count": found.total, "count_is_exact": found.total_is_exact, "page": found.number, "size": found.size, "results": rows}


@router.get("/progress", response={200: ProgressOut, 404: Problem, 429: Problem}, auth=None, summary="凭查询码查进度")
def progress(request: HttpRequest, case_no: str = Query(..., max_length=50), query_code: str = Query(..., max_length=20)) -> Any:
    """匿名可用，已脱敏；查询码连续输错 5 次锁定 15 分钟。"""
    return selectors.progress(case_no, query_code, client_ip(request))
