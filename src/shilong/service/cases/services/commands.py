"""提交办件的命令。"""

from dataclasses import dataclass, field
from typing import Any

from shilong.identity.accounts.selectors import ApplicantProfile


@dataclass(frozen=True, slots=True)
class MaterialInput:
    """一份材料。`late` 表示申请容缺后补；`source`：upload camera licence share paper。"""

    code: str
    file_ids: list[str] = field(default_factory=list)
    late: bool = False
    source: str = "upload"


@dataclass(frozen=True, slots=True)
class SubmitCommand:
    """提交申请。

    参数：
        item_code: 业务办理项编码。
        form: 申请表，键为字段名。
        channel: 渠道码，1 电脑 2 手机 3 窗口 4 自助。
        applicant: 窗口代填时的申请人；群众本人提交时为空，取自登录账号。
        idempotency_key: 防重复提交键；同一人同一键只会有一件。
        late_promise: 有容缺材料时，申请人已签容缺受理承诺书。
        agent: 代理人 {name, id_no, mobile}；经登录账号授权经办的自动填写。
    """

    item_code: str
    form: dict[str, Any]
    materials: list[MaterialInput] = field(default_factory=list)
    situation: dict[str, Any] = field(default_factory=dict)
    channel: str = "1"
    applicant: ApplicantProfile | None = None
    idempotency_key: str = ""
    late_promise: bool = False
    agent: dict[str, str] | None = None
