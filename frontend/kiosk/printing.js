// 打印：先让服务端留痕、拿到打印编号，写进水印，再打。浏览器用 --kiosk-printing 启动就不弹对话框。
import { post } from './http.js'

export function startPrinting() {
  const button = document.querySelector('[data-print-log]')
  if (!button) return
  const state = document.querySelector('[data-print-state]')
  button.addEventListener('click', async () => {
    button.disabled = true
    state.textContent = '正在准备打印…'
    try {
      const response = await post(button.dataset.printLog)
      const answer = await response.json()
      if (!answer.mark) throw new Error(answer.message || '')
      for (const place of document.querySelectorAll('[data-mark]')) place.textContent = answer.mark
      await Promise.all([...document.querySelectorAll('.ksheet img')].map(image => image.decode().catch(() => {})))
      state.textContent = `已送到打印机，打印编号 ${answer.serial}。请取走打印件。`
      print()
    } catch (error) {
      state.textContent = error.message || '没有打印成功，请再试一次；还不行请点首页“报修”。'
    }
    button.disabled = false
  })
}
