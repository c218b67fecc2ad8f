"""一体机与大屏：等候屏、现场取号与预约签到（W01），一体机页面（P11 P12）。业务在 service 与 hall.terminals。"""
