// 评价器：待机、评价、谢谢三个画面。每 0.8 秒问一次有没有要评的服务；评价先存本机再发，断网存着，恢复后补传。
const root = document.getElementById('screen')
const $ = id => document.getElementById(id)
const POLL = 800, IDLE = 40000, THANKS = 3500, QUEUE = 'rating-queue', MOST = 500
let service = null, level = 0, tags = new Set(), skipped = '', timer = 0, sending = false

const show = name => { for (const one of ['idle', 'rate', 'thanks']) $(one).hidden = one !== name }
const online = yes => {
  const waiting = queue().length
  $('net').textContent = yes ? (waiting ? `已连接，正在补传 ${waiting} 条` : '已连接') : `网络断开，评价已存本机 ${waiting} 条`
  $('net').classList.toggle('off', !yes)
}
const queue = () => { try { return JSON.parse(localStorage.getItem(QUEUE)) || [] } catch (error) { return [] } }
const keep = rows => localStorage.setItem(QUEUE, JSON.stringify(rows.slice(-MOST)))
const uuid = () => crypto.randomUUID ? crypto.randomUUID() : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16))

function touch() {
  clearTimeout(timer)
  timer = setTimeout(standby, IDLE)
}
function clear() {
  level = 0
  tags = new Set()
  $('named-box').checked = false
  $('warn').textContent = ''
  $('qr').hidden = true
  root.querySelectorAll('[data-level]').forEach(one => one.setAttribute('aria-checked', 'false'))
  root.querySelectorAll('[data-tag]').forEach(one => one.setAttribute('aria-pressed', 'false'))
  root.querySelectorAll('[data-tags]').forEach(one => { one.hidden = true })
  root.querySelector('[data-send]').disabled = true
}
function standby() {
  clearTimeout(timer)
  if (service) skipped = service.uid
  service = null
  clear()
  show('idle')
}
function open(found) {
  service = found
  clear()
  $('what').textContent = found ? `${found.title}　${found.node}${found.staff ? '　办理人 ' + found.staff : ''}` : '评价刚才的窗口服务'
  $('named').hidden = !found?.signable
  root.querySelector('[data-phone]').hidden = !found
  show('rate')
  touch()
}
function choose(button) {
  level = Number(button.dataset.level)
  tags = new Set()
  root.querySelectorAll('[data-level]').forEach(one => one.setAttribute('aria-checked', String(one === button)))
  root.querySelectorAll('[data-tag]').forEach(one => one.setAttribute('aria-pressed', 'false'))
  root.querySelectorAll('[data-tags]').forEach(one => { one.hidden = one.dataset.tags !== String(level) })
  ready()
}
function ready() {
  root.querySelector('[data-send]').disabled = !level || (level <= 2 && !tags.size)
}
async function send() {
  const row = { client_id: uuid(), service: service?.uid || null, level, tags: [...tags], named: Boolean(service?.signable) && $('named-box').checked, at: new Date().toISOString() }
  keep([...queue(), row])
  if (service) skipped = service.uid
  service = null
  clearTimeout(timer)
  clear()
  $('thanks-p').textContent = '我们会认真改进'
  show('thanks')
  setTimeout(() => { if (!$('thanks').hidden) show('idle') }, THANKS)
  const refused = await flush()
  if (refused?.client_id === row.client_id) $('thanks-p').textContent = refused.message
}
// 一条一条补传；收下的、规则不收的都移出，网络或服务器不行的留着下次再试。
async function flush() {
  if (sending) return null
  sending = true
  let last = null
  try {
    for (let rows = queue(); rows.length; rows = queue()) {
      const answer = await fetch(root.dataset.submit, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': root.dataset.csrf }, body: JSON.stringify(rows[0]), signal: AbortSignal.timeout ? AbortSignal.timeout(8000) : undefined })
      if (answer.status === 401) return location.assign('/rating/login/')
      if (answer.status === 403) return location.reload()
      if (!answer.ok) {
        if (answer.status >= 500) break
        last = { client_id: rows[0].client_id, message: (await answer.json()).message }
      }
      keep(queue().filter(one => one.client_id !== rows[0].client_id))
    }
  } catch (error) { /* 断网：留着 */ } finally { sending = false }
  return last
}
async function poll() {
  try {
    const answer = await fetch(root.dataset.next, { cache: 'no-store', headers: { Accept: 'application/json' }, signal: AbortSignal.timeout ? AbortSignal.timeout(5000) : undefined })
    if (answer.status === 401) return location.assign('/rating/login/')
    if (!answer.ok) throw new Error(String(answer.status))
    const found = (await answer.json()).service
    online(true)
    if (queue().length) await flush().then(() => online(true))
    if (found && found.uid !== skipped && found.uid !== service?.uid && (!$('idle').hidden || !$('thanks').hidden || (service && !level))) open(found)
  } catch (error) { online(false) }
  setTimeout(poll, POLL)
}
async function phone() {
  try {
    const answer = await fetch(`${root.dataset.qr}${service.uid}/`, { cache: 'no-store' })
    if (!answer.ok) throw new Error(String(answer.status))
    $('qr-img').src = (await answer.json()).picture
    $('qr').hidden = false
  } catch (error) { $('warn').textContent = '现在生成不了二维码，请直接在这里评价。' }
}
root.addEventListener('click', event => {
  if (!$('rate').hidden) touch()
  const hit = selector => event.target.closest(selector)
  if (hit('[data-start]')) open(null)
  else if (hit('[data-level]')) choose(hit('[data-level]'))
  else if (hit('[data-tag]')) {
    const button = hit('[data-tag]'), code = button.dataset.tag
    tags.has(code) ? tags.delete(code) : tags.add(code)
    button.setAttribute('aria-pressed', String(tags.has(code)))
    ready()
  } else if (hit('[data-send]')) send()
  else if (hit('[data-cancel]')) standby()
  else if (hit('[data-phone]')) phone()
  else if (hit('[data-back]')) standby()
})
addEventListener('online', flush)
if ('serviceWorker' in navigator) navigator.serviceWorker.register(root.dataset.worker, { scope: '/rating/' }).catch(() => {})
poll()
