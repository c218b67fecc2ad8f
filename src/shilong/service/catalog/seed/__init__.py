"""内置种子：60 个事项。原始清单在 `data/service_items.json`，本包补全国标要素、情形、审查方案与特别程序。

`seed()` 幂等：已有的事项不动（管理员可能已经改过）；`python -m` 不提供入口，由演示数据与安装命令调用。
"""

from shilong.service.catalog.seed.contents import Seed, contents
from shilong.service.catalog.seed.load import seed

__all__ = ["Seed", "contents", "seed"]
