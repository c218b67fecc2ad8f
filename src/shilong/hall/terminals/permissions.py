"""谁能管终端：登记、激活、下发归系统管理员；行政审批局能看、能派故障单；被派的人处理自己的单。"""

from shilong.identity.roles.actor import Actor, Role

MANAGERS = (Role.SYSADMIN,)
KEEPERS = (Role.SYSADMIN, Role.BUREAU)
REPAIRERS = (Role.SYSADMIN, Role.BUREAU, Role.WINDOW)


def is_keeper(actor: Actor) -> bool:
    """能看全部终端与故障单。"""
    return actor.has(*KEEPERS)
