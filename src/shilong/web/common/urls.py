"""各面孔共用的地址：登录、文件下载、文书验真。"""

from django.urls import path

from shilong.web.common import account, documents, login
from shilong.web.common.guards import signed_in

urlpatterns = [
    path("login/", login.login, name="login"),
    path("login/code/", login.send_code, {"purpose": "login"}, name="login-code"),
    path("login/otp/", login.second_factor, name="login-otp"),
    path("login/bind/", login.bind, name="login-bind"),
    path("login/password/", login.renew_password, name="login-password"),
    path("login/oidc/", login.oidc_start, name="oidc-start"),
    path("login/oidc/callback/", login.oidc_callback, name="oidc-callback"),
    path("logout/", login.logout, name="logout"),
    path("register/", login.register, name="register"),
    path("register/enterprise/", login.register_enterprise, name="register-enterprise"),
    path("register/code/", login.send_code, {"purpose": "register"}, name="register-code"),
    path("account/", account.overview, name="account"),
    path("account/address/", account.address, name="account-address"),
    path("account/password/", account.password, name="account-password"),
    path("account/mobile/", account.mobile, name="account-mobile"),
    path("account/mobile/code/", signed_in()(login.send_code), {"purpose": "mobile"}, name="account-mobile-code"),
    path("account/otp/", account.second_factor, name="account-otp"),
    path("account/sessions/", account.session_list, name="account-sessions"),
    path("account/sessions/<int:sign_in_id>/kick/", account.kick, name="account-kick"),
    path("account/realname/", account.real_name, name="account-realname"),
    path("account/agents/", account.agents, name="account-agents"),
    path("account/agents/<int:agency_id>/revoke/", account.revoke_agent, name="account-agent-revoke"),
    path("account/agents/<int:agency_id>/letter/", account.agency_letter, name="account-letter"),
    path("account/agents/<int:agency_id>/letter/stamped/", account.stamped_letter, name="account-letter-stamped"),
    path("account/switch/", account.switch, name="account-switch"),
    path("verify/", documents.verify, name="verify-form"),
    path("verify/<slug:code>/", documents.verify, name="verify"),
    path("documents/<str:number>.pdf", documents.download, name="document-download"),
    path("documents/<str:number>.ofd", documents.download, {"form": "ofd"}, name="document-ofd"),
    path("documents/<str:number>/check/", documents.check, name="document-check"),
    path("documents/<str:number>/seal/", documents.seal, name="document-seal"),
    path("signatures/<slug:number>.svg", documents.signature, name="signature"),
]
