"""内置证照类型：60 个事项里出证照的，一种一个类型，版式按类别生成。"""

from shilong.service.licences.seed.load import install

__all__ = ["install"]
