// 表单设计器：内存里的一份定义，画成可拖拽的列表；属性面板改它，保存时整份提交由服务端检查。
(function () {
  'use strict'
  const root = document.querySelector('[data-designer]')
  if (!root) return
  const setup = JSON.parse(document.getElementById('setup').textContent)
  const definition = setup.definition
  const canvas = root.querySelector('[data-canvas]')
  const props = root.querySelector('[data-props]')
  const problems = root.querySelector('[data-problems]')
  const status = root.querySelector('[data-status]')
  const CHOICE = ['radio', 'select', 'checks']
  let version = setup.version
  let selected = definition.sections[0] || null
  let dirty = false
  let faults = {}

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
      else if (value === true) node.setAttribute(name, '')
      else if (value !== false && value != null) node.setAttribute(name, value)
    }
    node.append(...children.filter(child => child != null))
    return node
  }
  const csrf = () => JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']

  // —— 定义的查找与改动 ——
  function lists() {
    const found = []
    definition.sections.forEach((section, index) => {
      found.push({ list: section.fields, path: `sections.${index}.fields`, nested: false })
      section.fields.forEach((field, place) => {
        if (field.type === 'rows') found.push({ list: field.fields, path: `sections.${index}.fields.${place}.fields`, nested: true })
      })
    })
    return found
  }
  const everyField = () => lists().flatMap(one => one.list)
  const ownerOf = field => lists().find(one => one.list.includes(field))

  function freshKey(type) {
    const used = new Set(everyField().map(field => field.key))
    for (let number = 1; ; number++) if (!used.has(`${type}_${number}`)) return `${type}_${number}`
  }

  function fresh(type) {
    const field = { key: freshKey(type), label: setup.types[type], type, required: true }
    if (CHOICE.includes(type)) field.options = ['选项一', '选项二']
    if (type === 'rows') Object.assign(field, { min: 1, max: 10, fields: [{ key: freshKey('text'), label: '名称', type: 'text', required: true }] })
    return field
  }

  function changed(redraw = true) {
    dirty = true
    status.textContent = '有修改没有保存'
    if (redraw) draw()
  }

  function add(type) {
    const section = definition.sections.includes(selected) ? selected : definition.sections.find(one => one.fields.includes(selected)) || definition.sections.at(-1)
    if (!section) return
    const field = fresh(type)
    section.fields.push(field)
    selected = field
    changed()
    panel()
  }

  function move(list, from, to) {
    if (to < 0 || to >= list.length) return
    list.splice(to, 0, ...list.splice(from, 1))
    changed()
  }

  // —— 画布 ——
  function draw() {
    canvas.replaceChildren(...definition.sections.map(drawSection))
    if (!setup.editable) return
    canvas.querySelectorAll('[data-list]').forEach(node => {
      Sortable.create(node, { group: 'fields', handle: '.grip', ghostClass: 'ghost', animation: 120, onEnd: dropped, onAdd: arrived })
    })
    Sortable.create(canvas, { handle: '.sec-grip', draggable: '.fd-sec', ghostClass: 'ghost', onEnd: event => move(definition.sections, event.oldDraggableIndex, event.newDraggableIndex) })
  }

  const listOf = node => lists().find(one => one.path === node.dataset.list)

  function dropped(event) {
    const from = listOf(event.from)
    const to = listOf(event.to)
    const field = from.list[event.oldDraggableIndex]
    if (field.type === 'rows' && to.nested) {
      status.textContent = '重复行里不能再放重复行'
      return draw()
    }
    from.list.splice(event.oldDraggableIndex, 1)
    to.list.splice(event.newDraggableIndex, 0, field)
    changed()
  }

  function arrived(event) {
    const type = event.item.dataset.type
    if (!type) return
    const to = listOf(event.to)
    event.item.remove()
    if (type === 'rows' && to.nested) {
      status.textContent = '重复行里不能再放重复行'
      return
    }
    const field = fresh(type)
    to.list.splice(event.newDraggableIndex, 0, field)
    selected = field
    changed()
    panel()
  }

  function tools(list, index, name) {
    if (!setup.editable) return []
    return [
      make('button', { class: 'btn mv', type: 'button', 'aria-label': `${name} 上移`, disabled: index === 0, onclick: () => move(list, index, index - 1) }, '↑'),
      make('button', { class: 'btn mv', type: 'button', 'aria-label': `${name} 下移`, disabled: index === list.length - 1, onclick: () => move(list, index, index + 1) }, '↓'),
      make('button', { class: 'btn mv danger', type: 'button', 'aria-label': `删除 ${name}`, onclick: () => remove(list, index, name) }, '删除'),
    ]
  }

  function remove(list, index, name) {
    const inside = list[index].fields?.length
    if (!confirm(inside ? `“${name}”里还有 ${inside} 个字段，一起删除吗？` : `删除“${name}”吗？`)) return
    list.splice(index, 1)
    selected = null
    changed()
    panel()
  }

  function pick(target) {
    selected = target
    draw()
    panel()
  }

  function drawSection(section, index) {
    return make('section', { class: `fd-sec${section === selected ? ' on' : ''}`, 'aria-label': `分组 ${section.title}` },
      make('header', {}, make('span', { class: 'sec-grip grip', 'aria-hidden': 'true' }, '⠿'), make('button', { class: 'pick', type: 'button', onclick: () => pick(section) }, section.title, section.show ? make('small', {}, '有条件') : null), ...tools(definition.sections, index, section.title)),
      drawList(section.fields, `sections.${index}.fields`))
  }

  function drawList(list, path) {
    return make('div', { class: 'fd-fields', 'data-list': path }, ...list.map((field, index) => drawField(field, list, index, `${path}.${index}`)))
  }

  function drawField(field, list, index, path) {
    const marks = [setup.types[field.type], field.required ? '必填' : '', field.show ? '有条件' : '', field.prefill ? '预填' : ''].filter(Boolean).join(' · ')
    return make('div', { class: `fd-field${field === selected ? ' on' : ''}${faults[path] ? ' bad' : ''}`, 'data-path': path },
      make('div', { class: 'fd-line' }, make('span', { class: 'grip', 'aria-hidden': 'true' }, '⠿'), make('button', { class: 'pick', type: 'button', onclick: () => pick(field) }, field.label || '（没有名称）', make('small', {}, marks)), ...tools(list, index, field.label)),
      faults[path] ? make('p', { class: 'err' }, faults[path]) : null,
      field.type === 'rows' ? drawList(field.fields, `${path}.fields`) : null)
  }

  // —— 属性面板 ——
  function panel() {
    if (!selected) return props.replaceChildren(make('p', { class: 'help' }, '选中一个字段或分组，在这里改它的属性。'))
    props.replaceChildren(...(selected.type ? fieldPanel(selected) : sectionPanel(selected)))
    if (!setup.editable) props.querySelectorAll('input,select,textarea,button').forEach(node => { node.disabled = true })
  }

  function set(target, name, value) {
    if (value === '' || value === null || value === false || Number.isNaN(value)) delete target[name]
    else target[name] = value
    changed()
  }

  let serial = 0
  function text(target, name, label, { long = false, kind = 'text', read = value => value, show = value => value ?? '', help = '' } = {}) {
    const id = `p${++serial}`
    const input = make(long ? 'textarea' : 'input', { id, ...(long ? { rows: 4 } : { type: kind }), onchange: event => set(target, name, read(event.target.value.trim())) })
    input.value = show(target[name])
    return make('div', { class: 'f' }, make('label', { for: id }, label), input, help ? make('span', { class: 'help' }, help) : null)
  }

  function tick(target, name, label) {
    const input = make('input', { type: 'checkbox', onchange: event => set(target, name, event.target.checked) })
    input.checked = Boolean(target[name])
    return make('label', { class: 'fd-tick' }, input, label)
  }

  function choose(target, name, label, options) {
    const id = `p${++serial}`
    const input = make('select', { id, onchange: event => set(target, name, event.target.value) }, make('option', { value: '' }, '不预填'), ...Object.entries(options).map(([value, words]) => make('option', { value }, words)))
    input.value = target[name] ?? ''
    return make('div', { class: 'f' }, make('label', { for: id }, label), input)
  }

  const whole = value => value === '' ? '' : Number.parseInt(value, 10)
  const decimal = value => value === '' ? '' : Number(value)

  function sectionPanel(section) {
    return [text(section, 'title', '分组名称'), condition(section)]
  }

  function fieldPanel(field) {
    const nested = ownerOf(field)?.nested
    const parts = [text(field, 'label', '名称'), text(field, 'key', '字段代码', { help: '小写字母开头；对接时用的名字，发布后尽量不改' }), tick(field, 'required', '必填'), text(field, 'help', '填写说明')]
    if (['text', 'textarea', 'idcard', 'uscc', 'mobile'].includes(field.type)) parts.push(text(field, 'placeholder', '输入框里的示例'))
    if (CHOICE.includes(field.type)) parts.push(optionsBox(field))
    if (['text', 'textarea'].includes(field.type)) parts.push(text(field, 'maxlength', '最多字数', { kind: 'number', read: whole }))
    if (field.type === 'text') parts.push(text(field, 'pattern', '格式规则（正则表达式）'), text(field, 'pattern_message', '格式不符时的提示'))
    if (field.type === 'number') parts.push(text(field, 'min', '最小值', { kind: 'number', read: decimal }), text(field, 'max', '最大值', { kind: 'number', read: decimal }), decimals(field))
    if (field.type === 'date') parts.push(text(field, 'min', '最早日期', { help: '如 2026-01-01，或 today 表示今天' }), text(field, 'max', '最晚日期'))
    if (field.type === 'rows') parts.push(text(field, 'min', '最少行数', { kind: 'number', read: whole }), text(field, 'max', '最多行数', { kind: 'number', read: whole }))
    if (field.type === 'checks') parts.push(text(field, 'min', '至少选几项', { kind: 'number', read: whole }), text(field, 'max', '最多选几项', { kind: 'number', read: whole }))
    if (!nested && field.type !== 'rows') parts.push(choose(field, 'prefill', '自动预填', setup.prefills), tick(field, 'lock', '预填到实名资料后不能改'))
    parts.push(condition(field))
    return parts
  }

  function decimals(field) {
    return text(field, 'decimals', '小数位数', { kind: 'number', read: value => value === '' ? '' : Math.min(4, Math.max(0, Number.parseInt(value, 10))) })
  }

  function optionsBox(field) {
    const words = option => typeof option === 'string' ? option : option.label && option.label !== option.value ? `${option.value}|${option.label}` : option.value
    return text(field, 'options', '选项（一行一个）', {
      long: true,
      help: '显示的字与存的值不同时写“值|显示的字”',
      show: value => (value || []).map(words).join('\n'),
      read: value => value.split('\n').map(line => line.trim()).filter(Boolean).map(line => {
        const [first, ...rest] = line.split('|')
        return rest.length ? { value: first.trim(), label: rest.join('|').trim() } : line
      }),
    })
  }

  // —— 显示条件：全部或任一满足；更复杂的写 JSON ——
  const OPERATORS = { '=': '等于', '!=': '不等于', in: '是其中之一', has: '选了', '>': '大于', '<': '小于', '>=': '大于等于', '<=': '小于等于', filled: '填了' }

  function simple(show) {
    if (!show || (Array.isArray(show) && !show.length)) return { mode: 'all', rows: [] }
    if (Array.isArray(show)) return { mode: 'all', rows: [show] }
    const mode = 'all' in show ? 'all' : 'any' in show ? 'any' : ''
    return mode && show[mode].every(Array.isArray) ? { mode, rows: show[mode] } : null
  }

  function earlier(target) {
    const found = []
    for (const section of definition.sections) {
      if (section === target) return found
      for (const field of section.fields) {
        if (field === target) return found
        if (field.type === 'rows' && field.fields.includes(target)) return [...found, ...field.fields.slice(0, field.fields.indexOf(target))]
        found.push(field)
      }
    }
    return found
  }

  function condition(target) {
    const box = make('fieldset', { class: 'fd-cond' }, make('legend', {}, '什么时候显示'))
    const parsed = simple(target.show)
    if (!parsed) {
      const input = make('textarea', { rows: 4, 'aria-label': '条件（JSON）', onchange: event => {
        try { set(target, 'show', event.target.value.trim() ? JSON.parse(event.target.value) : '') } catch (error) { status.textContent = '条件不是有效的 JSON' }
      } })
      input.value = JSON.stringify(target.show)
      box.append(make('span', { class: 'help' }, '这个条件是嵌套组合，请直接改 JSON。'), input)
      return box
    }
    const write = () => {
      const rows = parsed.rows
      set(target, 'show', !rows.length ? '' : rows.length === 1 ? rows[0] : { [parsed.mode]: rows })
      panel()
    }
    const fields = earlier(target)
    if (!parsed.rows.length) box.append(make('span', { class: 'help' }, '总是显示'))
    if (parsed.rows.length > 1) {
      const mode = make('select', { 'aria-label': '几个条件的关系', onchange: event => { parsed.mode = event.target.value; write() } }, make('option', { value: 'all' }, '全部满足'), make('option', { value: 'any' }, '满足任一'))
      mode.value = parsed.mode
      box.append(mode)
    }
    parsed.rows.forEach((row, index) => box.append(conditionRow(parsed, row, index, fields, write)))
    if (fields.length) box.append(make('button', { class: 'btn sm', type: 'button', onclick: () => { parsed.rows.push([fields[0].key, 'filled']); write() } }, '加条件'))
    return box
  }

  function conditionRow(parsed, row, index, fields, write) {
    const [key, operator, wanted] = row
    const update = next => { parsed.rows[index] = next; write() }
    const field = fields.find(one => one.key === key)
    const keys = make('select', { 'aria-label': '字段', onchange: event => update([event.target.value, operator, wanted].slice(0, row.length)) }, ...fields.map(one => make('option', { value: one.key }, one.label)), field ? null : make('option', { value: key }, key))
    keys.value = key
    const operators = make('select', { 'aria-label': '关系', onchange: event => update(event.target.value === 'filled' ? [key, 'filled'] : [key, event.target.value, coerce(event.target.value, wanted ?? '', field)]) }, ...Object.entries(OPERATORS).map(([value, words]) => make('option', { value }, words)))
    operators.value = operator
    const value = operator === 'filled' ? null : make('input', { 'aria-label': '值', onchange: event => update([key, operator, coerce(operator, event.target.value.trim(), field)]) })
    if (value) value.value = Array.isArray(wanted) ? wanted.join('，') : wanted ?? ''
    return make('div', { class: 'c' }, keys, operators, value, make('button', { class: 'btn sm danger', type: 'button', onclick: () => { parsed.rows.splice(index, 1); write() } }, '去掉'))
  }

  function coerce(operator, value, field) {
    if (operator === 'in') return Array.isArray(value) ? value : String(value).split(/[,，、]/).map(one => one.trim()).filter(Boolean)
    const plain = Array.isArray(value) ? value[0] ?? '' : value
    return field?.type === 'number' && plain !== '' && !Number.isNaN(Number(plain)) ? Number(plain) : plain
  }

  // —— 保存与预览 ——
  async function post(url, body) {
    let response
    try {
      response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf() }, body: JSON.stringify(body) })
    } catch (error) {
      status.textContent = '网络断开，修改还在页面上，恢复后请再试一次'
      return null
    }
    if (!(response.headers.get('Content-Type') || '').includes('json')) {
      status.textContent = response.redirected ? '登录已超时，请在新窗口登录后再试' : '没有成功，请刷新页面再试'
      return null
    }
    const answer = await response.json()
    if (response.ok) {
      faults = {}
      problems.hidden = true
      return answer
    }
    faults = answer.fields || {}
    problems.textContent = [answer.message, ...Object.entries(faults).map(([path, words]) => `${nameOf(path)}：${words}`)].join('\n')
    problems.hidden = false
    status.textContent = answer.message
    draw()
    return null
  }

  function nameOf(path) {
    const target = path.split('.').reduce((value, part) => value?.[part], definition)
    return target?.label || target?.title || '整份表'
  }

  async function save() {
    const answer = await post(root.dataset.save, { definition, version })
    if (!answer) return
    version = answer.version
    dirty = false
    document.querySelectorAll('[data-version]').forEach(node => { node.value = version })
    document.querySelectorAll('[data-publish],[data-discard]').forEach(node => { node.disabled = false })
    status.textContent = `已保存 ${new Date().toTimeString().slice(0, 5)}`
    draw()
  }

  async function preview() {
    const answer = await post(root.dataset.preview, { definition })
    if (!answer) return
    const body = document.querySelector('[data-preview-body]')
    body.innerHTML = answer.html
    shilongForms.start(body.querySelector('form'))
    body.querySelector('form').addEventListener('submit', event => event.preventDefault())
    document.getElementById('preview').showModal()
  }

  root.addEventListener('click', event => {
    const adder = event.target.closest('[data-add]')
    if (adder) add(adder.dataset.add)
    if (event.target.closest('[data-add-section]')) {
      selected = { title: `分组 ${definition.sections.length + 1}`, fields: [] }
      definition.sections.push(selected)
      changed()
      panel()
    }
    if (event.target.closest('[data-save-now]')) save()
    if (event.target.closest('[data-show-preview]')) preview()
  })
  document.addEventListener('submit', event => {
    if (!dirty || !event.target.querySelector('[data-publish]') || event.submitter?.matches('[data-discard]')) return
    event.preventDefault()
    status.textContent = '请先保存草稿再发布'
    status.scrollIntoView({ block: 'center' })
  })
  addEventListener('beforeunload', event => { if (dirty) event.preventDefault() })
  if (setup.editable) Sortable.create(root.querySelector('[data-types]'), { group: { name: 'fields', pull: 'clone', put: false }, sort: false })
  draw()
  panel()
})()
