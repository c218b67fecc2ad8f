// 高拍仪：浏览器直连摄像头，连拍、裁剪、旋转，多页合成 PDF 放进材料。
(function () {
  'use strict'
  const dialog = document.getElementById('camera')
  if (!dialog) return
  const find = name => dialog.querySelector(`[data-${name}]`)
  const video = dialog.querySelector('video')
  const note = find('camera-note')
  const token = () => document.querySelector('[name=csrfmiddlewaretoken]').value
  let stream = null
  let target = null
  let frames = []
  let timer = 0
  let cropping = null

  function stop() {
    clearInterval(timer)
    timer = 0
    find('burst').setAttribute('aria-pressed', false)
    stream?.getTracks().forEach(track => track.stop())
    stream = null
  }

  async function start() {
    stop()
    if (!navigator.mediaDevices) return void (note.textContent = '浏览器不允许在这个地址使用摄像头，请通过 https 打开，或改用“上传扫描件”。')
    const [width, height] = find('size').value.split('x').map(Number)
    const device = find('device').value
    const wanted = { width: { ideal: width }, height: { ideal: height } }
    if (device) wanted.deviceId = { exact: device }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted })
    } catch (error) {
      note.textContent = '没有打开高拍仪：请接好设备，并在浏览器里允许使用摄像头。'
      return
    }
    video.srcObject = stream
    await video.play()
    note.textContent = `画面 ${video.videoWidth}×${video.videoHeight}。把材料放平，四边都在画面里。`
    await list()
  }

  async function list() {
    const chosen = stream.getVideoTracks()[0].getSettings().deviceId
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(one => one.kind === 'videoinput')
    find('device').replaceChildren(...devices.map((one, index) => new Option(one.label || `摄像头 ${index + 1}`, one.deviceId, false, one.deviceId === chosen)))
  }

  async function snap() {
    if (!stream || !video.videoWidth) return
    const canvas = document.createElement('canvas')
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    canvas.getContext('2d').drawImage(video, 0, 0)
    const frame = { canvas, turns: 0, corners: null }
    frame.blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.92))
    frames.push(frame)
    show()
    const data = new FormData()
    data.append('frame', frame.blob, 'frame.jpg')
    const response = await fetch('/handoff/corners/', { method: 'POST', body: data, headers: { 'X-CSRFToken': token(), Accept: 'application/json' } })
    if (response.ok && !frame.corners) frame.corners = (await response.json()).corners
    show()
  }

  function thumb(frame) {
    const { canvas: source, turns, corners } = frame
    const scale = 272 / Math.max(source.width, source.height)
    const [w, h] = [source.width * scale, source.height * scale]
    const canvas = document.createElement('canvas')
    canvas.width = turns % 2 ? h : w
    canvas.height = turns % 2 ? w : h
    const pen = canvas.getContext('2d')
    pen.translate(canvas.width / 2, canvas.height / 2)
    pen.rotate(turns * Math.PI / 2)
    pen.translate(-w / 2, -h / 2)
    pen.drawImage(source, 0, 0, w, h)
    if (!corners) return canvas
    pen.strokeStyle = '#1461c4'
    pen.lineWidth = 4
    pen.beginPath()
    corners.forEach(([x, y], index) => pen[index ? 'lineTo' : 'moveTo'](x * w, y * h))
    pen.closePath()
    pen.stroke()
    return canvas
  }

  function button(text, label, act) {
    const one = document.createElement('button')
    one.type = 'button'
    one.className = 'btn sm'
    one.textContent = text
    one.setAttribute('aria-label', label)
    one.addEventListener('click', act)
    return one
  }

  function show() {
    find('frames').replaceChildren(...frames.map((frame, index) => {
      const row = document.createElement('li')
      const tools = document.createElement('span')
      const name = `第 ${index + 1} 页`
      tools.append(
        button('旋转', `旋转${name}`, () => { frame.turns = (frame.turns + 1) % 4; show() }),
        button('裁剪', `裁剪${name}`, () => crop(frame)),
        button('删除', `删除${name}`, () => { frames = frames.filter(other => other !== frame); show() }),
      )
      row.append(name, thumb(frame), tools)
      return row
    }))
    find('count').textContent = frames.length ? `已拍 ${frames.length} 页${frames.length > 1 ? '，会合成一个 PDF' : ''}` : '还没有拍'
    find('send').disabled = !frames.length
  }

  function crop(frame) {
    const box = find('crop-box')
    box.hidden = false
    const address = URL.createObjectURL(frame.blob)
    cropping = { frame, editor: window.cornerEditor(find('crop'), address, frame.canvas.width, frame.canvas.height, frame.corners || [[0, 0], [1, 0], [1, 1], [0, 1]]) }
    box.scrollIntoView({ block: 'nearest' })
  }

  function closeCrop() {
    find('crop-box').hidden = true
    cropping = null
  }

  function send() {
    const data = new FormData()
    data.append('csrfmiddlewaretoken', token())
    data.append('plan', JSON.stringify(frames.map(({ corners, turns }) => ({ corners, turns }))))
    frames.forEach(frame => data.append('frames', frame.blob, 'frame.jpg'))
    document.dispatchEvent(new CustomEvent('material:send', { detail: { code: target.dataset.code, action: target.dataset.camera, data, name: `${frames.length} 页` } }))
    dialog.close()
  }

  document.addEventListener('click', event => {
    const opener = event.target.closest('[data-camera]')
    if (!opener) return
    target = opener
    frames = []
    closeCrop()
    show()
    dialog.querySelector('h2').textContent = `高拍仪：${opener.dataset.name}`
    dialog.showModal()
    start()
  })
  find('snap').addEventListener('click', snap)
  find('burst').addEventListener('click', () => {
    const on = !timer
    find('burst').setAttribute('aria-pressed', on)
    clearInterval(timer)
    timer = on ? setInterval(snap, 2000) : 0
    if (on) snap()
  })
  find('device').addEventListener('change', start)
  find('size').addEventListener('change', start)
  find('send').addEventListener('click', send)
  find('crop-whole').addEventListener('click', () => cropping.editor.whole())
  find('crop-done').addEventListener('click', () => { cropping.frame.corners = cropping.editor.corners(); closeCrop(); show() })
  dialog.addEventListener('close', stop)
})()
