// 扫码：扫码枪就是键盘，扫完回车即提交；也可以打开摄像头，认出二维码就填进输入框并提交。
(function () {
  'use strict'
  let stream = null

  function stop(form) {
    stream?.getTracks().forEach(track => track.stop())
    stream = null
    const box = form.querySelector('[data-scan-box]')
    if (box) box.hidden = true
  }

  async function start(form) {
    const box = form.querySelector('[data-scan-box]')
    const video = box.querySelector('video')
    const note = box.querySelector('[data-scan-note]')
    box.hidden = false
    if (!navigator.mediaDevices) return void (note.textContent = '浏览器不允许在这个地址使用摄像头，请改用扫码枪，或通过 https 打开。')
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } })
    } catch (error) {
      note.textContent = '没有打开摄像头：请在浏览器里允许使用，或改用扫码枪。'
      return
    }
    video.srcObject = stream
    await video.play()
    look(form, video)
  }

  function look(form, video) {
    const canvas = document.createElement('canvas')
    const context = canvas.getContext('2d', { willReadFrequently: true })
    const timer = setInterval(() => {
      if (!stream) return clearInterval(timer)
      if (!video.videoWidth) return
      canvas.width = video.videoWidth
      canvas.height = video.videoHeight
      context.drawImage(video, 0, 0)
      const found = window.readQr(context.getImageData(0, 0, canvas.width, canvas.height))
      if (!found) return
      clearInterval(timer)
      stop(form)
      form.querySelector('[data-scan-input]').value = found
      form.requestSubmit()
    }, 250)
  }

  document.addEventListener('click', event => {
    const camera = event.target.closest('[data-scan-camera]')
    if (camera) stream ? stop(camera.form) : start(camera.form)
    const opener = event.target.closest('[data-scan-open]')
    if (!opener) return
    const dialog = document.getElementById('proof-dialog')
    const form = dialog.querySelector('[data-scan-form]')
    form.action = opener.dataset.scanOpen
    dialog.querySelector('[data-scan-into]').dataset.material = opener.dataset.code
    dialog.querySelector('h2').textContent = `扫证明码：${opener.dataset.name}`
    form.querySelector('[data-scan-input]').value = ''
    dialog.showModal()
    form.querySelector('[data-scan-input]').focus()
  })
  document.querySelectorAll('dialog').forEach(dialog => dialog.addEventListener('close', () => {
    const form = dialog.querySelector('[data-scan-form]')
    if (form) stop(form)
  }))
  // 单独的扫码页：一进来就等着扫码枪。
  if (!document.querySelector('dialog [data-scan-input]')) document.querySelector('[data-scan-input]')?.focus()
})()
