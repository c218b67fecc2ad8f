"""可以更正的登记项（P04）。申请表里的单项文字另以 `form.<字段>` 表示。"""

CORRECTABLE = {
    "applicant_name": "申请人",
    "id_no": "证件号码",
    "mobile": "手机",
    "legal_name": "法定代表人",
    "address": "地址",
    "channel": "渠道",
}
