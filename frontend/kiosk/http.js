// 带 CSRF 的 POST。令牌在 body 的 hx-headers 里。
export function post(url, body, { json = false, ...extra } = {}) {
  const headers = { ...JSON.parse(document.body.getAttribute('hx-headers')), Accept: 'application/json' }
  if (json) headers['Content-Type'] = 'application/json'
  return fetch(url, { method: 'POST', headers, body: json ? JSON.stringify(body) : body, credentials: 'same-origin', cache: 'no-store', ...extra })
}
