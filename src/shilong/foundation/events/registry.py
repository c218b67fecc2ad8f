"""登记消费者。每个消费者同时登记为作业 `event:<名字>`，各有各的重试与死信。"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from shilong.foundation.jobs.registry import JobDefinition, job


@dataclass(frozen=True, slots=True)
class EventView:
    """消费者看到的事件。"""

    id: int
    topic: str
    key: str
    payload: dict[str, Any]
    occurred_at: datetime


Consume = Callable[[EventView], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """登记过的消费者。"""

    name: str
    topics: tuple[str, ...]
    job: JobDefinition

    def wants(self, topic: str) -> bool:
        """是否订阅这个主题。"""
        return any(fnmatchcase(topic, pattern) for pattern in self.topics)


CONSUMERS: dict[str, Consumer] = {}


def consumer(*topics: str, name: str, retries: int = 8, base: float = 5, cap: float = 3600) -> Callable[[Consume], Consume]:
    """登记一个消费者。

    参数：
        topics: 主题，可用 `case.*`。
        name: 全局唯一的名字；它是去重的一半，改名等于新消费者。
        retries, base, cap: 失败重试，同 `jobs.registry.job`。
    """
    if not topics:
        raise ValueError(f"消费者“{name}”没有写主题")

    def register(function: Consume) -> Consume:
        def deliver(event_id: int) -> None:
            from shilong.foundation.events import dispatch

            dispatch.consume(event_id, name, function)

        deliver.__module__, deliver.__qualname__ = function.__module__, function.__qualname__
        CONSUMERS[name] = Consumer(name, topics, job(f"event:{name}", retries=retries, base=base, cap=cap)(deliver))
        return function

    return register


def subscribers(topic: str) -> list[Consumer]:
    """订阅某主题的全部消费者。"""
    return [entry for entry in CONSUMERS.values() if entry.wants(topic)]
