"""演示用的材料库：群众与企业各几份材料、证明，一份快到期、一份已过期。"""

from datetime import timedelta
from io import BytesIO

from django.utils import timezone
from PIL import Image, ImageDraw

from shilong.config.demo.staff import accounts_made
from shilong.identity.accounts.selectors import actor_for
from shilong.service.library import selectors, services

# （账号, 种类, 名称, 出具单位, 有效天数：负数已过期、空为长期）
WANTED = (
    ("demo-citizen", "material", "房屋租赁合同", "", 20),
    ("demo-citizen", "material", "营业场所平面图", "", None),
    ("demo-citizen", "proof", "毕业证书", "虚构职业技术学院", None),
    ("demo-citizen", "proof", "健康证明", "石龙区虚构医院", 200),
    ("demo-citizen", "proof", "居住证明", "龙兴街道虚构社区", -30),
    ("demo-enterprise", "material", "公司章程", "", None),
    ("demo-enterprise", "proof", "经营场所使用证明", "虚构产业园", 90),
)


def papers() -> int:
    """存入各账号的材料库，返回新存了几份；重复执行只补缺的。"""
    made, today = 0, timezone.localdate()
    accounts = accounts_made("demo-")
    for username, kind, name, issuer, days in WANTED:
        actor = actor_for(accounts[username])
        if any(row.name == name for row in selectors.mine(actor, kind, size=100).items):
            continue
        until = today + timedelta(days=days) if days is not None else None
        issued = today - timedelta(days=400)
        details = services.Details(name=name, issuer=issuer, issued_on=issued, valid_until=until, note="演示数据")
        services.add(kind, details, [(f"{name}.png", _picture(made))], actor=actor)
        made += 1
    return made


def _picture(seed: int) -> BytesIO:
    """一张看得出是演示的纸：几道横线，没有真实内容；每张不同，不会被当成重复。"""
    sheet = Image.new("RGB", (600, 840), "#fbfaf5")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((30, 30, 570, 810), outline="#9a6b1f", width=4)
    pen.rectangle((180, 90, 420, 130), fill="#0b3d82")
    for line in range(10 + seed):
        pen.rectangle((80, 200 + line * 34, 520 - line % 3 * 60, 206 + line * 34), fill="#c6ccd6")
    buffer = BytesIO()
    sheet.save(buffer, "PNG")
    buffer.seek(0)
    return buffer
