"""借办件测试的现场：真实的事项、人、文件，走真实引擎。"""

from shilong.service.cases.tests.conftest import item, world

__all__ = ["item", "world"]
