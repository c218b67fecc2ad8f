// 申请表引擎（浏览器端）：条件显示、重复行、即时校验。条件与服务端共用测试向量，最终以服务端校验为准。
(function () {
  'use strict'
  const OPERATORS = ['=', '!=', 'in', 'has', '>', '<', '>=', '<=', 'filled']
  const MAX_DEPTH = 8

  class MalformedCondition extends Error {}

  function isEmpty(condition) {
    return !condition || (Array.isArray(condition) ? !condition.length : typeof condition === 'object' && !Object.keys(condition).length)
  }

  function holds(condition, values, depth = 0) {
    if (isEmpty(condition)) return true
    if (depth >= MAX_DEPTH) throw new MalformedCondition('嵌套过深')
    if (Array.isArray(condition)) return compare(condition, values)
    if (typeof condition !== 'object' || Object.keys(condition).length !== 1) throw new MalformedCondition('组合条件写法不对')
    const [name, parts] = Object.entries(condition)[0]
    if (name === 'not') return !holds(parts, values, depth + 1)
    if ((name !== 'all' && name !== 'any') || !Array.isArray(parts)) throw new MalformedCondition('不认识的组合')
    const results = parts.map(part => holds(part, values, depth + 1))
    return name === 'all' ? results.every(Boolean) : results.some(Boolean)
  }

  function compare(condition, values) {
    if (condition.length < 2 || condition.length > 3) throw new MalformedCondition('应为 [字段, 运算, 值]')
    const [key, operator, wanted] = condition
    if (typeof key !== 'string' || !OPERATORS.includes(operator)) throw new MalformedCondition('不认识的运算')
    const actual = Object.prototype.hasOwnProperty.call(values, key) ? values[key] : null
    if (operator === 'filled') return filled(actual)
    if (operator === '=') return same(actual, wanted)
    if (operator === '!=') return !same(actual, wanted)
    if (operator === 'in') return Array.isArray(wanted) && wanted.some(option => same(actual, option))
    if (operator === 'has') return Array.isArray(actual) && actual.some(item => same(item, wanted))
    return ordered(actual, operator, wanted)
  }

  function filled(value) {
    if (value === null || value === undefined || value === false || value === '') return false
    return typeof value === 'object' ? Object.keys(value).length > 0 : true
  }

  function same(left, right) {
    if (typeof left === 'boolean' || typeof right === 'boolean') return left === right
    if (typeof left === 'number' || typeof right === 'number') {
      const first = number(left)
      return first !== null && first === number(right)
    }
    return (left ?? null) === (right ?? null)
  }

  function ordered(left, operator, right) {
    let first = number(left)
    let second = number(right)
    if (first === null || second === null) {
      if (typeof left !== 'string' || typeof right !== 'string' || !left || !right) return false
      first = left
      second = right
    }
    return { '>': first > second, '<': first < second, '>=': first >= second, '<=': first <= second }[operator]
  }

  function number(value) {
    if (typeof value !== 'number' && typeof value !== 'string') return null
    const text = String(value).trim()
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || text.length > 40) return null
    const parsed = Number(text)
    return Number.isFinite(parsed) ? parsed : null
  }

  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const USCC_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

  const CHECKS = {
    idcard(text) {
      if (!/^\d{17}[\dX]$/.test(text)) return text.length < 18 ? `身份证号应为 18 位，还差 ${18 - text.length} 位` : '身份证号应为 18 位数字，末位可以是 X'
      const sum = [...text.slice(0, 17)].reduce((total, digit, index) => total + digit * WEIGHTS[index], 0)
      return '10X98765432'[sum % 11] === text[17] ? '' : '身份证号不正确，请逐位核对'
    },
    uscc(text) {
      if (text.length !== 18 || [...text].some(char => !USCC.includes(char))) return '统一社会信用代码应为 18 位，不含字母 I、O、S、V、Z'
      const sum = [...text.slice(0, 17)].reduce((total, char, index) => total + USCC.indexOf(char) * USCC_WEIGHTS[index], 0)
      return USCC[(31 - sum % 31) % 31] === text[17] ? '' : '统一社会信用代码不正确，请逐位核对'
    },
    mobile(text) {
      if (/^1[3-9]\d{9}$/.test(text)) return ''
      return /^\d+$/.test(text) && text.length < 11 ? `手机号应为 11 位，还差 ${11 - text.length} 位` : '手机号应为 11 位数字，以 13–19 开头'
    },
  }

  // 一个字段的提示；没有问题返回空串。
  function check(rules, value) {
    if (!filled(value)) {
      if (!rules.required) return ''
      return (['radio', 'select', 'checks', 'date'].includes(rules.type) ? '请选择' : '请填写') + rules.label
    }
    if (rules.type === 'number') return checkNumber(rules, String(value).trim())
    if (CHECKS[rules.type]) return CHECKS[rules.type](String(value).replace(/[\s-]/g, '').toUpperCase())
    if (rules.type === 'date') return checkDate(rules, String(value))
    if (rules.type === 'checks') return checkCount(rules, value)
    if (rules.type === 'text' || rules.type === 'textarea') return checkText(rules, String(value).trim())
    return ''
  }

  function checkNumber(rules, text) {
    if (!/^[+-]?\d{1,15}(\.\d{1,6})?$/.test(text)) return '请只填数字，例如 86'
    const places = rules.decimals ?? 4
    if ((text.split('.')[1] || '').replace(/0+$/, '').length > places) return places === 0 ? '请填整数' : `最多 ${places} 位小数`
    if (rules.min != null && Number(text) < rules.min) return `不能小于 ${rules.min}`
    if (rules.max != null && Number(text) > rules.max) return `不能大于 ${rules.max}`
    return ''
  }

  function checkDate(rules, text) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return '请填写日期，例如 2026-11-24'
    const bound = limit => limit === 'today' ? today() : limit
    if (rules.min && text < bound(rules.min)) return `不能早于 ${bound(rules.min)}`
    if (rules.max && text > bound(rules.max)) return `不能晚于 ${bound(rules.max)}`
    return ''
  }

  function today() {
    return new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
  }

  function checkCount(rules, value) {
    if (rules.min && value.length < rules.min) return `至少选 ${rules.min} 项`
    return rules.max && value.length > rules.max ? `最多选 ${rules.max} 项` : ''
  }

  function checkText(rules, text) {
    if (rules.minlength && text.length < rules.minlength) return `至少 ${rules.minlength} 个字`
    if (!rules.pattern) return ''
    try {
      return new RegExp(`^(?:${rules.pattern})$`, 'u').test(text) ? '' : rules.pattern_message || '格式不正确，请按说明填写'
    } catch (error) {
      return '' // 浏览器不认识这条规则时交给服务端判断
    }
  }

  const api = { holds, check, filled, MalformedCondition }
  if (typeof module !== 'undefined') module.exports = api
  if (typeof document === 'undefined') return
  globalThis.shilongForms = api

  // 按下鼠标时焦点先离开输入框：此刻显示或收起提示会让页面挪位，松手就点不中了。等松手再说。
  let pressed = false
  const waiting = []
  addEventListener('pointerdown', () => { pressed = true }, true)
  for (const kind of ['pointerup', 'pointercancel']) {
    addEventListener(kind, () => setTimeout(() => {
      pressed = false
      waiting.splice(0).forEach(action => action())
    }), true)
  }

  function later(action) {
    if (pressed) waiting.push(action)
    else action()
  }

  function start(form) {
    const context = JSON.parse(form.dataset.context || '{}')
    form.addEventListener('input', () => refresh(form, context))
    form.addEventListener('change', event => {
      refresh(form, context)
      const field = event.target.closest('[data-field]')
      if (field && event.target.matches('select,[type=radio],[type=checkbox]')) judge(field)
    })
    form.addEventListener('focusout', event => {
      const field = event.target.closest('[data-field]')
      if (field && !field.matches('fieldset') && event.target.name) later(() => judge(field))
    })
    form.addEventListener('click', event => {
      const add = event.target.closest('[data-add-row]')
      const remove = event.target.closest('[data-remove-row]')
      if (!add && !remove) return
      event.preventDefault()
      const owner = event.target.closest('fieldset.rows')
      if (add) addRow(owner)
      else removeRow(owner, remove.closest('[data-row-item]'))
      refresh(form, context)
      form.dispatchEvent(new Event('input', { bubbles: true }))
    })
    refresh(form, context)
  }

  function valueOf(field) {
    if (field.dataset.fixed !== undefined) return field.dataset.fixed
    const type = JSON.parse(field.dataset.rules).type
    if (type === 'checks') return [...field.querySelectorAll('input:checked')].map(input => input.value)
    if (type === 'radio') return field.querySelector('input:checked')?.value ?? ''
    return field.querySelector('input,select,textarea')?.value ?? ''
  }

  // 顺着文档次序走：条件只看前面且显示着的字段，与服务端一致。
  function refresh(form, context) {
    const seen = { ...context }
    for (const section of form.querySelectorAll('[data-section]')) {
      const open = !section.dataset.show || holds(JSON.parse(section.dataset.show), seen)
      let any = false
      for (const field of section.querySelectorAll(':scope > .fg > [data-field]')) any = walk(field, seen, open) || any
      section.hidden = !any
    }
  }

  function walk(field, seen, open) {
    const shown = open && (!field.dataset.show || holds(JSON.parse(field.dataset.show), seen))
    field.hidden = !shown
    if (field.matches('fieldset.rows')) {
      const rows = [...field.querySelectorAll('[data-row-item]')]
      for (const row of rows) {
        const inner = { ...seen }
        for (const child of row.querySelectorAll(':scope > .fg > [data-field]')) walk(child, inner, shown)
      }
      if (shown) seen[field.dataset.field] = rows.map(() => ({ row: 1 }))
    } else if (shown) {
      const key = JSON.parse(field.dataset.rules).key
      seen[key] = valueOf(field)
    }
    return shown
  }

  function judge(field) {
    say(field, check(JSON.parse(field.dataset.rules), valueOf(field)))
  }

  function say(field, message) {
    const note = [...field.querySelectorAll('[data-error]')].find(one => one.closest('[data-field]') === field)
    field.classList.toggle('bad', Boolean(message))
    if (!field.matches('fieldset')) field.querySelector('[name]')?.setAttribute('aria-invalid', String(Boolean(message)))
    if (!note) return
    note.textContent = message
    note.hidden = !message
    if (!message) settle(field)
  }

  // 改好一处，上面的汇总就少一条。
  function settle(field) {
    const id = 'f-' + field.dataset.field.replaceAll('.', '-')
    const link = document.querySelector(`.errsum a[href="#${id}"]`)
    if (!link) return
    const box = link.closest('.errsum')
    link.closest('li').remove()
    const left = box.querySelectorAll('li').length
    box.hidden = !left
    box.querySelector('b').textContent = `还有 ${left} 处需要修改`
  }

  function addRow(owner) {
    const list = owner.querySelector('[data-rows]')
    const next = 1 + Math.max(-1, ...[...list.querySelectorAll('[data-remove-row]')].map(button => Number(button.value.split('.').pop())))
    const holder = document.createElement('template')
    holder.innerHTML = owner.querySelector('template').innerHTML.replaceAll('__row__', String(next))
    const row = holder.content.firstElementChild
    list.append(row)
    renumber(owner)
    row.querySelector('input,select,textarea')?.focus()
  }

  function removeRow(owner, row) {
    const typed = [...row.querySelectorAll('input:not([type=radio]):not([type=checkbox]),textarea')].some(input => input.value.trim())
    if (typed && !confirm('这一行已经填了内容，确定删除吗？')) return
    row.remove()
    renumber(owner)
    owner.querySelector('[data-add-row]').focus()
  }

  function renumber(owner) {
    const rules = JSON.parse(owner.dataset.rules)
    const rows = [...owner.querySelectorAll('[data-row-item]')]
    rows.forEach((row, index) => {
      row.querySelector('[data-row-number]').textContent = index + 1
      row.setAttribute('aria-label', `第 ${index + 1} 行`)
    })
    owner.querySelector('[data-add-row]').hidden = rows.length >= (rules.max ?? 50)
  }

  Object.assign(api, { say, start })
  const boot = () => document.querySelectorAll('form[data-form-engine]').forEach(start)
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', boot)
  else boot()
})()
