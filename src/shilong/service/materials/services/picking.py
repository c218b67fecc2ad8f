"""从别处取材料放进草稿：电子证照、材料库、我的证明。取的都是内容的快照，来源以后怎样变都不影响这份申请。"""

import io
from uuid import UUID

from django.db import transaction

from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import NotAllowed
from shilong.identity.roles.actor import Actor, Role
from shilong.service.library import services as library
from shilong.service.licences import services as licences
from shilong.service.materials import selectors
from shilong.service.materials.models import DraftMaterial
from shilong.service.materials.refusals import NoSuchMaterial
from shilong.service.materials.services.drafts import WINDOW_CHANNEL, put, require_room
from shilong.service.materials.views import DraftView

Source = DraftMaterial.Source


def use_licence(draft_id: object, material_code: str, licence_uid: object, *, actor: Actor) -> DraftView:
    """材料直接选用自己的电子证照（免交）：放进带水印的加注件，并记入用证日志。异常：OthersLicence 等证照房间的拒绝。"""
    view = selectors.draft(draft_id, actor)
    state = view.material(material_code)
    if state is None:
        raise NoSuchMaterial
    copy = licences.copy_for_application(licence_uid, view.applicant, state.view, view.item, actor=actor)
    return _put_copy(draft_id, material_code, copy, actor)


def call_licence(draft_id: object, material_code: str, *, actor: Actor, proof: str = "", present: bool = False) -> DraftView:
    """窗口代填时凭持证人的亮证码、授权编号或本人到场，从证照库取申请人的证照作为材料。

    异常：
        NotAllowed: 不是窗口代填的草稿。证照房间的拒绝：NoBasis、NotHeld、OthersLicence、CodeUnusable、GrantUnusable、SealBroken。
    """
    view = selectors.draft(draft_id, actor)
    state = view.material(material_code)
    if state is None:
        raise NoSuchMaterial
    if view.channel != WINDOW_CHANNEL:
        raise NotAllowed("这不是窗口代填的草稿，请由申请人自己选用证照。")
    require_room(selectors.owned(draft_id, actor), material_code)
    copy = licences.copy_at_counter(view.applicant, state.view, view.item, actor=actor, proof=proof, present=present)
    return _put_copy(draft_id, material_code, copy, actor)


def use_paper(draft_id: object, material_code: str, paper_uid: object, *, actor: Actor) -> DraftView:
    """材料选用自己材料库里的一份或一份证明。异常：NoSuchMaterial；PaperNotFound、PaperExpired 等材料库的拒绝。"""
    view = selectors.draft(draft_id, actor)
    _require_asked(view, material_code)
    with transaction.atomic():
        source, copies = library.copy_for_application(str(paper_uid), view.applicant, view.item, actor=actor)
        return _put_all(draft_id, material_code, copies, actor, source)


def use_proof(draft_id: object, material_code: str, token: str, *, actor: Actor) -> DraftView:
    """窗口扫申请人出示的证明码，取一份放进代填的材料。

    异常：
        NotAllowed: 不是窗口代填。NoSuchMaterial；CodeUnusable、NotTheApplicant 等材料库的拒绝。
    """
    view = selectors.draft(draft_id, actor)
    if not actor.has(Role.WINDOW) or view.channel != WINDOW_CHANNEL:
        raise NotAllowed("只有窗口代填时才能扫码收取证明；自己申报请直接选用“我的证明”。")
    _require_asked(view, material_code)
    copies = library.attach(token, view.applicant, view.item, actor=actor)
    return _put_all(draft_id, material_code, copies, actor, Source.PROOF)


def _put_copy(draft_id: object, material_code: str, copy: licences.MaterialCopy, actor: Actor) -> DraftView:
    stored = file_services.store(io.BytesIO(copy.pdf), copy.name, owner_id=actor.account_id)
    licences.keep_copy(copy, stored.pk)
    return put(draft_id, material_code, stored.pk, actor, Source.LICENCE)


def _put_all(draft_id: object, material_code: str, copies: list[UUID], actor: Actor, source: str) -> DraftView:
    for file_id in copies:
        view = put(draft_id, material_code, file_id, actor, source)
    return view


def _require_asked(view: DraftView, material_code: str) -> None:
    state = view.material(material_code)
    if state is None or state.view.generated:
        raise NoSuchMaterial
