// 一体机页面：屏幕键盘、读身份证、无操作清空、心跳与截屏、打印。等候屏与评价器的外层只用心跳与截屏。
import { watchIdle, reset } from './kiosk/idle.js'
import { startKeyboard } from './kiosk/keyboard.js'
import { startReader } from './kiosk/reader.js'
import { startBeat } from './kiosk/beat.js'
import { startPrinting } from './kiosk/printing.js'

const bar = document.querySelector('[data-kiosk]')
const stage = document.querySelector('[data-stage]')
if (bar) {
  document.addEventListener('click', event => {
    if (event.target.closest('[data-end]')) reset()
    if (event.target.closest('[data-back]')) history.length > 1 ? history.back() : location.assign('/self/')
  })
  document.addEventListener('contextmenu', event => event.preventDefault())
  document.addEventListener('dragstart', event => event.preventDefault())
  const idle = watchIdle(bar)
  startKeyboard()
  startReader(bar)
  startPrinting()
  startBeat({
    version: bar.dataset.version,
    reader: bar.dataset.reader,
    quiet: () => 'home' in bar.dataset && idle.quietFor() > 30,
    hidden: () => 'private' in bar.dataset || document.querySelector('[data-card]') || typed(),
  })
}
if (stage) startBeat({ version: stage.dataset.version, quiet: () => true, hidden: () => false })

// 输入框里有字就当作有个人信息
function typed() {
  return [...document.querySelectorAll('input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea')].some(field => field.value)
}
