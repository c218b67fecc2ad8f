"""浏览器测试共用：把一张真实的申请表填完。"""

from playwright.sync_api import Page


def fill_hygiene(page: Page) -> None:
    """公共场所卫生许可（新办）。"""
    page.get_by_label("联系地址").fill("石龙区虚构路 1 号")
    page.get_by_label("公共场所名称").fill("虚构理发店")
    page.get_by_label("所在街道").select_option("龙河街道")
    page.get_by_label("详细地址").fill("虚构路 2 号")
    page.get_by_label("公共场所类别").select_option("理发店、美容店")
    page.get_by_label("营业面积（平方米）").fill("86.5")
    page.get_by_label("自然通风").check()
    page.get_by_label("市政集中供水").check()
    page.get_by_label("更衣室").check()
    page.get_by_label("一般程序").check()
    row = page.get_by_role("group", name="第 1 行")
    row.get_by_label("姓名").fill("测试乙")
    row.get_by_label("岗位").fill("理发师")
    row.get_by_label("健康合格证明编号").fill("JK0001")
    row.get_by_label("健康合格证明有效期至").fill("2099-01-01")
    page.get_by_label("本人（本单位）办理").check()
    page.get_by_label("窗口领取").check()


def fill_values(page: Page, fields: list[dict], values: dict, prefix: str = "") -> None:
    """按定义把一组值填进页面；没显示、锁定的跳过。"""
    for field in fields:
        name, value = prefix + field["key"], values.get(field["key"])
        if value in (None, "", []):
            continue
        if field["type"] == "rows":
            for number, row in enumerate(value):
                if not page.locator(f"[name^='{name}.{number}.']").count():
                    page.locator(f"[name=add_row][value='{name}']").first.click()
                fill_values(page, field["fields"], row, f"{name}.{number}.")
            continue
        wanted = value if isinstance(value, list) else [value]
        if field["type"] in ("radio", "checks"):
            for one in wanted:
                box = page.locator(f"input[name='{name}'][value='{one}']")
                if box.count() and box.is_visible() and box.is_enabled():
                    box.check()
            continue
        box = page.locator(f"[name='{name}']").first
        if not box.count() or not box.is_visible() or not box.is_editable():
            continue
        box.select_option(str(value)) if field["type"] == "select" else box.fill(str(value))
