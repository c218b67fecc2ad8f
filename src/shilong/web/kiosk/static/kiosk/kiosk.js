// 取号机：扫到码自动提交；取号单十五秒后回首页，免得下一个人看到上一个人的号。
const scan = document.querySelector('[data-scan]')
scan?.addEventListener('input', () => {
  if (/^[A-Za-z0-9]+\.[A-Za-z0-9]{8}$/.test(scan.value.trim())) scan.form.requestSubmit()
})
const slip = document.querySelector('[data-home]')
if (slip) setTimeout(() => { location.href = slip.dataset.home }, 15000)
