// 版式页：方框盖在预览图上，拖动或用方向键改坐标，坐标写回表格；预览由服务端画。
addEventListener('DOMContentLoaded', () => {
  const form = document.getElementById('face')
  const board = form?.querySelector('[data-board]')
  if (!board) return
  const image = board.querySelector('[data-image]')
  const problem = form.querySelector('[data-board-error]')
  const input = name => form.elements.namedItem(name)
  const value = name => Number(input(name)?.value) || 0
  const scale = () => board.clientWidth / (value('width') || 210)
  const boxes = []

  const place = box => {
    const k = scale()
    const w = box.mark ? value(`${box.prefix}size`) : value(`${box.prefix}w`)
    const h = box.mark ? w : value(`${box.prefix}size`) * 0.55
    Object.assign(box.node.style, { left: `${value(`${box.prefix}x`) * k}px`, top: `${value(`${box.prefix}y`) * k}px`, width: `${w * k}px`, height: `${h * k}px` })
  }
  const move = (box, x, y) => {
    input(`${box.prefix}x`).value = Math.max(0, Math.round(x * 2) / 2)
    input(`${box.prefix}y`).value = Math.max(0, Math.round(y * 2) / 2)
    place(box)
  }
  const add = (prefix, label, mark) => {
    const node = document.createElement('button')
    node.type = 'button'
    node.textContent = label
    node.setAttribute('aria-label', `移动${label}，方向键每次半毫米`)
    if (mark) node.className = 'mark'
    const box = { prefix, node, mark }
    node.addEventListener('pointerdown', event => {
      node.setPointerCapture(event.pointerId)
      const from = { x: event.clientX, y: event.clientY, left: value(`${prefix}x`), top: value(`${prefix}y`) }
      const drag = step => move(box, from.left + (step.clientX - from.x) / scale(), from.top + (step.clientY - from.y) / scale())
      node.addEventListener('pointermove', drag)
      node.addEventListener('pointerup', () => { node.removeEventListener('pointermove', drag); refresh() }, { once: true })
    })
    node.addEventListener('keydown', event => {
      const step = { ArrowLeft: [-0.5, 0], ArrowRight: [0.5, 0], ArrowUp: [0, -0.5], ArrowDown: [0, 0.5] }[event.key]
      if (!step) return
      event.preventDefault()
      move(box, value(`${prefix}x`) + step[0], value(`${prefix}y`) + step[1])
    })
    board.append(node)
    boxes.push(box)
    place(box)
  }
  const refresh = async () => {
    const answer = await fetch(form.dataset.preview, { method: 'POST', body: new FormData(form), headers: { 'X-Requested-With': 'fetch' } })
    problem.hidden = answer.ok
    if (!answer.ok) {
      problem.textContent = (await answer.json().catch(() => ({}))).message || '预览没有成功，请检查填写的内容。'
      return
    }
    const old = image.src
    image.src = URL.createObjectURL(await answer.blob())
    if (old.startsWith('blob:')) URL.revokeObjectURL(old)
  }

  form.querySelectorAll('[data-el]').forEach((row, index, rows) => { if (index < rows.length - 1) add(`el.${row.dataset.el}.`, String(index + 1), false) })
  add('qr.', '码', true)
  add('seal.', '章', true)
  form.querySelector('[data-refresh]').addEventListener('click', refresh)
  form.addEventListener('input', () => boxes.forEach(place))
  addEventListener('resize', () => boxes.forEach(place))
  image.addEventListener('load', () => boxes.forEach(place))
})
