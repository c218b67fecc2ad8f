// 屏幕键盘：拼音、英文、数字。不用系统输入法：一体机上没有，也不该让人切出去。
import Keyboard from 'simple-keyboard'
import 'simple-keyboard/build/css/index.css'
import chinese from 'simple-keyboard-layouts/build/layouts/chinese'

const LETTERS = ['q w e r t y u i o p', 'a s d f g h j k l', '{shift} z x c v b n m {bksp}', '{number} {mode} {space} {enter}']
const CAPITALS = ['Q W E R T Y U I O P', 'A S D F G H J K L', '{shift} Z X C V B N M {bksp}', '{number} {mode} {space} {enter}']
const DIGITS = ['1 2 3', '4 5 6', '7 8 9', 'X 0 {bksp}', '{letters} - {enter}']
const FIELDS = 'input:not([type=hidden]):not([type=radio]):not([type=checkbox]):not([type=date]):not([type=file]):not([readonly]), textarea:not([readonly])'
const display = mode => ({
  '{bksp}': '退格', '{space}': '空格', '{enter}': '完成', '{shift}': '大写', '{number}': '123', '{letters}': 'ABC',
  '{mode}': mode === 'pinyin' ? '拼音 → 英文' : '英文 → 拼音',
})

export function startKeyboard() {
  const panel = document.createElement('div')
  panel.className = 'osk noprint'
  panel.hidden = true
  panel.setAttribute('role', 'group')
  panel.setAttribute('aria-label', '屏幕键盘')
  panel.innerHTML = '<div class="simple-keyboard"></div>'
  document.body.append(panel)
  let field = null
  let mode = 'pinyin'
  const keyboard = new Keyboard(panel.firstElementChild, {
    layout: { default: LETTERS, shift: CAPITALS, number: DIGITS },
    display: display(mode),
    layoutCandidates: chinese.layoutCandidates,
    layoutCandidatesPageSize: innerWidth < 640 ? 4 : 8,
    useButtonTag: true,
    preventMouseDownDefault: true,
    onChange: value => field && write(value),
    onKeyPress: press,
  })

  function write(value) {
    const longest = field.maxLength
    const kept = longest > 0 ? value.slice(0, longest) : value
    if (kept !== value) keyboard.setInput(kept)
    field.value = kept
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  function press(key) {
    if (key === '{shift}') keyboard.setOptions({ layoutName: keyboard.options.layoutName === 'shift' ? 'default' : 'shift' })
    if (key === '{number}') keyboard.setOptions({ layoutName: 'number' })
    if (key === '{letters}') keyboard.setOptions({ layoutName: 'default' })
    if (key === '{mode}') setMode(mode === 'pinyin' ? 'english' : 'pinyin')
    if (key === '{enter}') finish()
  }

  function setMode(next) {
    mode = next
    keyboard.setOptions({ display: display(mode), layoutCandidates: mode === 'pinyin' ? chinese.layoutCandidates : null })
  }

  function finish() {
    const search = field?.type === 'search' ? field.form : null
    hide()
    search?.requestSubmit()
  }

  function show(target) {
    field = target
    const numeric = ['numeric', 'tel', 'decimal'].includes(target.dataset.mode) || ['tel', 'number'].includes(target.type)
    setMode(numeric || target.type === 'email' ? 'english' : 'pinyin')
    keyboard.setOptions({ layoutName: numeric ? 'number' : 'default' })
    keyboard.setInput(target.value)
    keyboard.setCaretPosition(target.value.length)
    panel.hidden = false
    panel.classList.toggle('digits', numeric)
    document.documentElement.classList.add('osk-open')
    target.scrollIntoView({ block: 'center' })
  }

  function hide() {
    field?.blur()
    field = null
    panel.hidden = true
    document.documentElement.classList.remove('osk-open')
  }

  // 系统自带的软键盘不弹
  function take(target) {
    if (target.dataset.mode === undefined) {
      target.dataset.mode = target.getAttribute('inputmode') || ''
      target.setAttribute('inputmode', 'none')
    }
  }

  document.addEventListener('focusin', event => {
    if (!event.target.matches(FIELDS)) return
    take(event.target)
    show(event.target)
  })
  document.addEventListener('input', event => { if (event.target === field && event.isTrusted) keyboard.setInput(field.value) })
  document.addEventListener('pointerdown', event => {
    if (!panel.hidden && !panel.contains(event.target) && !event.target.closest(FIELDS) && !event.target.closest('.hg-candidate-box')) hide()
  }, true) // 先于键盘自己的处理：换一排键时被点的那个键已经不在页面上了
  panel.addEventListener('mousedown', event => event.preventDefault())
  if (document.activeElement?.matches(FIELDS)) {
    take(document.activeElement)
    show(document.activeElement)
  }
}
