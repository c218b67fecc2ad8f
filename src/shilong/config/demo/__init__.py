"""演示数据：组织、账号、事项与约两千件由引擎真实走出来的历史办件。只在演示模式装入，可中断、可续。"""

from collections.abc import Callable


def install(progress: Callable[[str], None]) -> None:
    """装入演示数据；见 `setup.install`。"""
    from shilong.config.demo import setup  # 应用加载完才能取模型

    setup.install(progress)
