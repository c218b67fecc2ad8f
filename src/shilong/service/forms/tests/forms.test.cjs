// 浏览器端条件与服务端同一份测试向量：node --test src/shilong/service/forms/tests/
const test = require('node:test')
const assert = require('node:assert')
const path = require('node:path')
const forms = require(path.join(__dirname, '../../../web/static/js/forms.js'))
const vectors = require('./conditions.json')

for (const row of vectors) {
  test(row.name, () => {
    if (row.error) assert.throws(() => forms.holds(row.condition, row.values), forms.MalformedCondition)
    else assert.equal(forms.holds(row.condition, row.values), row.holds)
  })
}

test('即时校验', () => {
  assert.match(forms.check({ type: 'mobile', label: '手机' }, '1380000602'), /还差 1 位/)
  assert.match(forms.check({ type: 'number', label: '面积' }, '86 平'), /只填数字/)
  assert.match(forms.check({ type: 'text', label: '姓名', required: true }, ''), /请填写姓名/)
  assert.equal(forms.check({ type: 'number', label: '面积', min: 1, decimals: 2 }, '86.50'), '')
})
