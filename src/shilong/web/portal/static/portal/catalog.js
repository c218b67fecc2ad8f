// 指南：目录随滚动高亮；选情形后地址栏跟着变，刷新与告知单链接保持所选。
const links = [...document.querySelectorAll('.gtabs a')]
if (links.length && 'IntersectionObserver' in window) {
  const watcher = new IntersectionObserver(entries => entries.forEach(entry => {
    if (!entry.isIntersecting) return
    links.forEach(link => link.hash === '#' + entry.target.id ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'))
  }), { rootMargin: '-15% 0px -75% 0px' })
  links.forEach(link => { const target = document.querySelector(link.hash); if (target) watcher.observe(target) })
}
document.getElementById('situation')?.addEventListener('change', event => {
  const query = new URLSearchParams(new FormData(event.currentTarget)).toString()
  history.replaceState(null, '', location.pathname + '?' + query + location.hash)
  document.querySelectorAll('a[href*="/notice/"]').forEach(link => { link.search = '?' + query })
})
