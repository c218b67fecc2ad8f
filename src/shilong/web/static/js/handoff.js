// 手机接力的电脑端：出码、每秒问一次进展，手机传来就刷新这份材料。
(function () {
  'use strict'
  const dialog = document.getElementById('relay')
  if (!dialog) return
  const token = () => document.querySelector('[name=csrfmiddlewaretoken]').value
  const note = dialog.querySelector('[data-relay-note]')
  const image = dialog.querySelector('[data-relay-image]')
  const here = dialog.querySelector('[data-relay-here]')
  let current = null

  async function start(button) {
    stop()
    const data = new FormData()
    data.append('kind', button.dataset.relay)
    data.append('draft', button.dataset.draft)
    data.append('material', button.dataset.material || '')
    dialog.querySelector('h2').textContent = button.dataset.relay === 'sign' ? '用手机签名' : `手机拍照：${button.dataset.name}`
    note.textContent = '正在出码…'
    image.hidden = here.hidden = true
    dialog.showModal()
    const response = await fetch('/handoff/', { method: 'POST', body: data, headers: { 'X-CSRFToken': token(), Accept: 'application/json' } })
    if (!response.ok || response.redirected) {
      const json = (response.headers.get('Content-Type') || '').includes('json')
      note.textContent = json ? (await response.json()).message : '登录已超时，请重新登录后再出码。'
      return
    }
    const ticket = await response.json()
    current = { ...ticket, button, mark: null }
    image.src = ticket.picture
    image.dataset.address = ticket.address
    here.href = ticket.address
    image.hidden = here.hidden = false
    current.timer = setInterval(look, 1000)
    look()
  }

  async function look() {
    const mine = current
    if (!mine || mine.asking) return
    mine.asking = true
    try {
      const response = await fetch(mine.progress, { headers: { Accept: 'application/json' } })
      if (!response.ok || response.redirected || mine !== current) return
      tell(mine, await response.json())
    } catch (error) { /* 断网：下一秒再问 */ } finally {
      mine.asking = false
    }
  }

  function tell(mine, found) {
    const clock = `${Math.floor(found.seconds / 60)}:${String(found.seconds % 60).padStart(2, '0')}`
    note.classList.toggle('on', found.state === 'opened' || found.state === 'done')
    note.textContent = {
      waiting: `用手机扫码打开，不用登录。${clock} 后失效`,
      opened: found.kind === 'sign' ? '手机已打开，等待签名' : `手机已打开，已收到 ${found.pages} 页`,
      done: found.kind === 'sign' ? '已签名' : '已完成',
      revoked: '这个码已作废',
      expired: '这个码已过期，请关闭后重新出码',
    }[found.state]
    image.hidden = here.hidden = found.state !== 'waiting'
    if (mine.mark !== null && mine.mark !== found.mark) changed(mine)
    mine.mark = found.mark
    if (found.state === 'waiting' || found.state === 'opened') return
    clearInterval(mine.timer)
    current = null
    if (found.state === 'done') setTimeout(() => dialog.close(), 900)
  }

  function changed(mine) {
    if (mine.button.dataset.relay === 'sign') return void document.dispatchEvent(new CustomEvent('relay:signed', { detail: mine.button.dataset }))
    document.dispatchEvent(new CustomEvent('relay:changed', { detail: { code: mine.button.dataset.material, action: mine.button.dataset.refresh } }))
  }

  function stop() {
    if (!current) return
    clearInterval(current.timer)
    fetch(current.revoke, { method: 'POST', headers: { 'X-CSRFToken': token() } })
    current = null
  }

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-relay]')
    if (button) start(button)
  })
  // 关掉对话框：没人打开的码作废；手机已打开的让它接着拍，电脑端继续收。
  dialog.addEventListener('close', () => { if (current?.mark?.startsWith('waiting')) stop() })
  // 签名完成：整页重取，显示签名与是否还能提交。
  document.addEventListener('relay:signed', () => setTimeout(() => location.reload(), 900))
})()
