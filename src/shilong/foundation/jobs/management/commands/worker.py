"""`manage worker`：运行后台作业。"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shilong.foundation.jobs.services import run_until_signalled


class Command(BaseCommand):
    help = "运行后台作业与定时；收到 SIGTERM 做完手头的再停。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1, help="线程数，默认 1")
        parser.add_argument("--lease", type=float, default=60, help="租约秒数，默认 60")

    def handle(self, *args: Any, **options: Any) -> None:
        run_until_signalled(options["concurrency"], lease_seconds=options["lease"])
