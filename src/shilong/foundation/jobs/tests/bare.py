"""只装作业与事件的最小设置：子进程工作者启动快，也不受上层模块牵连。"""

from shilong.config.settings import *  # noqa: F403

INSTALLED_APPS = [
    "shilong.foundation.events",
    "shilong.foundation.jobs",
    "shilong.foundation.jobs.tests.killtest",
]
MIDDLEWARE: list[str] = []
TEMPLATES: list[dict[str, object]] = []  # 模板标签要用到上层模块
ROOT_URLCONF = __name__
urlpatterns: list[object] = []
