// 首屏之前恢复长者模式与高对比度，避免闪烁。
(root => {
  try {
    for (const key of ['mode', 'contrast']) {
      const value = localStorage.getItem(key)
      if (value) root.dataset[key] = value
    }
  } catch (error) { /* 禁用存储的浏览器：不记忆 */ }
})(document.documentElement)
