"""账号的表：账号与档案、经办授权、登录凭据与会话。"""

from shilong.identity.accounts.models.account import Account, Enterprise, Kind, Person
from shilong.identity.accounts.models.agency import Agency
from shilong.identity.accounts.models.credentials import ExternalIdentity, LoginCode, OtpDevice, PasswordHistory, SignIn, Token, new_otp_key
from shilong.identity.accounts.models.preference import Preference

__all__ = [
    "Account",
    "Agency",
    "Enterprise",
    "ExternalIdentity",
    "Kind",
    "LoginCode",
    "OtpDevice",
    "PasswordHistory",
    "Person",
    "Preference",
    "SignIn",
    "Token",
    "new_otp_key",
]
