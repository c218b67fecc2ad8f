// 亮证码倒计时：到点盖住二维码，提示重新出示。
addEventListener('DOMContentLoaded', () => {
  const box = document.querySelector('[data-seconds]')
  if (!box) return
  const end = Date.now() + Number(box.dataset.seconds) * 1000
  const left = box.querySelector('[data-left]')
  const timer = setInterval(() => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000))
    left.textContent = seconds
    if (seconds) return
    clearInterval(timer)
    box.classList.add('over')
    document.querySelector('[data-over]').hidden = false
  }, 500)
})
