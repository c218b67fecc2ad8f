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
document.addEventListener('change', event => {
  if (!event.target.matches('[data-situation-pick]')) return
  const form = event.target.form
  form.requestSubmit(form.querySelector('[data-situation-apply]'))
})
