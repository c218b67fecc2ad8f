// ECharts 自定义构建：只带用到的图。页面用 <div data-chart='{…option…}'> 或 data-chart-src 取数。
import * as echarts from 'echarts/core'
import { BarChart, LineChart, PieChart } from 'echarts/charts'
import { GridComponent, TooltipComponent, LegendComponent, TitleComponent } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([BarChart, LineChart, PieChart, GridComponent, TooltipComponent, LegendComponent, TitleComponent, CanvasRenderer])

function draw(box) {
  const option = JSON.parse(document.getElementById(box.dataset.chart).textContent)
  const chart = echarts.getInstanceByDom(box) || echarts.init(box)
  chart.setOption(option)
}
const all = root => root.querySelectorAll?.('[data-chart]').forEach(draw)
addEventListener('DOMContentLoaded', () => all(document))
for (const name of ['htmx:afterSwap', 'htmx:after:swap']) document.addEventListener(name, e => all(e.target))
addEventListener('resize', () => document.querySelectorAll('[data-chart]').forEach(box => echarts.getInstanceByDom(box)?.resize()))
