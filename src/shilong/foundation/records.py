"""只能追加的表：履历、用章、用证这类证据共用。数据库层的触发器由各模块的迁移建。"""

from typing import Any

from django.db import models


class AppendOnly(models.Model):
    """只许新增的行，不给改和删的入口（行政许可法第七十二、七十四条要求全过程留痕；改动即破坏证据）。"""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """只允许新增。"""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} 只能追加，不能修改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """不允许删除。"""
        raise TypeError(f"{type(self).__name__} 只能追加，不能删除")
