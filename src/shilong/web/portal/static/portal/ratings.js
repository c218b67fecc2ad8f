// 评价表单：选了哪一级就只显示那一级的标签，前三项先出来，其余点“更多”；提交时防止连点。
for (const form of document.querySelectorAll('[data-rating]')) {
  const groups = [...form.querySelectorAll('.rt-tags')]
  const show = () => {
    const level = form.querySelector('[name=level]:checked')?.value
    for (const group of groups) group.hidden = group.dataset.level !== level
  }
  for (const group of groups) {
    group.classList.add('js')
    if (group.querySelector('.more input:checked')) group.classList.add('open')
  }
  form.addEventListener('change', event => event.target.name === 'level' && show())
  form.addEventListener('click', event => {
    const button = event.target.closest('[data-more]')
    if (!button) return
    const group = button.closest('.rt-tags')
    group.classList.add('open')
    group.querySelector('.more input')?.focus()
  })
  form.addEventListener('submit', () => {
    const button = form.querySelector('.rt-send .btn')
    setTimeout(() => { button.disabled = true; button.textContent = '正在提交…' })
  })
  show()
}
document.getElementById('rt-err')?.scrollIntoView({ block: 'center' })
addEventListener('pageshow', event => event.persisted && location.reload())
