"""业务拒绝：每一种“不行”是一个有名字的异常，带给人看的中文说明。

视图不捕获它们；`web.common.middleware` 与接口层统一变成 4xx 页面或 JSON `{code, message, fields}`。
"""

from typing import Any, ClassVar


class Refused(Exception):
    """规则不允许（422）。子类给出 `code` 与 `message`；`message` 可含 `{名字}`，由构造参数填入。"""

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = "这个操作现在不能进行。"
    status: ClassVar[int] = 422

    def __init__(self, text: str = "", *, fields: dict[str, str] | None = None, **values: Any) -> None:
        self.text = text or self.message.format(**values)
        self.fields = fields or {}
        self.values = values
        super().__init__(self.text)

    def as_dict(self) -> dict[str, Any]:
        """接口错误体。"""
        return {"code": self.code, "message": self.text, "fields": self.fields}


class Invalid(Refused):
    """输入不合规则；`fields` 指出每一处怎样改。"""

    code = "invalid"
    message = "填写的内容有误，请按提示修改。"


class NotSignedIn(Refused):
    code = "not_signed_in"
    message = "请先登录。"
    status = 401


class NotAllowed(Refused):
    """这个人不能做这件事（403）。"""

    code = "not_allowed"
    message = "您没有权限进行这个操作。"
    status = 403


class NotFound(Refused):
    code = "not_found"
    message = "没有找到您要的内容，可能已被删除或编号有误。"
    status = 404


class WrongMethod(Refused):
    """这个地址不收这种请求（405）：多半是把提交用的地址直接打开了。"""

    code = "wrong_method"
    message = "这个地址只在提交表单时使用，不能直接打开。"
    status = 405


class StaleVersion(Refused):
    """页面上的内容已被别人改过（409）。"""

    code = "stale_version"
    message = "这条记录刚刚被别人处理过，请刷新后再试。"
    status = 409


class TooMany(Refused):
    code = "too_many"
    message = "操作太频繁，请稍后再试。"
    status = 429


class TooLarge(Refused):
    code = "too_large"
    message = "文件太大。"
    status = 413


class Unavailable(Refused):
    """数据库暂时连不上（503），恢复后重试即可。"""

    code = "unavailable"
    message = "系统正在恢复，请稍后再试。"
    status = 503


class BadRequest(Refused):
    """请求本身不成样子（400）。"""

    code = "bad_request"
    message = "请求的格式不正确。"
    status = 400
