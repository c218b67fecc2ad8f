"""凭什么用别人的证照：办件需要、持证人当面。两条路共用同一份判断。"""

from shilong.foundation.gm.fields import blind_index
from shilong.identity.roles.actor import SYSTEM, Actor, Role
from shilong.service.cases import selectors as cases
from shilong.service.cases import services as case_services
from shilong.service.cases.selectors import CaseView
from shilong.service.licences.refusals import NoBasis

REASON = "核对证照调用依据"


def of_case(case_no: str, holder_index: str, actor: Actor) -> CaseView:
    """看得到这件办件、申请人就是持证人，才能凭它用证。返回办件。

    异常：
        NoBasis: 看不到，或申请人另有其人。
    """
    if not cases.may_read(case_no, actor):
        raise NoBasis("没有找到这件办件，或不在您的办理范围内，不能凭它调用。请核对办件编号。")
    if blind_index(case_services.reveal(case_no, "id_no", actor=SYSTEM, reason=REASON)) != holder_index:
        raise NoBasis("这件办件的申请人不是这张证照的持证人，不能凭它调用。")
    return cases.case(case_no, actor=SYSTEM)


def of_presence(actor: Actor) -> None:
    """持证人到窗口、当面核验了证件原件；只有窗口能这样说。异常：NoBasis。"""
    if not actor.has(Role.WINDOW):
        raise NoBasis("只有综合窗口能以“持证人到场”为依据。请填写要用到它的办件编号。")
