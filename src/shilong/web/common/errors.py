"""出错时的页面：说清发生了什么、下一步怎么办。"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from shilong.foundation.refusals import NotAllowed, NotFound, Refused


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
    return refused(request, NotAllowed("页面停留太久，安全校验已过期。请返回上一页刷新后重试。"))


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "server_error", "message": "系统出错，请稍后再试。", "fields": {}}, status=500)
    return render(request, "errors/500.html", status=500)
