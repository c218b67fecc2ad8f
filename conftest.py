"""全部测试共用的固件：浏览器、无障碍检查、真实服务、同步跑作业。"""

pytest_plugins = ("tests.browser", "tests.database")
