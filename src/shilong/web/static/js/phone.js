// 手机接力的手机端：领取、拍照（先缩小再传）、拖角、签名。
(function () {
  'use strict'
  const token = () => document.querySelector('[name=csrfmiddlewaretoken]').value
  const headers = extra => ({ 'X-CSRFToken': token(), Accept: 'application/json', ...extra })

  async function reason(response) {
    if (!(response.headers.get('Content-Type') || '').includes('json')) return '没有成功，请稍后再试。'
    const body = await response.json()
    return [body.message, ...Object.values(body.fields || {})].join(' ')
  }

  function complain(text) {
    const box = document.querySelector('[data-error]')
    box.hidden = !text
    box.querySelector('span').textContent = text || ''
  }

  // —— 领取 ——
  const landing = document.querySelector('[data-claim]')
  if (landing) open()
  async function open() {
    const note = landing.querySelector('[data-claim-note]')
    const secret = location.hash.slice(1)
    if (!secret) return void (note.textContent = '没有扫到码，请用手机扫电脑上的二维码打开。')
    const data = new FormData()
    data.append('token', secret)
    try { data.append('uid', localStorage.getItem('handoff') || '') } catch (error) { /* 禁用存储：不能重开 */ }
    const response = await fetch(landing.dataset.claim, { method: 'POST', body: data, headers: headers() })
    if (!response.ok) return void (note.textContent = await reason(response))
    const body = await response.json()
    try { localStorage.setItem('handoff', body.uid) } catch (error) { /* 同上 */ }
    location.replace(body.next)
  }

  // —— 拍照 ——
  const photo = document.querySelector('[data-photo]')
  const LONGEST = 2600
  async function shrink(file) {
    let picture
    try {
      picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
    } catch (error) {
      return file // 浏览器打不开的交给服务器判断
    }
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * scale)
    canvas.height = Math.round(picture.height * scale)
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height)
    return new Promise(resolve => canvas.toBlob(blob => resolve(blob || file), 'image/jpeg', 0.88))
  }

  function show(html) {
    photo.querySelector('[data-shots]').innerHTML = html
    photo.querySelector('[data-finish]').hidden = !photo.querySelector('[data-shot]')
  }

  async function send(address, options) {
    complain('')
    const note = photo.querySelector('[data-note]')
    note.dataset.busy = '1'
    try {
      const response = await fetch(address, { method: 'POST', ...options })
      if (!response.ok) return complain(await reason(response))
      show(await response.text())
    } catch (error) {
      complain('网络断了，照片还在手机里，请再传一次。')
    } finally {
      delete note.dataset.busy
      note.textContent = ''
    }
  }

  async function take(input) {
    const files = [...input.files]
    input.value = ''
    for (const [index, file] of files.entries()) {
      photo.querySelector('[data-note]').textContent = `正在上传 ${index + 1} / ${files.length}`
      const data = new FormData()
      data.append('file', await shrink(file), 'photo.jpg')
      await send(photo.dataset.shoot, { body: data, headers: headers() })
    }
  }

  const cropper = document.getElementById('cropper')
  let editing = null
  function edit(button) {
    const picture = new Image()
    picture.onload = () => {
      const corners = JSON.parse(button.dataset.corners)
      editing = { address: button.dataset.adjust, turns: Number(button.dataset.turns) }
      editing.editor = window.cornerEditor(cropper.querySelector('[data-crop]'), picture.src, picture.naturalWidth, picture.naturalHeight, corners)
      editing.note = cropper.querySelector('h2')
      editing.note.textContent = '拖动四个角'
      cropper.showModal()
    }
    picture.src = button.dataset.original
  }

  function apply() {
    const body = JSON.stringify({ corners: editing.editor.corners(), turns: editing.turns })
    cropper.close()
    send(editing.address, { body, headers: headers({ 'Content-Type': 'application/json' }) })
  }

  if (photo) {
    photo.addEventListener('change', event => { if (event.target.matches('[data-take]')) take(event.target) })
    photo.addEventListener('click', event => {
      const button = event.target.closest('button')
      if (button?.matches('[data-edit]')) edit(button)
      if (button?.dataset.remove && confirm('确定删除这一页吗？')) send(button.dataset.remove, { headers: headers() })
    })
    cropper.addEventListener('click', event => {
      const button = event.target.closest('button')
      if (button?.matches('[data-apply]')) apply()
      if (button?.matches('[data-whole]')) editing.editor.whole()
      if (button?.matches('[data-turn]')) {
        editing.turns = (editing.turns + 1) % 4
        editing.note.textContent = editing.turns ? `拖动四个角（成片顺时针转 ${editing.turns * 90}°）` : '拖动四个角'
      }
    })
  }

  // —— 签名 ——
  const box = document.querySelector('[data-sign]')
  if (!box) return
  const canvas = box.querySelector('[data-pad]')
  const pad = new window.SignaturePad(canvas, { minWidth: 1.2, maxWidth: 3.2, penColor: '#10213d' })
  function fit() {
    const strokes = pad.toData()
    const ratio = Math.max(devicePixelRatio || 1, 1)
    canvas.width = canvas.offsetWidth * ratio
    canvas.height = canvas.offsetHeight * ratio
    canvas.getContext('2d').scale(ratio, ratio)
    pad.fromData(strokes)
  }
  pad.addEventListener('beginStroke', () => complain(''))
  addEventListener('resize', fit)
  fit()

  async function submit(button) {
    if (pad.isEmpty()) return complain('还没有写，请在框里写上姓名。')
    complain('')
    button.disabled = true
    const strokes = pad.toData().map(stroke => stroke.points.map(({ x, y, time, pressure }) => ({ x, y, time, pressure })))
    const device = { platform: navigator.platform || '', screen: `${screen.width}x${screen.height}`, pointer: navigator.maxTouchPoints ? 'touch' : 'mouse' }
    try {
      const response = await fetch(box.dataset.sign, { method: 'POST', body: JSON.stringify({ strokes, device }), headers: headers({ 'Content-Type': 'application/json' }) })
      if (!response.ok) return complain(await reason(response))
      const page = new DOMParser().parseFromString(await response.text(), 'text/html')
      document.getElementById('main').replaceWith(page.getElementById('main'))
    } catch (error) {
      complain('网络断了，字还在，请再点一次“签好了”。')
    } finally {
      button.disabled = false
    }
  }
  box.addEventListener('click', event => {
    const button = event.target.closest('button')
    if (button?.matches('[data-clear]')) pad.clear()
    if (button?.matches('[data-undo]')) pad.fromData(pad.toData().slice(0, -1))
    if (button?.matches('[data-send]')) submit(button)
  })
})()
