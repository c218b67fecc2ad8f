"""登录与账号的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotAllowed, NotSignedIn, Refused, TooMany


class BadCredentials(NotSignedIn):
    """登录名不存在、密码不对、账号停用说同一句话：不让人试出哪些登录名存在。"""

    code = "bad_credentials"
    message = "登录名或密码不正确。"


class AccountLocked(TooMany):
    code = "account_locked"
    message = "登录失败次数过多，已暂时锁定。请 {minutes} 分钟后再试，或用短信验证码登录。"


class SecondFactorRequired(NotSignedIn):
    code = "second_factor_required"
    message = "这个账号要求动态口令，请在 otp 字段给出 6 位数字。"


class SecondFactorNotBound(NotAllowed):
    code = "second_factor_not_bound"
    message = "工作人员账号须先在网页登录并绑定动态口令。"


class PasswordChangeRequired(NotAllowed):
    code = "password_change_required"
    message = "密码已到期或须重设，请先在网页登录并修改密码。"


class WrongCode(Invalid):
    code = "wrong_code"
    message = "验证码不正确或已过期，请核对最近一条短信。"


class CodeTooSoon(TooMany):
    code = "code_too_soon"
    message = "验证码刚刚发过，请 {seconds} 秒后再试。"


class CodeDailyLimit(TooMany):
    code = "code_daily_limit"
    message = "今天获取验证码的次数已用完，请明天再试，或改用密码登录。"


class WeakPassword(Invalid):
    code = "weak_password"
    message = "密码不符合要求。"


class WrongOldPassword(Invalid):
    code = "wrong_old_password"
    message = "原密码不正确。"


class AlreadyRegistered(Refused):
    code = "already_registered"
    message = "{what}已经注册过。可直接登录，忘记密码请用短信验证码登录后重设。"


class UsernameTaken(Invalid):
    code = "username_taken"
    message = "这个登录名已被使用，请换一个。"


class AgencyExists(Refused):
    code = "agency_exists"
    message = "这位经办人已有一份有效授权。要改范围或期限，请先撤销原授权。"


class AgencyEnded(Refused):
    code = "agency_ended"
    message = "这份授权已经撤销。"


class NotAnAgent(NotAllowed):
    code = "not_an_agent"
    message = "没有找到这家单位对您的有效授权，可能已到期或被撤销。"


class OutsideAgency(NotAllowed):
    """代理法人办授权之外的事项，或者授权已经撤销、到期。"""

    code = "outside_agency"
    message = "单位给您的经办授权不包括“{item}”，或授权已撤销、到期。请联系单位调整授权范围，或由单位账号办理。"


class PendingExpired(NotSignedIn):
    code = "pending_expired"
    message = "登录步骤已超时，请重新登录。"


class ProviderUnavailable(Refused):
    code = "provider_unavailable"
    message = "统一身份认证暂时不可用，请稍后再试，或用密码、短信登录。"
    status = 503


class ProviderRejected(Refused):
    code = "provider_rejected"
    message = "统一身份认证没有通过：{reason}。请重新登录。"
    status = 401
