"""事项管理：基本目录—实施清单—业务办理项三层，要素维护、质检、审核、发布、下线、版本与搜索（P01、P03、W01）。

发布的事件：`catalog.publish`、`catalog.withdraw`、`catalog.restore`，payload 为 item_code、version。
别的模块只用 `selectors`（读）、`rules`（质检、情形裁剪）、`services`（写）、`search`（联想与搜索）。
版本不可变：在办件绑定受理时的 `version`，`selectors.item(code, version)` 总能取到当时的内容。
"""
