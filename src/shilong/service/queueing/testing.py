"""测试与演示用的大厅：一厅两组三窗。只供测试与演示。"""

from shilong.identity.roles.actor import SYSTEM
from shilong.service.queueing import services

HALL, GENERAL, SOCIAL = "main", "general", "social"
WINDOWS = ("01 号窗口", "02 号窗口", "03 号窗口")


def make_hall(*, social_departments: tuple[str, ...] = ("rsj",), windows: tuple[str, ...] = WINDOWS) -> None:
    """综合窗口组 A（兜底）与人社窗口组 B；最后一个窗口两条队都叫。重复执行无害。"""
    services.save_hall(HALL, name="石龙区政务服务大厅", address="石龙区人民路1号政务服务中心", phone="0375-2520000", actor=SYSTEM)
    services.save_group(GENERAL, hall=HALL, name="综合受理", letter="A", fallback=True, actor=SYSTEM)
    services.save_group(SOCIAL, hall=HALL, name="社保民政", letter="B", departments=social_departments, actor=SYSTEM)
    for place, name in enumerate(windows):
        both = place == len(windows) - 1
        groups = (GENERAL, SOCIAL) if both else (GENERAL,) if place % 2 == 0 else (SOCIAL,)
        services.save_window(name, hall=HALL, groups=groups, actor=SYSTEM)
