// 放在 head 里、画页面之前：这一页是上一个人留在浏览历史里的，就不显示，直接回首页。
(root => {
  const { round } = root.dataset
  const before = history.state?.kioskRound
  // 首页没有个人内容，换上新一轮的记号即可；再跳一次会变成刷新，记号还在，没完没了
  if (before && before !== round && location.pathname !== '/self/') {
    root.hidden = true
    location.replace('/self/')
    return
  }
  history.replaceState({ ...history.state, kioskRound: round }, '')
  addEventListener('pageshow', event => { if (event.persisted) location.reload() })
})(document.documentElement)
