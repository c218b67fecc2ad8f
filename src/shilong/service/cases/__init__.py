"""办件引擎（P02 P04 W06 W07）：从提交到归档的唯一入口，法定规则写成数据，履历追加写。

写：`services.submit`、`services.act`、`services.correct`、`services.reveal`；定时：`services.auto`。
读：`selectors.case/worklist/worklist_counts/mine/search/progress/publicity/events/history/may_read/may_read_file`。
发布事件 `case.<动作>`（submit receive accept supplement resubmit reject withdraw start_special end_special extend
review decide deliver archive suspend resume terminate auto_accept lapse transfer add_reviewer return_round approve refuse
late_supplement urge_late correct），payload：case_no event_id version department item_code state。
调用者：web 各面孔、service.materials（提交草稿）、service.insight（统计与更正）、exchange（部门回传）。
时间取自 `cases.clock.now()`：演示数据与补录用 `with clock.at(时刻)` 在过去的时间里走真实引擎。
"""
