"""基准用的最小区县：真实事项、群众、窗口、审批人员与一份材料文件，都由公开的服务建成。"""

import json
import sys
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from shilong.identity.roles.actor import Actor

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
ITEM = 48  # 内置事项里登记 5 份材料、不分情形的一项


@dataclass
class Scene:
    """`body` 是提交接口的请求体，`bearer` 是群众的请求头。"""

    citizen: Actor
    clerk: Actor
    officer: Actor
    bureau: Actor
    item_code: str
    body: str
    bearer: dict[str, str]

    def payload(self) -> dict[str, Any]:
        return json.loads(self.body)


def build() -> Scene:
    """迁移、基础数据、事项、人。"""
    from shilong.config import prepare
    from shilong.foundation.files import services as files
    from shilong.identity import testing as people
    from shilong.identity.accounts import services as accounts
    from shilong.identity.organizations import services as organizations
    from shilong.identity.roles.actor import Role, Scope
    from shilong.service.cases.testing import sample_form
    from shilong.service.catalog import seed as catalog_seed
    from shilong.service.catalog import selectors as catalog
    from shilong.service.catalog.seed.contents import contents, departments
    from shilong.service.forms.seed import seed_forms

    prepare.everything(lambda text: print(f"› {text}", file=sys.stderr), demo=False)
    organizations.seed_departments(departments())
    seed_forms()
    catalog_seed.seed()
    citizen = people.make_citizen("王建国", username="bench-citizen")
    code = next(row.code for row in contents() if row.seq == ITEM)
    item = catalog.item(code)
    file_id = str(files.store(BytesIO(PDF), "材料.pdf", owner_id=citizen.account_id).id)  # type: ignore[arg-type]
    materials = [{"code": row.code, "file_ids": [file_id]} for row in item.materials if not row.generated]
    token = accounts.issue_token("bench-citizen", people.PASSWORD, "127.0.0.1")[0]
    return Scene(
        citizen=citizen,
        clerk=people.make_staff(Role.WINDOW, department="zwzx", scope=Scope.DISTRICT, username="bench-clerk"),
        officer=people.make_staff(Role.OFFICER, department=item.department, username="bench-officer"),
        bureau=people.make_staff(Role.BUREAU, department="zwzx", scope=Scope.DISTRICT, username="bench-bureau"),
        item_code=code,
        body=json.dumps({"item_code": code, "form": sample_form(code), "materials": materials}),
        bearer={"Authorization": f"Bearer {token}"},
    )
