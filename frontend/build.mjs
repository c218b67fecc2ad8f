// 打包前端资源到 src/shilong/web/static/build（不入库）：图标、图表、拖拽、签名。
import { build } from 'esbuild'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const out = join(root, 'src/shilong/web/static/build')
mkdirSync(out, { recursive: true })

const icons = {}
const iconDir = join(root, 'node_modules/lucide-static/icons')
for (const file of readdirSync(iconDir)) {
  if (!file.endsWith('.svg')) continue
  const svg = readFileSync(join(iconDir, file), 'utf8')
  icons[file.slice(0, -4)] = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[\s\S]*?>/, '').replace(/<\/svg>\s*$/, '').replace(/\s+/g, ' ').trim()
}
writeFileSync(join(out, 'icons.json'), JSON.stringify(icons))

const entries = readdirSync(join(root, 'frontend')).filter(f => /\.(js|css)$/.test(f)).map(f => join(root, 'frontend', f))
await build({ entryPoints: entries, outdir: out, bundle: true, minify: true, format: 'iife', target: ['chrome86'], legalComments: 'none', logLevel: 'warning' })
