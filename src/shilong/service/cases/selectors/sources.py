"""办件材料取自哪里，给人看的名字。"""

SOURCES = {
    "upload": "上传",
    "camera": "拍照",
    "licence": "电子证照",
    "share": "数据共享",
    "paper": "窗口收取纸质",
    "form": "由申请表生成",
    "library": "材料库",
    "proof": "我的证明",
    "scan": "高拍仪",
}
