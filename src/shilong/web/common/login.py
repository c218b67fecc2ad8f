"""登录、注册、退出。账号服务定规则，这里只管页面与步骤的去向。"""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shilong.identity.accounts import oidc, otp, rules, selectors, services, sessions, steps
from shilong.identity.accounts.network import client_ip
from shilong.identity.accounts.steps import Step
from shilong.web.common.account_forms import CodeLoginForm, EnterpriseForm, OtpForm, PasswordForm, PasswordLoginForm, RegisterForm

_STEP_URLS = {Step.OTP: "/login/otp/", Step.BIND: "/login/bind/", Step.PASSWORD: "/login/password/"}


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """密码登录与短信登录，同一地址两种表单。"""
    after = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "GET" and request.actor.account_id is not None:  # type: ignore[attr-defined]
        return HttpResponseRedirect(steps.safe(request, after) or "/")
    way = "code" if (request.POST.get("way") or request.GET.get("way")) == "code" else "password"
    password, code = PasswordLoginForm(), CodeLoginForm()
    if request.method == "POST" and way == "password":
        password = PasswordLoginForm(request.POST)
        if password.run(partial(services.check_password, ip=client_ip(request), user_agent=request.headers.get("User-Agent", ""))):
            return _next(request, steps.begin(request, password.result, method="密码", after=after), password.result.pk)
    elif request.method == "POST":
        code = CodeLoginForm(request.POST)
        if code.run(partial(services.sign_in_by_code, ip=client_ip(request))):
            return _next(request, steps.begin(request, code.result, method="短信", after=after), code.result.pk)
    context = {"password": password, "code": code, "way": way, "next": after, "provider": oidc.label()}
    return render(request, "common/login.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def send_code(request: HttpRequest, purpose: str) -> HttpResponse:
    """发短信验证码；结果插到按钮旁边。"""
    services.send_code(request.POST.get("mobile", "").strip(), client_ip(request), purpose=purpose)
    return render(request, "common/_code_sent.html")


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """第二步：输入动态口令。"""
    account = steps.current(request, Step.OTP)
    form = OtpForm(request.POST or None)
    if request.method == "POST" and form.run(lambda code: otp.verify(account, code, client_ip(request))):
        return _next(request, steps.passed(request, account, Step.OTP), account.pk)
    return _step(request, form, "输入动态口令", "common/login_otp.html")


@never_cache
@require_http_methods(["GET", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """首次登录：先绑定动态口令（生产模式的工作人员）。"""
    account = steps.current(request, Step.BIND)
    form = OtpForm(request.POST or None)
    if request.method == "POST" and form.run(lambda code: otp.confirm(account, code, client_ip(request))):
        return _next(request, steps.passed(request, account, Step.BIND), account.pk)
    return _step(request, form, "绑定动态口令", "common/login_bind.html", qr=otp.qr_data_uri(account), secret=otp.secret(account))


@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def renew_password(request: HttpRequest) -> HttpResponse:
    """密码到期或被重置：改了才能进。"""
    account = steps.current(request, Step.PASSWORD)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.run(partial(services.change_password, account.pk, ip=client_ip(request))):
        return _next(request, steps.passed(request, form.result, Step.PASSWORD), form.result.pk)
    return _step(request, form, "修改密码", "common/login_password.html")


@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """退出；直接访问地址时给一个确认按钮，不让别的网站用链接把人踢下线。"""
    if request.actor.account_id is None:  # type: ignore[attr-defined]
        return redirect("/")
    if request.method == "GET":
        return render(request, "common/logout.html")
    sessions.end(request, request.actor)  # type: ignore[attr-defined]
    return redirect("/")


@never_cache
@sensitive_post_parameters("password", "again", "code")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """群众注册，成功即登录。"""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.run(partial(services.register_person, ip=client_ip(request))):
        return _next(request, steps.begin(request, form.result, method="注册", after="/account/realname/"), form.result.pk)
    return _register(request, form, "person")


@never_cache
@sensitive_post_parameters("password", "again", "code")
@require_http_methods(["GET", "POST"])
def register_enterprise(request: HttpRequest) -> HttpResponse:
    """企业、组织注册，成功即登录，下一步去核验。"""
    form = EnterpriseForm(request.POST or None)
    if request.method == "POST" and form.run(partial(services.register_enterprise, ip=client_ip(request))):
        return _next(request, steps.begin(request, form.result, method="注册", after="/account/realname/"), form.result.pk)
    return _register(request, form, "enterprise")


def _register(request: HttpRequest, form: Any, kind: str) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, "common/register.html", {"form": form, "kind": kind}, status=status)


@never_cache
@require_GET
def oidc_start(request: HttpRequest) -> HttpResponse:
    """去统一身份认证。"""
    request.session["oidc_next"] = steps.safe(request, request.GET.get("next", ""))
    return HttpResponseRedirect(oidc.authorization_url(request.session, _callback(request)))


@never_cache
@require_GET
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """统一身份认证回来：换令牌、核对身份、建号或绑定、登录。"""
    account = oidc.finish(request.session, request.GET.dict(), _callback(request), ip=client_ip(request))
    after = request.session.pop("oidc_next", "")
    return _next(request, steps.begin(request, account, method="统一认证", after=after), account.pk)


def _callback(request: HttpRequest) -> str:
    return request.build_absolute_uri("/login/oidc/callback/")


def _next(request: HttpRequest, step: Step, account_id: int) -> HttpResponse:
    if step is Step.DONE:
        account = selectors.summary(account_id)
        days = rules.password_warning(account.kind, account.password_changed_at, timezone.now())
        if days is not None:
            messages.warning(request, f"密码还有 {days} 天到期，请到“我的账号”修改。")
        return HttpResponseRedirect(steps.destination(request, selectors.actor_for(account_id)))
    return HttpResponseRedirect(_STEP_URLS[step])


def _step(request: HttpRequest, form: Any, title: str, template: str, **extra: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"form": form, "step_title": title} | extra, status=status)
