"""给演示与各模块测试用：一个合规的收件地址、把一件办件走到决定。"""

from collections.abc import Mapping

ADDRESS: Mapping[str, str] = {
    "name": "测试甲",
    "mobile": "13000000001",
    "province": "河南省",
    "city": "平顶山市",
    "county": "石龙区",
    "detail": "龙兴街道测试路1号院2号楼301",
    "postcode": "467045",
}
