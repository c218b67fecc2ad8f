// 图与数据表之间切换；打印前全部摊开，打完还原。
document.addEventListener('click', event => {
  const button = event.target.closest('[data-view]')
  if (!button) return
  const figure = button.closest('.sp-fig')
  const table = button.dataset.view === 'table'
  figure.querySelector('.sp-table').hidden = !table
  figure.querySelector('.sp-chart').hidden = table
  for (const other of figure.querySelectorAll('[data-view]')) other.setAttribute('aria-pressed', other === button)
  if (!table) dispatchEvent(new Event('resize'))
})
let opened = []
addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('.sp-table[hidden], .sp-chart[hidden]')]
  for (const box of opened) box.hidden = false
})
addEventListener('afterprint', () => {
  for (const box of opened) box.hidden = true
})
