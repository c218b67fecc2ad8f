// 把评价器页面与它用到的样式脚本存一份：先取网上的，取不到用存的，断网重启平板也打得开。取数与提交不经过缓存。
const STORE = 'rating-v1'
const cached = url => url.pathname === '/rating/' || url.pathname.startsWith('/static/')
self.addEventListener('install', event => {
  self.skipWaiting()
  event.waitUntil(caches.open(STORE).then(async store => {
    const page = await fetch('/rating/', { credentials: 'same-origin' })
    if (!page.ok || page.redirected) return
    const text = await page.clone().text()
    await store.put('/rating/', page)
    await store.addAll([...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(found => found[1]))
  }))
})
self.addEventListener('activate', event => event.waitUntil(clients.claim()))
self.addEventListener('fetch', event => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== location.origin || !cached(url)) return
  event.respondWith(fetch(event.request).then(async answer => {
    if (answer.ok && !answer.redirected) (await caches.open(STORE)).put(event.request, answer.clone())
    return answer
  }).catch(async () => (await caches.match(event.request, { ignoreSearch: true })) || Response.error()))
})
