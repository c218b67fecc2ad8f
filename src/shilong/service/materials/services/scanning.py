"""高拍仪：窗口连拍的几页拉正裁边，合成一个 PDF 放进材料。"""

import io
from collections.abc import Sequence

from shilong.foundation.files import scans
from shilong.foundation.files import services as file_services
from shilong.foundation.refusals import Invalid, NotAllowed
from shilong.identity.roles.actor import Actor, Role
from shilong.service.materials import selectors
from shilong.service.materials.models import DraftMaterial
from shilong.service.materials.refusals import NoSuchMaterial
from shilong.service.materials.services.drafts import WINDOW_CHANNEL, put
from shilong.service.materials.views import DraftView

MAX_PAGES = 30


def scan(draft_id: object, material_code: str, pages: Sequence[tuple[bytes, object, int]], *, actor: Actor) -> DraftView:
    """收下高拍仪拍的几页；一页是图片，多页是 PDF。

    参数：
        pages: （图片, 四角, 顺时针转几个直角）；四角为 None 时自动找。

    异常：
        NotAllowed: 不是窗口代填。NoSuchMaterial。Invalid: 没有页、页太多、四角不对；不是图片等文件的拒绝。
    """
    view = selectors.draft(draft_id, actor)
    if not actor.has(Role.WINDOW) or view.channel != WINDOW_CHANNEL:
        raise NotAllowed("高拍仪只在窗口代填时使用。")
    state = view.material(material_code)
    if state is None or state.view.generated:
        raise NoSuchMaterial
    if not 1 <= len(pages) <= MAX_PAGES:
        raise Invalid(f"请先拍，一次最多 {MAX_PAGES} 页。")
    sheets = [_sheet(*page) for page in pages]
    name = state.view.name[:60]
    stored = [file_services.store(io.BytesIO(one), f"{name}.jpg", owner_id=actor.account_id) for one in sheets]
    if len(stored) == 1:
        return put(draft_id, material_code, stored[0].pk, actor, DraftMaterial.Source.SCAN)
    combined = file_services.merge([one.pk for one in stored], name, owner_id=actor.account_id)
    file_services.forget([str(one.pk) for one in stored])
    return put(draft_id, material_code, combined.pk, actor, DraftMaterial.Source.SCAN)


def _sheet(content: bytes, corners: object, turns: int) -> bytes:
    wanted = scans.parse(corners) if corners is not None else scans.detect(content)
    return scans.straighten(content, wanted, turns)
