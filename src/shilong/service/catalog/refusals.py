"""事项的业务拒绝。"""

from collections.abc import Sequence

from shilong.foundation.refusals import Invalid, NotAllowed, NotFound, Refused
from shilong.service.catalog.rules import Problem


class ItemMissing(NotFound):
    """没有这个事项（管理端：包括没发布过的）。"""

    code = "item_missing"
    message = "没有编码为“{item}”的事项。"


class NoDraft(Refused):
    """没有正在编辑的版本。"""

    code = "no_draft"
    message = "这个事项没有待处理的版本，请先点“修订”。"


class UnderReview(Refused):
    """已提交审核，不能再改。"""

    code = "under_review"
    message = "这一版已提交审核，审核完成前不能修改。需要修改请审核人驳回。"


class NotUnderReview(Refused):
    code = "not_under_review"
    message = "这一版还没有提交审核，或者已经审核过了。"


class SelfReview(NotAllowed):
    """不能审核自己改过或提交的版本。"""

    code = "self_review"
    message = "您修改或提交过这一版，须由行政审批局或另一名事项管理员审核。"


class Unchanged(Refused):
    code = "unchanged"
    message = "这一版与现行版本完全相同，不需要发布。"


class QualityFailed(Invalid):
    """发布前质检没有通过；`problems` 是全部问题，`fields` 按要素归并。"""

    code = "quality_failed"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        fields: dict[str, str] = {}
        for problem in problems:
            fields[problem.field] = f"{fields[problem.field]} {problem.message}" if problem.field in fields else problem.message
        first = "；".join(f"{problem.code} {problem.message}" for problem in problems[:3])
        super().__init__(f"质检没有通过，共 {len(problems)} 处：{first}" + ("……" if len(problems) > 3 else ""), fields=fields)


class BadImport(Invalid):
    """导入的文件有问题；一条也没有写入。"""

    code = "bad_import"
    message = "导入文件有误，没有写入任何内容。"
