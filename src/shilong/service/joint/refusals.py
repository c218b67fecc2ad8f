"""一件事与双告知的业务拒绝。"""

from shilong.foundation.refusals import Invalid, NotFound, Refused, StaleVersion


class ThemeUnavailable(NotFound):
    code = "theme_unavailable"
    message = "没有找到这件事，可能已经下线。请从“高效办成一件事”重新选。"


class ThemeProblems(Invalid):
    """主题还不能发布；`fields` 指出每一处。"""

    code = "theme_problems"
    message = "主题还有 {count} 处问题，改好后才能发布。"


class ThemeExists(Refused):
    code = "theme_exists"
    message = "代号“{code}”已经用过，请换一个。"


class ThemeChanged(StaleVersion):
    code = "theme_changed"
    message = "这个主题刚刚被 {who} 改过，请刷新后再改。"


class ThemeChangedSinceFilled(Refused):
    """填写期间主题改版，所选情形已经没有要办的事项。"""

    code = "theme_changed_since_filled"
    message = "按现在的情形没有两件以上要办的事项，请单独申请需要的事项。"


class BundleNotFound(NotFound):
    code = "bundle_not_found"
    message = "没有找到这件联办申请，可能编号有误或不是您的。"


class BundleChanged(StaleVersion):
    code = "bundle_changed"
    message = "这件联办申请刚刚有了变化，请刷新后再试。"


class NothingToSupplement(Refused):
    code = "nothing_to_supplement"
    message = "现在没有需要补正的子件。"


class NoChoiceNeeded(Refused):
    code = "no_choice_needed"
    message = "现在不需要选择：各件都在正常办理，或者已经选过。"


class NotHeld(Refused):
    code = "member_not_held"
    message = "这一件不是“没能自动提交”的状态，不用重新提交。"


class NotFinished(Refused):
    code = "bundle_not_finished"
    message = "还没有全部办完，完结之后再评价。"


class AlreadyScored(Refused):
    code = "already_scored"
    message = "这件联办申请已经评价过，一件只评一次。"


class NothingToDeliver(Refused):
    code = "nothing_to_deliver"
    message = "没有等待领取的结果。"


class ExtensionNotAllowed(Refused):
    """行政许可法第四十二条第二款：联合办理的只能延长一次，十五日。"""

    code = "joint_extension_not_allowed"
    message = "{reason}"


class PromptNotFound(NotFound):
    code = "prompt_not_found"
    message = "没有找到这条提示，或不归本部门处理。"


class PromptChanged(StaleVersion):
    code = "prompt_changed"
    message = "这条提示刚刚被 {who} 处理过，请刷新后再看。"


class PromptClosed(Refused):
    code = "prompt_closed"
    message = "这条提示已经{state}，不用再处理。"
