"""快递公司推送轨迹的端点。地址里带口令，报文验签；应答按顺丰丰桥约定 `{return_code, return_msg}`，0000 为成功。"""

from django.http import HttpRequest, JsonResponse
from ninja import Router

from shilong.foundation.refusals import Refused
from shilong.service.delivery import services
from shilong.service.delivery.refusals import PushTooLarge

router = Router()
MAX_BODY = 64 * 1024
OK, FAILED = "0000", "1000"


@router.post("/delivery/push/{courier}/{token}", summary="快递公司推送物流轨迹", auth=None)
def push(request: HttpRequest, courier: str, token: str) -> JsonResponse:
    """收一次推送。重复推送无害；失败时对方会重推。口令、签名、时间戳不对 403，报文不对 422，太大 413。"""
    try:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MAX_BODY:
            raise PushTooLarge
        services.receive_push(courier[:40], token[:200], request.body, request.GET.dict())
    except Refused as refused:  # 对方只认自己的应答格式，不认平台统一的错误体
        return JsonResponse({"return_code": FAILED, "return_msg": refused.text}, status=refused.status)
    return JsonResponse({"return_code": OK, "return_msg": "成功"})
