// 事项编辑：子表加行、审查方案加轮次与任务、删除。行号只要不重复即可，服务端按出现的编号读。
const next = (list, pattern) => {
  const used = [...list.querySelectorAll('[name]')].map(input => pattern.exec(input.name)).filter(Boolean).map(match => Number(match[1]))
  return used.length ? Math.max(...used) + 1 : 0
}
const html = (id, values) => {
  let text = document.getElementById(id).innerHTML
  for (const [key, value] of Object.entries(values)) text = text.replaceAll(key, value)
  const holder = document.createElement('div')
  holder.innerHTML = text
  return holder.firstElementChild
}
const addRow = list => {
  const row = list.lastElementChild.cloneNode(true)
  const index = next(list, new RegExp('^' + list.dataset.prefix + '-(\\d+)-'))
  row.querySelectorAll('[name]').forEach(input => {
    input.name = input.name.replace(/-\d+-/, `-${index}-`)
    if (input.id) input.id = input.id.replace(/-\d+-/, `-${index}-`)
    if (input.type === 'checkbox') input.checked = false
    else input.value = ''
  })
  row.querySelectorAll('label[for]').forEach(label => { label.htmlFor = label.htmlFor.replace(/-\d+-/, `-${index}-`) })
  return row
}
document.addEventListener('click', event => {
  const remove = event.target.closest('[data-remove]')
  if (remove) {
    const row = remove.closest('[data-row]')
    if (row.parentElement.dataset.prefix && row.parentElement.children.length === 1) row.querySelectorAll('input, textarea').forEach(input => { input.value = '' })
    else row.remove()
    return
  }
  const add = event.target.closest('[data-add]')
  if (!add) return
  const list = add.previousElementSibling
  let row
  if (add.dataset.add === 'row') row = addRow(list)
  if (add.dataset.add === 'round') row = html('tpl-round', { __R__: next(list, /^plan-(\d+)-/) })
  if (add.dataset.add === 'task') row = html('tpl-task', { __R__: add.closest('[data-index]').dataset.index, __T__: next(list, /-task-(\d+)-/) })
  list.append(row)
  row.querySelector('input')?.focus()
})
