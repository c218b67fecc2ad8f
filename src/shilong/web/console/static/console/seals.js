// 签章页：选了文件就让服务端画出来；点预览图或按方向键定章的位置，页码与毫米坐标写回表单，手填也会动。
addEventListener('DOMContentLoaded', () => {
  const form = document.getElementById('stamping')
  const board = form?.querySelector('[data-board]')
  if (!board) return
  const input = name => form.elements.namedItem(name)
  const files = input('uploads')
  const stage = () => board.querySelector('[data-stage]')
  const seal = () => {
    const box = form.querySelector('[name=seals]:checked')
    if (!box) return { w: 40, h: 40, src: '' }
    return { w: Number(box.dataset.width), h: Number(box.dataset.height), src: box.closest('label').querySelector('img').src }
  }
  const between = (value, most) => Math.round(Math.min(Math.max(0, value), Math.max(0, most)) * 2) / 2
  const whole = () => ({ w: Number(stage().dataset.width), h: Number(stage().dataset.height) })

  const draw = () => {
    const now = stage()
    if (!now) return
    const ghost = now.querySelector('[data-ghost]')
    const page = Number(input('page').value)
    const here = page === Number(now.dataset.shown) || (page === 0 && Number(now.dataset.shown) === Number(board.dataset.total))
    ghost.hidden = input('spot').value !== 'custom' || input('x').value === '' || input('y').value === '' || !here
    if (ghost.hidden) return
    const { w, h, src } = seal()
    const { w: width, h: height } = whole()
    const image = ghost.querySelector('img')
    image.hidden = !src
    if (src) image.src = src
    const part = (value, all) => `${value / all * 100}%`
    Object.assign(ghost.style, { left: part(input('x').value, width), top: part(input('y').value, height), width: part(w, width), height: part(h, height) })
  }
  const put = (x, y) => {
    const { w, h } = seal()
    const { w: width, h: height } = whole()
    input('spot').value = 'custom'
    input('page').value = stage().dataset.shown
    input('x').value = between(x, width - w)
    input('y').value = between(y, height - h)
    board.querySelector('[data-where]').textContent = `第 ${input('page').value} 页，距左边 ${input('x').value} 毫米，距上边 ${input('y').value} 毫米。`
    draw()
  }
  const show = async page => {
    const file = files.files[0]
    if (!file) return
    const body = new FormData()
    body.append('uploads', file)
    body.append('shown', page)
    board.setAttribute('aria-busy', 'true')
    const response = await fetch(board.dataset.board, { method: 'POST', body, headers: { 'HX-Request': 'true', 'X-CSRFToken': input('csrfmiddlewaretoken').value } })
    board.innerHTML = await response.text()
    board.removeAttribute('aria-busy')
    if (!Number(page) && stage()) board.dataset.total = stage().dataset.shown
    draw()
  }

  files.addEventListener('change', () => show(0))
  form.addEventListener('change', draw)
  form.addEventListener('input', draw)
  board.addEventListener('click', event => {
    const turn = event.target.closest('[data-turn]')
    if (turn) return show(turn.dataset.turn)
    const now = event.target.closest('[data-stage]')
    if (!now) return
    const box = now.getBoundingClientRect()
    const { w, h } = seal()
    const { w: width, h: height } = whole()
    put((event.clientX - box.left) / box.width * width - w / 2, (event.clientY - box.top) / box.height * height - h / 2)
  })
  board.addEventListener('keydown', event => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (!step || !event.target.matches('[data-stage]')) return
    event.preventDefault()
    const far = event.shiftKey ? 10 : 1
    const at = (name, start) => input(name).value === '' ? start : Number(input(name).value)
    put(at('x', 130) + step[0] * far, at('y', 215) + step[1] * far)
  })
})
