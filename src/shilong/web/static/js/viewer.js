// 材料预览：点缩略图看大图、翻页、下载。按钮写 data-view、data-name、data-pages、data-download。
(function () {
  'use strict'
  const viewer = document.getElementById('viewer')
  if (!viewer) return
  let shown = null

  function turn(step) {
    shown.page = Math.min(Math.max(1, shown.page + step), shown.pages)
    viewer.querySelector('[data-viewer-image]').src = `${shown.url}?page=${shown.page}`
    viewer.querySelector('[data-viewer-image]').alt = `${shown.name} 第 ${shown.page} 页`
    viewer.querySelector('[data-viewer-page]').textContent = `第 ${shown.page} / ${shown.pages} 页`
    viewer.querySelectorAll('[data-viewer-turn]').forEach(button => { button.disabled = shown.pages < 2 })
  }

  document.addEventListener('click', event => {
    const opener = event.target.closest('[data-view]')
    if (opener) {
      shown = { url: opener.dataset.view, name: opener.dataset.name, pages: Number(opener.dataset.pages) || 1, page: 1 }
      viewer.querySelector('[data-viewer-name]').textContent = shown.name
      viewer.querySelector('[data-viewer-download]').href = opener.dataset.download
      turn(0)
      viewer.showModal()
    }
    const turner = event.target.closest('[data-viewer-turn]')
    if (turner) turn(Number(turner.dataset.viewerTurn))
  })
})()
