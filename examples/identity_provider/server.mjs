// 统一身份认证的对端：真实的 OpenID Provider（npm oidc-provider），供联调与演示。
// 用法：node examples/identity_provider/server.mjs --port 8194 --callback http://127.0.0.1:8000/login/oidc/callback/
// 登录页任意密码；登录名取 people.json 里的键。密钥每次启动重新生成，不用于生产。
import { readFileSync } from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { parseArgs } from 'node:util'
import Provider from 'oidc-provider'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8194' },
    callback: { type: 'string', multiple: true, default: ['http://127.0.0.1:8000/login/oidc/callback/'] },
    people: { type: 'string', default: new URL('people.json', import.meta.url).pathname },
    secret: { type: 'string', default: 'only-for-integration-test' },
  },
})
const people = JSON.parse(readFileSync(values.people, 'utf8'))
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signing = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'k1' }

const provider = new Provider(`http://127.0.0.1:${values.port}`, {
  clients: [{
    client_id: 'shilong',
    client_secret: values.secret,
    redirect_uris: values.callback,
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  jwks: { keys: [signing] },
  cookies: { keys: ['identity-provider-example'] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['name', 'id_no', 'phone_number', 'realname_level'] },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
  findAccount: (_context, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
})
provider.listen(Number(values.port), '127.0.0.1', () => console.log(`ready http://127.0.0.1:${values.port}`))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
