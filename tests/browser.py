"""浏览器测试的固件，src 与 tests 下的测试都能用。

page                Playwright 页面（系统 Chromium），失败时截图与页面源码留在 test-artifacts/
live_server         pytest-django 的真实服务；有它的会话里 SQLite 落在文件上，多线程才是真的
sign_in(page, username)   以某账号登录这个页面的浏览器上下文（不走登录页）
assert_accessible(page)   axe 检查 WCAG 2.1 AA，零违规
snapshot(page, name)      截图到 test-artifacts/
settle()            同步跑完到期的事件与作业
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "test-artifacts"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
BROWSER_FIXTURES = {"page", "context", "browser", "phone"}


def pytest_configure(config: pytest.Config) -> None:
    # Playwright 的同步接口在本线程里转着事件循环，Django 会误以为是异步环境而拒绝访问数据库。
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    config.stash[_LIVE] = False


_LIVE = pytest.StashKey[bool]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """用到浏览器的测试自动打 browser 标记；没有 Chromium 的机器跳过并说明原因。"""
    chromium = _chromium()
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if "live_server" in names:
            config.stash[_LIVE] = True
        if names & BROWSER_FIXTURES:
            item.add_marker(pytest.mark.browser)
            if not chromium:
                item.add_marker(pytest.mark.skip(reason="没有 Chromium；请安装 chromium 软件包"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """有真实服务的会话把 SQLite 测试库放在文件里：内存库所有线程共用一个连接，看不出锁的问题。"""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if request.config.stash[_LIVE] and database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.DATA) / "test.sqlite3")
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """用系统 Chromium；容器里以 root 跑需要 --no-sandbox。"""
    # 假摄像头：高拍仪与扫码的测试用；不会弹出授权框。
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    return {"executable_path": _chromium(), "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=zh-CN", *camera]}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {"viewport": DESKTOP, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def phone(browser, browser_context_args):
    """手机大小的页面。"""
    context = browser.new_context(**{**browser_context_args, "viewport": PHONE, "is_mobile": True, "has_touch": True})
    yield context.new_page()
    context.close()


@pytest.fixture
def sign_in(live_server) -> Callable[..., None]:
    """以某账号登录；密码与短信登录由登录页自己的测试覆盖。"""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    def enter(page, username: str) -> None:
        client = Client()
        account = get_user_model().objects.get(username=username)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return enter


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """axe 零违规；失败时列出规则、说明与元素。"""
    from axe_playwright_python.sync_playwright import Axe

    def check(page, *, exclude: tuple[str, ...] = ()) -> None:
        options = {"runOnly": {"type": "tag", "values": WCAG}}
        context = {"exclude": [[selector] for selector in exclude]} if exclude else None
        found = Axe().run(page, context=context, options=options).response["violations"]
        lines = [f"{one['id']}：{one['help']}\n    " + "\n    ".join(node["html"][:160] for node in one["nodes"][:5]) for one in found]
        assert not found, "\n".join([page.url, *lines])

    return check


@pytest.fixture
def snapshot() -> Callable[..., Path]:
    """截图到 test-artifacts/<名字>.png，供人看；不做像素比对。"""

    def take(page, name: str, *, full_page: bool = True) -> Path:
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{_safe(name)}.png"
        page.screenshot(path=path, full_page=full_page)
        return path

    return take


@pytest.fixture
def settle() -> Callable[[], int]:
    """同步跑完到期的事件与作业；测试里没有作业进程。"""
    from shilong.foundation.jobs.services import run_pending

    return run_pending


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """浏览器测试失败时留下现场。"""
    report = yield
    pages = {name: item.funcargs[name] for name in ("page", "phone") if name in getattr(item, "funcargs", {})}
    if report.when == "call" and report.failed:
        for name, page in pages.items():
            _keep_scene(page, _safe(item.nodeid + ("" if name == "page" else "-phone")))
    return report


def _keep_scene(page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    try:
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
        (ARTIFACTS / f"{name}.html").write_text(page.content())
    except Exception as error:  # 页面已经崩了也不能盖住原来的失败
        (ARTIFACTS / f"{name}.txt").write_text(f"没能截图：{error}")


def _chromium() -> str:
    return next((path for path in CHROMIUM if Path(path).exists()), "") or shutil.which("chromium") or ""


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)[-120:]
