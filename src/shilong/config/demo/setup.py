"""装入演示数据。"""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from shilong.config.demo import enquiries, halls, joint, licences, papers, seals, staff, terminals
from shilong.config.demo.tasks import deliveries, history
from shilong.foundation.refusals import Refused
from shilong.identity.organizations import services as organizations
from shilong.service.catalog import seed as catalog_seed
from shilong.service.catalog.seed.contents import departments
from shilong.service.forms.seed import seed_forms

Progress = Callable[[str], None]


class NotInProduction(Refused):
    code = "not_in_production"
    message = "生产模式不能装演示数据：演示账号的密码是公开的。"


def install(progress: Progress) -> None:
    """装入演示数据；历史办件交给作业在后台继续生成。重复执行只补缺的。

    异常：
        NotInProduction: 在生产模式里调用。
    """
    if settings.MODE == "production":
        raise NotInProduction
    organizations.seed_departments(departments())
    progress("装入 60 个事项与申请表")
    seed_forms()
    catalog_seed.seed()
    progress("建立演示账号")
    passwords = _passwords()
    staff.accounts(passwords)
    for username, password in passwords.items():
        progress(f"  {username:<16} {password}")
    staff.colleagues()
    progress("制发各部门的电子印章")
    seals.seals()
    progress("签发演示账号名下的电子证照")
    licences.licences()
    progress("装入几件咨询投诉")
    enquiries.enquiries()
    progress("装入一件事主题与双告知")
    joint.joint()
    progress("布置政务大厅：窗口、号源、预约与排队")
    halls.halls()
    papers.papers()
    progress("登记大厅终端")
    terminals.terminals()
    progress("历史办件在后台生成，可先使用；进度见各工作台页面顶部")
    deliveries.enqueue(key="demo.deliveries")
    history.enqueue(0, key="demo.history")


def _passwords() -> dict[str, str]:
    """演示账号的密码：首次随机生成，写入数据目录（600 权限），之后沿用。"""
    path = Path(settings.DATA) / "demo-accounts.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in staff.DEMO if name not in known]
    if missing:
        known |= {name: f"Sl-{secrets.token_urlsafe(9)}7" for name in missing}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(known, stream, ensure_ascii=False, indent=1)
    return known
