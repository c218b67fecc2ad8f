"""出错时的页面：说清发生了什么、下一步怎么办。"""

import sys
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render

from shilong.foundation.refusals import BadRequest, NotAllowed, NotFound, Refused, TooLarge, Unavailable, WrongMethod

_LATER = "您填写并保存过的内容没有丢失，过一两分钟刷新本页即可；如果一直这样，请拨打 12345 告诉我们。"
_OVERSIZE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class FormExpired(NotAllowed):
    """表单里的一次性安全校验与浏览器里的对不上。"""

    code = "form_expired"
    message = "页面停留太久，安全校验已过期，这次没有提交。请刷新页面后重新提交。"


def to_login(request: HttpRequest) -> HttpResponse:
    """去登录，登录后回到原处。"""
    here = request.headers.get("HX-Current-URL") or request.get_full_path()
    target = "/login/?" + urlencode({"next": here if request.method == "GET" else "/"})
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """业务拒绝：htmx 得到可插入页面的提示条，脚本得到 JSON，普通请求得到整页。"""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(error.as_dict(), status=error.status)
    template = "errors/_notice.html" if request.headers.get("HX-Request") else "errors/refused.html"
    response = render(request, template, {"error": error}, status=error.status)
    if request.headers.get("HX-Request"):
        response["HX-Retarget"] = "#notice"
        response["HX-Reswap"] = "innerHTML"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(NotFound().as_dict(), status=404)
    return refused(request, NotFound("页面不存在，可能网址有误，或者内容已经下线。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refused(request, NotAllowed())


def wrong_method(request: HttpRequest, allow: str) -> HttpResponse:
    """把只收提交的地址直接打开了：说清楚，给回去的路；`allow` 是允许的方法。"""
    error = WrongMethod()
    plain = request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")
    if plain or request.headers.get("HX-Request"):
        response: HttpResponse = JsonResponse(error.as_dict(), status=error.status) if plain else refused(request, error)
    else:
        response = render(request, "errors/wrong_method.html", {"error": error, "back": _came_from(request)}, status=error.status)
    response["Allow"] = allow
    return response


def _came_from(request: HttpRequest) -> str:
    """来时的本站页面；不知道，或就是这个地址自己，为空串。"""
    here = urlsplit(request.headers.get("Referer", ""))
    return here.path if here.netloc == request.get_host() and here.path != request.path else ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """表单的安全校验没过：多半是页面开得太久、换了账号或浏览器不收 Cookie，逐条说怎么办。"""
    error = FormExpired()
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(error.as_dict(), status=error.status)
    if request.headers.get("HX-Request"):
        return refused(request, error)
    here = urlsplit(request.headers.get("Referer", ""))
    back = here.path if here.netloc == request.get_host() else "/"
    context = {"error": error, "back": back, "no_cookie": reason == REASON_NO_CSRF_COOKIE}
    return render(request, "errors/csrf.html", context, status=error.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """框架认为不可接受的请求：太大、字段太多、主机名不对等。"""
    error: Refused = TooLarge("提交的内容太大，请分几次提交或压缩附件。") if isinstance(exception, _OVERSIZE) else BadRequest()
    if request.path.startswith("/api/"):
        return JsonResponse(error.as_dict(), status=error.status)
    # 不用外壳：请求本身就有问题，模板里再读它可能再出错。
    return render(request, "errors/bare.html", {"title": error.text, "advice": "请返回上一页检查后再试。"}, status=error.status)


def server_error(request: HttpRequest) -> HttpResponse:
    """没有料到的错误。数据库连不上不是程序的错：说稍后再试，并让负载均衡与客户端知道可以重试；库存不下的值（空字符、超长、越界）是请求的错。"""
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        return _unavailable(request)
    if isinstance(error, DataError):
        return bad_request(request, error)
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "server_error", "message": "系统出错，请稍后再试。", "fields": {}}, status=500)
    return render(request, "errors/500.html", status=500)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """503。不碰数据库、不用外壳：此刻连会话都读不到。"""
    body = Unavailable().as_dict()
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse(body, status=503)
    else:
        response = render(
            request,
            "errors/bare.html",
            {"title": body["message"], "advice": _LATER},
            status=503,
        )
    response["Retry-After"] = "10"
    return response
