"""写账号：一个公开函数是一个业务动作。"""

from shilong.identity.accounts.services.admin import activate, deactivate, rename, reset_password
from shilong.identity.accounts.services.agency import act_for, attach_letter, authorize_agent, revoke_agent, stop_acting
from shilong.identity.accounts.services.create import (
    bootstrap_admin,
    create_demo,
    create_enterprise,
    create_person,
    create_staff,
    register_enterprise,
    register_person,
)
from shilong.identity.accounts.services.credentials import change_mobile, change_password, disown, raise_level, set_address
from shilong.identity.accounts.services.signin import (
    check_password,
    issue_token,
    revoke_token,
    send_code,
    sign_in_by_code,
    verify_code,
)

__all__ = [
    "act_for",
    "activate",
    "attach_letter",
    "authorize_agent",
    "bootstrap_admin",
    "change_mobile",
    "change_password",
    "check_password",
    "create_demo",
    "create_enterprise",
    "create_person",
    "create_staff",
    "deactivate",
    "disown",
    "issue_token",
    "raise_level",
    "register_enterprise",
    "register_person",
    "rename",
    "reset_password",
    "revoke_agent",
    "revoke_token",
    "send_code",
    "set_address",
    "sign_in_by_code",
    "stop_acting",
    "verify_code",
]
