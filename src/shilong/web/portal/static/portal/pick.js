// 补正与补交：选好的文件列出来、能删能拖、超过 20 MB 当场说；文件随表单一起提交。没有脚本时就是普通的文件框。
(function () {
  'use strict'
  const LIMIT = 20 * 1024 * 1024
  const MOST = 20
  const size = bytes => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
  const kept = new WeakMap()

  function add(item, files) {
    const input = item.querySelector('[data-pick-input]')
    const list = [...(kept.get(input) || [])]
    const problems = []
    for (const file of files) {
      if (file.size > LIMIT) problems.push(`“${file.name}”超过 20 MB，请压缩或分开上传。`)
      else if (list.length >= MOST) problems.push(`一份材料最多 ${MOST} 个文件。`)
      else if (!list.some(one => one.name === file.name && one.size === file.size)) list.push(file)
    }
    complain(item, problems)
    keep(item, input, list)
  }

  function complain(item, problems) {
    const error = item.querySelector('[data-pick-error]')
    error.textContent = [...new Set(problems)].join(' ')
    error.hidden = !problems.length
  }

  function keep(item, input, list) {
    const transfer = new DataTransfer()
    list.forEach(file => transfer.items.add(file))
    kept.set(input, list)
    input.files = transfer.files
    item.querySelector('[data-picked]').replaceChildren(...list.map((file, index) => row(item, input, list, file, index)))
    item.classList.toggle('m-done', list.length > 0)
  }

  function row(item, input, list, file, index) {
    const line = item.querySelector('[data-pick-row]').content.firstElementChild.cloneNode(true)
    line.querySelector('b').textContent = file.name
    line.querySelector('small').textContent = `${size(file.size)}，待提交`
    const button = line.querySelector('[data-pick-remove]')
    button.setAttribute('aria-label', `删除 ${file.name}`)
    button.addEventListener('click', () => {
      keep(item, input, list.filter((_, place) => place !== index))
      input.focus()
    })
    return line
  }

  document.addEventListener('change', event => {
    const input = event.target
    if (!input.matches('[data-pick-input],[data-pick-camera]')) return
    const files = [...input.files]
    if (input.matches('[data-pick-camera]')) input.value = ''
    add(input.closest('[data-pick]'), files)
  })

  for (const kind of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(kind, event => {
      const zone = event.target.closest?.('[data-pick] [data-drop]')
      if (!zone) return
      event.preventDefault()
      zone.classList.toggle('over', kind === 'dragover')
      if (kind === 'drop') add(zone.closest('[data-pick]'), [...event.dataTransfer.files])
    })
  }
})()
