"""权限矩阵：谁打开哪个地址得到什么状态码。"""

from collections.abc import Iterable, Mapping

from django.test import Client

from shilong.identity.accounts.models import Account

Row = tuple[str, Mapping[str, int]]


def enter(client: Client, username: str) -> None:
    """以某账号登录。"""
    client.force_login(Account.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")


def wrong_statuses(client: Client, matrix: Iterable[Row], users: Mapping[str, str], **fill: str) -> list[tuple[str, str, int, int]]:
    """与矩阵不符的：（地址，谁，应为，实为）。`users` 是矩阵里的称呼 → 登录名；`anonymous` 不登录；`fill` 填地址里的空。"""
    wrong = []
    for path, expected in matrix:
        for who, status in expected.items():
            client.logout()
            if who != "anonymous":
                enter(client, users[who])
            found = client.get(path.format(**fill)).status_code
            if found != status:
                wrong.append((path, who, status, found))
    return wrong
