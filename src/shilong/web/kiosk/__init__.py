"""一体机与大屏：等候屏、现场取号与预约签到的最小页面（W01）。业务在 service.queueing 与 service.booking。"""
