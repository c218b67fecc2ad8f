// 获取验证码：发出后按钮倒计时，避免重复点。
document.addEventListener('DOMContentLoaded', () => {
  for (const button of document.querySelectorAll('[data-send-code]')) {
    const note = button.parentElement.querySelector('.code-note')
    new MutationObserver(() => {
      const sent = note.querySelector('[data-countdown]')
      if (!sent || sent.dataset.started) return
      sent.dataset.started = '1'
      let left = Number(sent.dataset.countdown)
      const label = button.textContent
      button.disabled = true
      const tick = () => {
        button.textContent = left > 0 ? `${left} 秒后重发` : label
        button.disabled = left > 0
        if (left-- > 0) setTimeout(tick, 1000)
      }
      tick()
    }).observe(note, { childList: true, subtree: true })
  }
})
