"""长作业进度：做完即隐去，坏文件不影响别的。"""

import pytest

from shilong.foundation.jobs import progress


@pytest.mark.req("P27")
def test_finished_work_disappears_and_broken_files_are_skipped(settings, tmp_path):
    settings.DATA = tmp_path
    progress.report("a", "甲", 1, 4)
    progress.report("b", "乙", 4, 4)
    (tmp_path / "progress" / "c.json").write_text("坏")
    assert [(one.key, one.percent) for one in progress.running()] == [("a", 25)]
