// 无操作倒计时：到点清空会话、表单、浏览器存储，回首页。
import { post } from './http.js'

const WARN = 15 // 秒
const PING = 20 // 秒：填表时没有别的请求，隔一会儿告诉服务端还有人
const ACTIVITY = ['pointerdown', 'keydown', 'input', 'wheel', 'touchmove']

export async function reset() {
  document.documentElement.hidden = true
  for (const form of document.forms) form.reset()
  try { await post('/self/reset/', new URLSearchParams(), { keepalive: true }) } catch (error) { /* 断网：服务端自己会到点清 */ }
  for (const store of [localStorage, sessionStorage]) {
    try { store.clear() } catch (error) { /* 禁用存储的浏览器 */ }
  }
  location.replace('/self/')
}

export function watchIdle(bar) {
  const limit = Number(bar.dataset.idle)
  const dialog = document.getElementById('kidle')
  const left = dialog.querySelector('[data-left]')
  let last = Date.now()
  let pinged = last
  let touched = !('home' in bar.dataset) // 停在首页没人碰，不必清
  const quietFor = () => (Date.now() - last) / 1000

  function active() {
    last = Date.now()
    touched = true
    if (last - pinged < PING * 1000) return
    pinged = last
    post('/self/alive/').then(response => { if (response.status === 409 || response.redirected) location.replace('/self/') }, () => {})
  }

  function tick() {
    if ([...document.querySelectorAll('video')].some(video => !video.paused && !video.ended)) active()
    const rest = Math.ceil(limit - quietFor())
    if (!touched) return
    if (rest <= 0) {
      touched = false
      reset()
    } else if (rest <= WARN) {
      left.textContent = rest
      if (!dialog.open) dialog.showModal()
    }
  }

  for (const name of ACTIVITY) addEventListener(name, active, { capture: true, passive: true })
  // 松手才收起提醒：按下就收，这一下会点到下面的按钮上
  document.addEventListener('click', () => { if (dialog.open) dialog.close() })
  setInterval(tick, 500)
  return { quietFor }
}
