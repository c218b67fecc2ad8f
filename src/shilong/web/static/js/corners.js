// 拖四个角：手机拍照与高拍仪共用。坐标是占图宽、高的比例，左上、右上、右下、左下。
window.cornerEditor = function (holder, source, width, height, corners) {
  'use strict'
  const NS = 'http://www.w3.org/2000/svg'
  const make = (name, attributes) => {
    const node = document.createElementNS(NS, name)
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
    return node
  }
  const names = ['左上角', '右上角', '右下角', '左下角']
  let points = corners.map(([x, y]) => [x, y])
  const svg = make('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': '裁剪范围' })
  svg.append(make('image', { href: source, width, height }))
  const edge = make('polygon', { class: 'edge' })
  svg.append(edge)
  const radius = Math.max(width, height) / 32
  const knobs = points.map((point, index) => {
    const knob = make('circle', { class: 'knob', r: radius, tabindex: 0, role: 'slider', 'aria-label': names[index], 'aria-valuenow': 0 })
    svg.append(knob)
    return knob
  })

  function draw() {
    edge.setAttribute('points', points.map(([x, y]) => `${x * width},${y * height}`).join(' '))
    knobs.forEach((knob, index) => {
      knob.setAttribute('cx', points[index][0] * width)
      knob.setAttribute('cy', points[index][1] * height)
      knob.setAttribute('aria-valuenow', Math.round(points[index][0] * 100))
      knob.setAttribute('aria-valuetext', `横 ${Math.round(points[index][0] * 100)}%，竖 ${Math.round(points[index][1] * 100)}%`)
    })
  }

  function move(index, x, y) {
    points[index] = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))]
    draw()
  }

  knobs.forEach((knob, index) => {
    knob.addEventListener('pointerdown', event => {
      event.preventDefault()
      knob.focus()
      knob.setPointerCapture(event.pointerId)
    })
    knob.addEventListener('pointermove', event => {
      if (!knob.hasPointerCapture(event.pointerId)) return
      const box = svg.getBoundingClientRect()
      const scale = Math.min(box.width / width, box.height / height)
      move(index, (event.clientX - box.left - (box.width - width * scale) / 2) / (width * scale), (event.clientY - box.top - (box.height - height * scale) / 2) / (height * scale))
    })
    knob.addEventListener('keydown', event => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
      if (!step) return
      event.preventDefault()
      move(index, points[index][0] + step[0] / 100, points[index][1] + step[1] / 100)
    })
  })
  draw()
  holder.replaceChildren(svg)
  return {
    corners: () => points.map(([x, y]) => [x, y]),
    whole: () => { points = [[0, 0], [1, 0], [1, 1], [0, 1]]; draw() },
  }
}
