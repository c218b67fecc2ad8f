"""单件：取一件、履历、能不能看、文件能不能看、对照办件。"""

from shilong.identity.roles.actor import Actor, Role
from shilong.service.cases import permissions
from shilong.service.cases.models import Case, CaseMaterial, Delivery
from shilong.service.cases.refusals import CaseNotFound
from shilong.service.cases.selectors.lists import CaseRow, rows_of
from shilong.service.cases.selectors.views import CaseView, EventRow


def _get(case_no: str) -> Case:
    case = Case.objects.filter(case_no=case_no).first()
    if case is None:
        raise CaseNotFound
    return case


def case(case_no: str, *, actor: Actor) -> CaseView:
    """一件办件。

    异常：
        CaseNotFound: 没有这件办件（404）。
        NotSignedIn、OthersCase: 没有登录，或不在权限范围内。
    """
    found = _get(case_no)
    permissions.require_readable(actor, found)
    return CaseView(found, actor)


def events(case_no: str, actor: Actor) -> list[EventRow]:
    """履历，按先后；权限同 `case`。"""
    return case(case_no, actor=actor).events


def may_read(case_no: str, actor: Actor) -> bool:
    """能不能看这件办件（文书下载鉴权用）；不存在也是不能。"""
    found = Case.objects.filter(case_no=case_no).first()
    return found is not None and (actor.account_id is not None or actor.has(Role.SYSTEM)) and permissions.may_read(actor, found)


def may_read_file(case_no: str, file_id: str, actor: Actor) -> bool:
    """能不能看这件办件里的某个文件：能看办件，且文件确实属于这件办件。"""
    if not may_read(case_no, actor):
        return False
    rows = CaseMaterial.objects.filter(case__case_no=case_no).values_list("file_ids", flat=True)
    if any(str(file_id) in ids for ids in rows):
        return True
    return Delivery.objects.filter(case__case_no=case_no, evidence_file_id=str(file_id)).exists()


def history(actor: Actor, view: CaseView, limit: int = 10) -> list[CaseRow]:
    """同一申请人同一事项的其他办件，审查时对照；只列操作人看得到的。"""
    current = _get(view.case_no)
    rows = permissions.visible(actor).filter(id_index=current.id_index, item_code=current.item_code).exclude(pk=current.pk)
    return rows_of(rows.order_by("-submitted_at")[:limit])
