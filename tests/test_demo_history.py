"""历史办件在后台生成：一件一个事务，件与件之间不占着写锁，前台能写进来。"""

import sqlite3

import pytest
from django.db import connection

from shilong.config.demo import story, tasks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P29")]


@pytest.fixture
def told(monkeypatch):
    """不真造办件，只记先后。"""
    order = []
    monkeypatch.setattr(tasks, "TOTAL", 3)
    monkeypatch.setattr(story, "tell", lambda numbers: order.append(list(numbers)))
    monkeypatch.setattr(tasks.time, "sleep", lambda seconds: order.append((seconds, connection.in_atomic_block)))
    return order


def test_the_write_lock_is_given_up_after_every_case(told, monkeypatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    tasks.history(0)
    assert told == [step for number in range(3) for step in ([number], (tasks.GAP, False))]


def test_a_database_with_many_writers_need_not_wait(told, monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    tasks.history(0)
    assert told == [[0], [1], [2]]


def test_the_gap_is_longer_than_the_lock_poll_of_sqlite():
    """SQLite 的等锁间隔最长 0.1 秒；空档比它短，等的人就可能一直看不到。"""
    assert tasks.GAP > 0.1, sqlite3.sqlite_version
