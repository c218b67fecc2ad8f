// 在线申报：自动保存草稿、逐件上传（进度、断网自动重试）、预览、防重复提交。
(function () {
  'use strict'
  const offline = document.getElementById('offline')
  const online = state => { if (offline) offline.hidden = state }
  const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
  // 断网时等恢复；恢复事件不一定来，所以也按间隔再试。
  const recovered = ms => Promise.race([wait(ms), new Promise(resolve => addEventListener('online', resolve, { once: true }))])
  addEventListener('offline', () => online(false))
  addEventListener('online', () => online(true))

  function note(state, text) {
    document.querySelectorAll('[data-saved]').forEach(one => {
      one.dataset.s = state
      one.lastElementChild.textContent = text
    })
  }

  // —— 自动保存 ——
  const form = document.querySelector('form[data-autosave]')
  let timer = 0
  let dirty = false
  let saving = null
  let frozen = false

  async function save() {
    dirty = false
    note('ing', '正在保存…')
    for (let delay = 2000; ; delay = Math.min(delay * 2, 30000)) {
      try {
        const response = await fetch(form.action || location.href, { method: 'POST', body: new FormData(form), headers: { 'X-Autosave': '1', Accept: 'application/json' } })
        online(true)
        if (response.ok && !response.redirected) {
          const body = await response.json()
          form.elements.version.value = body.version
          note('ok', `已自动保存 ${body.saved_at}`)
        } else if (response.status === 409) {
          frozen = true
          note('bad', '这份草稿在另一处改过，请刷新页面接着填')
        } else if (response.redirected) {
          frozen = true
          note('bad', '登录已超时，请重新登录；之前保存的内容还在')
        } else {
          note('bad', '没有保存，请检查填写的内容')
        }
        return
      } catch (error) {
        online(false)
        note('bad', '网络断开，恢复后自动保存')
        await recovered(delay)
      }
    }
  }

  function schedule() {
    dirty = true
    clearTimeout(timer)
    timer = setTimeout(flush, 800)
  }

  async function flush() {
    if (saving || frozen || !dirty) return
    saving = save()
    await saving
    saving = null
    if (dirty) flush()
  }

  if (form) {
    form.addEventListener('input', schedule)
    form.addEventListener('change', schedule)
    // 正在自动保存时点“下一步”：等它落定再提交，否则两次保存用同一个修订号会被拒绝。
    form.addEventListener('submit', event => {
      clearTimeout(timer)
      dirty = false
      if (!saving) return
      event.preventDefault()
      const button = event.submitter
      saving.then(() => form.requestSubmit(button || undefined))
    })
    addEventListener('beforeunload', event => { if (dirty && saving) event.preventDefault() })
  }

  // 报错汇总在申请表外面也要接住焦点，键盘与读屏从这里往下走。
  document.querySelector('[data-focus]')?.focus()

  // —— 材料 ——
  const LIMIT = 20 * 1024 * 1024

  function upload(item, action, data, name) {
    const bar = item?.querySelector('[data-progress]')
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', action)
      request.setRequestHeader('X-Fragment', '1')
      request.setRequestHeader('Accept', 'application/json')
      request.upload.onprogress = event => {
        if (!event.lengthComputable || !bar) return
        bar.hidden = false
        bar.firstElementChild.value = Math.round(event.loaded * 100 / event.total)
        bar.lastElementChild.textContent = `正在上传 ${name} ${bar.firstElementChild.value}%`
      }
      request.onload = () => resolve(request)
      request.onerror = request.ontimeout = () => reject(new Error('network'))
      request.send(data)
    })
  }

  async function send(code, action, data, name) {
    for (let delay = 2000; ; delay = Math.min(delay * 2, 30000)) {
      const item = document.getElementById(`m-${code}`)
      try {
        const response = await upload(item, action, data, name)
        online(true)
        return answer(code, response)
      } catch (error) {
        online(false)
        note('bad', '网络断开，恢复后自动重试')
        await recovered(delay)
      }
    }
  }

  function answer(code, response) {
    const type = response.getResponseHeader('Content-Type') || ''
    if (response.status === 200 && type.includes('json')) {
      const body = JSON.parse(response.responseText)
      replace(code, body)
      note('ok', `已自动保存 ${new Date().toTimeString().slice(0, 5)}`)
      return
    }
    complain(code, response.status === 200 ? '登录已超时，请重新登录后再传；之前传好的材料还在。' : reason(response.responseText, type))
  }

  function reason(text, type) {
    if (!type.includes('json')) return '没有传成功，请稍后再试。'
    const body = JSON.parse(text)
    return [body.message, ...Object.values(body.fields || {})].join(' ')
  }

  function complain(code, text) {
    const item = document.getElementById(`m-${code}`)
    const bar = item?.querySelector('[data-progress]')
    if (bar) bar.hidden = true
    const error = item?.querySelector('[data-upload-error]')
    if (!error) return
    error.textContent = text
    error.hidden = false
  }

  function replace(code, body) {
    const item = document.getElementById(`m-${code}`)
    if (item && body.html) {
      const holder = document.createElement('template')
      holder.innerHTML = body.html.trim()
      const fresh = holder.content.firstElementChild
      const focused = item.contains(document.activeElement)
      item.replaceWith(fresh)
      if (focused) fresh.focus({ preventScroll: true })
    }
    const promise = document.getElementById('promise')
    if (promise) promise.innerHTML = body.promise
    document.querySelectorAll('[data-ready]').forEach(one => { one.textContent = body.ready })
    document.querySelectorAll('[data-needed]').forEach(one => { one.textContent = body.needed })
    document.querySelectorAll('[data-meter]').forEach(one => { one.max = body.needed; one.value = body.ready })
  }

  async function uploadFiles(item, target, files) {
    const code = item.dataset.material
    for (const file of files) {
      if (file.size > LIMIT) {
        complain(code, `“${file.name}”超过 20 MB，请压缩或分开上传。`)
        continue
      }
      const data = new FormData(target)
      data.delete('file')
      data.append('file', file)
      await send(code, target.action, data, file.name)
    }
  }

  document.addEventListener('change', event => {
    const input = event.target
    if (input.matches('[data-upload]')) uploadFiles(input.closest('[data-material]'), input.form, [...input.files])
    if (input.matches('[data-submit-on-change]')) send('all', input.form.action, new FormData(input.form), '')
  })

  document.addEventListener('submit', event => {
    const once = event.target.closest('form[data-once]')
    if (once) {
      if (once.dataset.sent) event.preventDefault()
      once.dataset.sent = '1'
      document.querySelectorAll('[data-once] .primary, [form=submit-form]').forEach(button => { button.setAttribute('aria-busy', 'true') })
      return
    }
    const item = event.target.closest('[data-material]')
    if (!item || event.defaultPrevented) return
    event.preventDefault()
    event.target.closest('dialog')?.close()
    send(item.dataset.material, event.target.action, new FormData(event.target), '')
  })
  addEventListener('pageshow', () => document.querySelectorAll('form[data-once]').forEach(one => { delete one.dataset.sent }))

  for (const kind of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(kind, event => {
      const zone = event.target.closest?.('[data-drop]')
      if (!zone) return
      event.preventDefault()
      zone.classList.toggle('over', kind === 'dragover')
      if (kind === 'drop') uploadFiles(zone.closest('[data-material]'), zone.querySelector('[data-drop-form]'), [...event.dataTransfer.files])
    })
  }

  // —— 手机接力传来的页 ——
  document.addEventListener('relay:changed', event => {
    const data = new FormData()
    data.append('csrfmiddlewaretoken', document.querySelector('[name=csrfmiddlewaretoken]').value)
    send(event.detail.code, event.detail.action, data, '')
  })

  document.addEventListener('material:send', event => send(event.detail.code, event.detail.action, event.detail.data, event.detail.name))

  // —— 从证照库、材料库、我的证明选用 ——
  const picker = document.getElementById('picker')
  document.addEventListener('click', async event => {
    const link = event.target.closest('[data-pick]')
    if (link && picker) {
      event.preventDefault()
      const response = await fetch(link.href, { headers: { 'X-Fragment': '1' } })
      if (!response.ok || response.redirected) return void (location.href = link.href)
      picker.querySelector('[data-choices]').innerHTML = await response.text()
      picker.showModal()
    }
    const copier = event.target.closest('[data-copy]')
    if (copier) {
      navigator.clipboard?.writeText(document.getElementById(copier.dataset.copy).textContent).then(() => { copier.lastChild.textContent = '已复制' })
    }
  })
})()
