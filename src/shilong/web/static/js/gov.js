// 全站行为：模式开关、抽屉、对话框、打印、自动消失的提示。没有框架。
document.addEventListener('click', event => {
  const toggle = event.target.closest('[data-toggle]')
  if (toggle) {
    const [key, value] = toggle.dataset.toggle.split('=')
    const root = document.documentElement
    const on = root.dataset[key] !== value
    if (on) root.dataset[key] = value
    else delete root.dataset[key]
    toggle.setAttribute('aria-pressed', on)
    try { on ? localStorage.setItem(key, value) : localStorage.removeItem(key) } catch (error) { /* 不记忆 */ }
  }
  const opener = event.target.closest('[data-open]')
  if (opener) {
    event.preventDefault()
    document.getElementById(opener.dataset.open)?.showModal()
  }
  if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close()
  if (event.target.closest('[data-print]')) print()
  const menu = event.target.closest('[data-nav]')
  if (menu) {
    const open = document.getElementById(menu.getAttribute('aria-controls')).classList.toggle('open')
    menu.setAttribute('aria-expanded', open)
  }
  if (event.target.matches('dialog.dlg')) event.target.close()
  const row = event.target.closest('tr[data-row]')
  if (row && event.target.closest('[hx-get]')) {
    document.querySelectorAll('tr[data-row][aria-selected]').forEach(other => other.removeAttribute('aria-selected'))
    row.setAttribute('aria-selected', true)
  }
})
// 破坏性操作先确认：<button data-confirm="撤销后需要重新申请，确定撤销吗？">
document.addEventListener('submit', event => {
  const text = event.submitter?.dataset.confirm || event.target.dataset.confirm
  if (text && !confirm(text)) event.preventDefault()
}, true)
for (const name of ['htmx:after:swap', 'htmx:afterSwap']) {
  document.addEventListener(name, () => {
    const drawer = document.getElementById('drawer')
    if (drawer?.querySelector('[data-filled]') && !drawer.open) drawer.show()
  })
}
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  document.querySelector('#drawer[open]')?.close()
  const suggestions = document.getElementById('sugg')
  if (suggestions) suggestions.innerHTML = ''
})
document.addEventListener('pointerdown', event => {
  const suggestions = document.getElementById('sugg')
  if (suggestions && !event.target.closest('.sbox')) suggestions.innerHTML = ''
})
// 成功提示 6 秒后自动收起；错误提示留着
const fade = () => document.querySelectorAll('#notice .note.g').forEach(note => setTimeout(() => note.remove(), 6000))
addEventListener('DOMContentLoaded', fade)
