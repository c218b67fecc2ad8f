// 等候屏：每 0.7 秒问一次有没有新动静；有就换内容并念新的呼叫。浏览器没有中文语音时用服务器的音频。
const main = document.querySelector('[data-now]')
const off = document.getElementById('off')
const button = document.querySelector('[data-sound]')
const heard = new Set()
const waiting = []
let speaking = false
let sound = false

const chinese = () => 'speechSynthesis' in window && speechSynthesis.getVoices().find(voice => voice.lang.startsWith('zh') && voice.localService)

function play(call) {
  return new Promise(resolve => {
    const voice = chinese()
    if (voice) {
      const words = new SpeechSynthesisUtterance(call.words)
      words.voice = voice
      words.lang = voice.lang
      words.rate = 0.9
      words.onend = words.onerror = resolve
      speechSynthesis.speak(words)
    } else {
      const audio = new Audio(call.voice)
      audio.onended = audio.onerror = resolve
      audio.play().catch(resolve)
    }
  })
}

async function speak() {
  if (speaking || !sound) return
  speaking = true
  while (waiting.length) {
    const call = waiting.shift()
    await play(call)
    await play(call)
  }
  speaking = false
}

function collect(aloud) {
  const calls = [...document.querySelectorAll('[data-call]')].reverse()
  for (const call of calls) {
    if (heard.has(call.dataset.call)) continue
    heard.add(call.dataset.call)
    if (aloud) waiting.push({ words: call.dataset.words, voice: call.dataset.voice })
  }
  if (waiting.length > 6) waiting.splice(0, waiting.length - 6)
  speak()
}

async function ask() {
  try {
    const since = document.getElementById('board').dataset.stamp
    const answer = await fetch(`${main.dataset.now}?since=${since}`, { cache: 'no-store' })
    if (answer.status === 200) {
      main.innerHTML = await answer.text()
      collect(true)
    }
    off.hidden = answer.ok
  } catch (error) {
    off.hidden = false
  }
  document.getElementById('clock').textContent = new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false })
  setTimeout(ask, 700)
}

button.addEventListener('click', () => {
  sound = !sound
  button.setAttribute('aria-pressed', sound)
  button.textContent = sound ? '语音已开' : '开启语音'
  speak()
})
collect(false)
setTimeout(ask, 700)
