// 代填：单位与自然人各显示自己的字段；换情形立即按新的要求重画。
const applicant = document.querySelector('[data-applicant]')
if (applicant) {
  const show = () => {
    const person = applicant.querySelector('[name=kind]:checked')?.value === '1'
    applicant.querySelectorAll('[data-person-only]').forEach(one => { one.hidden = !person })
    applicant.querySelectorAll('[data-corp-only]').forEach(one => { one.hidden = person })
  }
  applicant.addEventListener('change', show)
  show()
  applicant.querySelector('.f.bad input')?.focus()
}
// 进入代填页：没有报错就停在第一个要填的地方，不用先按一串 Tab；带锚点回来的停在那一段。
const filling = document.querySelector('[data-fill]')
if (filling && !document.querySelector('[data-focus]')) {
  const section = location.hash.length > 1 && document.getElementById(location.hash.slice(1))
  const fields = [...filling.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(one => one.offsetParent && !one.disabled && !one.readOnly)
  const empty = fields.find(one => (one.type === 'radio' || one.type === 'checkbox' ? !filling.querySelector(`[name="${CSS.escape(one.name)}"]:checked`) : !one.value))
  if (section && !section.hasAttribute('tabindex')) section.tabIndex = -1
  const target = section || empty || fields[0]
  target?.focus()
}
document.addEventListener('change', event => {
  if (!event.target.matches('[data-situation-pick]')) return
  const form = event.target.form
  form.requestSubmit(form.querySelector('[data-situation-apply]'))
})
