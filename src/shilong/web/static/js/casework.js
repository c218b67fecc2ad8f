// 办件详情的行为：补正行增删、常用语、看材料缩放旋转、键盘操作。
document.addEventListener('click', event => {
  const add = event.target.closest('[data-add-row]')
  if (add) {
    const box = document.getElementById(add.dataset.addRow)
    const row = box.lastElementChild.cloneNode(true)
    const serial = String(Date.now())
    row.querySelectorAll('input, select').forEach((input, index) => {
      input.value = ''
      const id = `r${serial}${index}`
      input.previousElementSibling?.setAttribute('for', id)
      input.id = id
    })
    box.append(row)
    row.querySelector('select, input')?.focus()
  }
  const drop = event.target.closest('[data-drop-row]')
  if (drop) {
    const row = drop.parentElement
    if (row.parentElement.children.length > 1) row.remove()
    else row.querySelectorAll('input, select').forEach(input => { input.value = '' })
  }
  const phrase = event.target.closest('[data-phrase]')
  if (phrase) {
    const box = document.getElementById(phrase.dataset.phrase)
    box.value = box.value ? `${box.value}\n${phrase.textContent.trim()}` : phrase.textContent.trim()
    box.focus()
  }
  const clear = event.target.closest('[data-clear]')
  if (clear) document.getElementById(clear.dataset.clear).innerHTML = ''
  const viewer = event.target.closest('[data-viewer]')
  if (viewer) {
    const zoom = event.target.closest('[data-zoom]')
    if (zoom) viewer.dataset.scale = Math.max(0, Math.min(3, Number(viewer.dataset.scale || 1) + Number(zoom.dataset.zoom)))
    if (event.target.closest('[data-rotate]')) viewer.dataset.rotated = (Number(viewer.dataset.rotated || 0) + 1) % 4
    const thumb = event.target.closest('[data-page]')
    const turn = event.target.closest('[data-turn]')
    if (thumb) toPage(viewer, Number(thumb.dataset.page))
    if (turn) toPage(viewer, Number(viewer.dataset.page || 1) + Number(turn.dataset.turn))
    if (event.target.closest('[data-clear-viewer]')) viewer.remove()
  }
})

function toPage(viewer, wanted) {
  const pages = [...viewer.querySelectorAll('[data-n]')]
  if (!pages.length) return
  const number = Math.max(1, Math.min(pages.length, wanted))
  viewer.dataset.page = number
  const box = viewer.querySelector('.v-pages')
  box.scrollTop = pages[number - 1].offsetTop - box.offsetTop
  viewer.querySelector('[data-at]').textContent = `${number} / ${pages.length}`
  viewer.querySelectorAll('[data-page][aria-current]').forEach(one => one.removeAttribute('aria-current'))
  viewer.querySelector(`button[data-page="${number}"]`)?.setAttribute('aria-current', 'true')
}

// 列表键盘：j/k 上下移动，回车打开；正在输入时不抢键
let current = -1
const move = step => {
  const rows = [...document.querySelectorAll('[data-row]')]
  if (!rows.length) return
  current = Math.max(0, Math.min(rows.length - 1, current + step))
  rows.forEach((row, index) => row.classList.toggle('at', index === current))
  rows[current].querySelector('a.t, td button')?.focus()
}
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, textarea, select')) return
  if (event.target.closest('dialog, .rv-r')) return
  if (event.key === 'j') move(1)
  if (event.key === 'k') move(-1)
  if (event.key === '/') {
    const box = document.querySelector('[data-search]')
    if (box) { event.preventDefault(); box.focus() }
  }
})

// 动作表单出现后焦点进到第一个可填的地方，键盘不用再找
for (const name of ['htmx:after:swap', 'htmx:afterSwap']) {
  document.addEventListener(name, () => {
    const form = document.querySelector('#action .act-form:not([data-ready])')
    if (!form) return
    form.dataset.ready = '1'
    form.querySelector('input:not([type=hidden]), select, textarea, button')?.focus()
  })
}
// 动作做完，抽屉换了新内容：发出 case-changed 的旧表单已不在页面上，由这里通知列表刷新
for (const name of ['htmx:after:swap', 'htmx:afterSwap']) {
  document.addEventListener(name, () => {
    const done = document.querySelector('[data-changed]')
    if (!done) return
    done.removeAttribute('data-changed')
    document.body.dispatchEvent(new Event('case-changed'))
  })
}
// Alt+字母：各浏览器对 accesskey 的组合键不一样，这里统一成 Alt+字母
document.addEventListener('keydown', event => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.key.length !== 1) return
  const target = document.querySelector(`[accesskey="${CSS.escape(event.key.toLowerCase())}"]`)
  if (!target) return
  event.preventDefault()
  target.click()
})
// 材料页签：当前页签跟着点
document.addEventListener('click', event => {
  const tab = event.target.closest('[data-tab]')
  if (!tab) return
  document.querySelectorAll('[data-tab][aria-current]').forEach(one => one.removeAttribute('aria-current'))
  tab.setAttribute('aria-current', 'true')
})
// 三栏审批在手机上变成切换
document.addEventListener('click', event => {
  const pane = event.target.closest('[data-pane-to]')
  if (!pane) return
  document.querySelector('.rv').dataset.pane = pane.dataset.paneTo
  document.querySelectorAll('[data-pane-to]').forEach(one => one.setAttribute('aria-pressed', one === pane))
})
