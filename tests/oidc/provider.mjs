// An identity provider for tests: npm's oidc-provider, with accounts whose groups change on request, and with answers
// that are forged on request, by jose.
//
//   node provider.mjs CALLBACK…      prints its address, then serves until it is ended
//   POST /control                    {"accounts": {NAME: {"groups": [...]}}, "forge": NAME, "publish": bool, "down": bool}
import { createSecretKey } from 'node:crypto';
import { createServer } from 'node:http';

import * as jose from 'jose';
import Provider from 'oidc-provider';

let accounts = {};
let forge = '', publish = false, down = false;

const rsa = await jose.generateKeyPair('RS256', { extractable: true });
const ec = await jose.generateKeyPair('ES256', { extractable: true });
const stranger = await jose.generateKeyPair('RS256', { extractable: true });
const jwk = async (key, kid, alg) => ({ ...await jose.exportJWK(key), kid, alg, use: 'sig' });

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const common = { redirect_uris: process.argv.slice(2), grant_types: ['authorization_code', 'refresh_token'] };
const secret = 'a secret & its signs: %+/=';
const provider = new Provider(issuer, {
  clients: [
    { ...common, client_id: 'basic', client_secret: secret },
    { ...common, client_id: 'public', token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' },
    { ...common, client_id: 'fleeting', client_secret: secret, grant_types: ['authorization_code'] },
  ],
  jwks: { keys: [await jwk(rsa.privateKey, 'rsa-1', 'RS256'), await jwk(ec.privateKey, 'ec-1', 'ES256')] },
  findAccount: async (ctx, id) => (id in accounts ? {
    accountId: id,
    claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: true, groups: accounts[id].groups }),
  } : undefined),
  claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
  pkce: { required: () => true },
  issueRefreshToken: async (ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  cookies: { keys: ['for tests'] },
  features: { devInteractions: { enabled: true } },
});

// The same claims, made bad in one way, or signed by something else.
async function forged(token) {
  const claims = jose.decodeJwt(token);
  const header = jose.decodeProtectedHeader(token);
  const sign = (changed, key = rsa.privateKey, more = {}) => new jose.SignJWT({ ...claims, ...changed })
    .setProtectedHeader({ ...header, ...more }).sign(key);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  switch (forge) {
    case 'same': return sign({});
    case 'nonce': return sign({ nonce: 'of another browser' });
    case 'no nonce': return sign({ nonce: undefined });
    case 'aud': return sign({ aud: 'another client' });
    case 'azp': return sign({ aud: ['basic', 'another client'], azp: 'another client' });
    case 'iss': return sign({ iss: 'http://127.0.0.1:1' });
    case 'expired': return sign({ iat: claims.iat - 90000, exp: claims.iat - 86400 });
    case 'of the future': return sign({ iat: claims.iat + 86400, exp: claims.iat + 90000 });
    case 'alg none': return `${part({ alg: 'none', kid: header.kid })}.${part(claims)}.`;
    case 'none, signed': return `${part({ ...header, alg: 'none' })}.${token.split('.').slice(1).join('.')}`;
    case 'HS256 with the public key': {
      const pem = await jose.exportSPKI(rsa.publicKey);
      return sign({}, createSecretKey(Buffer.from(pem)), { alg: 'HS256' });
    }
    case 'stranger': return sign({}, stranger.privateKey);
    case 'new key': return sign({}, stranger.privateKey, { kid: 'rsa-2' });
    case 'somebody else': return `${token.split('.')[0]}.${part({ ...claims, sub: 'boss' })}.${token.split('.')[2]}`;
    default: throw new Error(`no such forgery: ${forge}`);
  }
}

provider.use(async (ctx, next) => {
  if (ctx.path === '/control') {
    let text = '';
    for await (const piece of ctx.req) text += piece;
    ({ accounts = accounts, forge = forge, publish = publish, down = down } = JSON.parse(text));
    ctx.body = {};
    return;
  }
  if (down) {
    ctx.status = 503;
    return;
  }
  await next();
  if (forge && ctx.path === '/token' && ctx.body?.id_token) ctx.body.id_token = await forged(ctx.body.id_token);
  if (publish && ctx.path === '/jwks') ctx.body = { keys: [...ctx.body.keys, await jwk(stranger.publicKey, 'rsa-2', 'RS256')] };
});

server.on('request', provider.callback());
console.log(issuer);
