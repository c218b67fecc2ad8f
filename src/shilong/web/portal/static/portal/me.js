// 提交按钮只按一次有效，防止重复提交；返回上一页时恢复。
document.addEventListener('submit', event => {
  const button = event.submitter
  if (!button?.matches('[data-once]') || event.defaultPrevented) return
  setTimeout(() => { button.disabled = true }, 0)
})
addEventListener('pageshow', () => document.querySelectorAll('[data-once]').forEach(button => { button.disabled = false }))
