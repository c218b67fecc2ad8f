// 读身份证。适配器是一个函数：start(onText, pattern) 开始听，读到一整段就交出来；新机型在 READERS 里加一个。
// 号码只在这里经手：取出来就 POST，不写进页面、不打日志、不留在变量里。
import { post } from './http.js'

const GAP = 80 // 毫秒：读卡器模拟键盘，字符之间远比人手快
const REST = 300 // 毫秒：没有回车结尾的读卡器，停这么久算读完
const SHORTEST = 15
const READERS = { keyboard, demo: keyboard, none: () => {} }

export function startReader(bar) {
  const page = document.querySelector('[data-card]')
  if (!page) return
  const state = page.querySelector('[data-card-state]')
  const error = page.querySelector('[data-card-error]')
  const pattern = new RegExp(bar.dataset.pattern)

  async function send(fields) {
    error.hidden = true
    state.textContent = '正在核对…'
    try {
      const response = await post(location.pathname, new URLSearchParams(fields))
      const answer = await response.json()
      if (answer.next) return location.assign(answer.next)
      fail(answer.message)
    } catch (failure) {
      fail('网络不通，请稍后再试或到窗口办理。')
    }
  }

  function fail(text) {
    state.textContent = '请重新放置身份证'
    error.querySelector('span').textContent = text
    error.hidden = false
  }

  const start = READERS[bar.dataset.reader] || READERS.none
  start(text => {
    const found = pattern.exec(text)?.groups?.id
    found ? send({ id_no: found }) : fail('没有读到身份证号码，请放正后再试。')
  })
  page.querySelector('[data-card-demo]')?.addEventListener('click', () => send({ demo: '1' }))
}

function keyboard(onText) {
  let text = ''
  let last = 0
  let timer = 0

  function finish() {
    clearTimeout(timer)
    const whole = text
    text = ''
    if (whole.length >= SHORTEST) onText(whole)
  }

  addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const now = event.timeStamp // 按键发生的时刻，页面忙也不影响
    if (event.key.length === 1) {
      if (now - last > GAP) text = ''
      last = now
      text += event.key
      event.preventDefault()
      clearTimeout(timer)
      timer = setTimeout(finish, REST)
    } else if (event.key === 'Enter' && text) {
      event.preventDefault()
      finish()
    }
  }, true)
}
