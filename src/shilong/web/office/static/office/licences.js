// 全选本页
document.addEventListener('change', event => {
  if (!event.target.matches('[data-all]')) return
  event.target.closest('table').querySelectorAll('[name=uid]').forEach(box => { box.checked = event.target.checked })
})
