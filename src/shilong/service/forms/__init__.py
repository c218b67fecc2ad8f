"""申请表：定义是数据（JSON），渲染、校验、条件、预填由一套规则完成，浏览器与服务端行为一致（W02）。

做什么：
    - `rules` 条件、校验、预填、可见性（纯函数）；`structure` 检查定义本身；
    - `defaults.standard_form` 按事项类型与服务对象生成标准申请表；`seed` 写入专用表与标准表；
    - `selectors.definition` 取发布版；`services` 起草与发布，版本不可变。

谁可以调用：materials（草稿）、cases（提交校验）、catalog（情形裁剪用同一套条件）、web。不发布领域事件。
"""
