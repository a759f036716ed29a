// Drives a server's OAuth 2 with openid-client: discovery, code with PKCE, introspection, revocation, devices, and an
// application that registers itself. It knows nothing of the server but the address of its API; all other addresses
// come from discovery.
//
// Prints one line per check and stops at the first one that fails. The application that registers itself stays
// registered; nothing else on the server is changed.
//
//     npm ci
//     node check.mjs          (with the variables that ../README.md lists)

import { webcrypto } from 'node:crypto';
import * as client from 'openid-client';
import { Browser } from './browser.mjs';

// Node.js 18 keeps these in a module; later ones have them everywhere.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;

const NAMES = ['URL', 'ORG', 'CLIENT_ID', 'CLIENT_SECRET', 'EMAIL', 'PASSWORD'].map((name) => `TALLYSTICK_${name}`);
const REDIRECT_URI = 'http://127.0.0.1:47125/callback';
const API_HEADERS = { Accept: 'application/json', 'X-Tallyfy-Client': 'APIClient' };
const TIMEOUT_MS = 30_000;

class CheckFailed extends Error {}

function expect(condition, message) {
  if (!condition) throw new CheckFailed(message);
}

function equal(actual, wanted, what) {
  expect(actual === wanted, `${what} is ${JSON.stringify(actual)}, wanted ${JSON.stringify(wanted)}`);
}

// The call has to fail with the library's own error, with this code of an RFC.
async function refusal(error, promise) {
  try {
    await promise;
  } catch (raised) {
    // An error in the redirect is an AuthorizationResponseError, one in an answer a ResponseBodyError.
    equal(raised.error, error, `error (${raised.message})`);
    return;
  }
  throw new CheckFailed(`nothing was refused, wanted ${error}`);
}

class Checks {
  constructor(settings) {
    this.url = settings.TALLYSTICK_URL.replace(/\/+$/, '');
    this.org = settings.TALLYSTICK_ORG;
    this.id = settings.TALLYSTICK_CLIENT_ID;
    this.secret = settings.TALLYSTICK_CLIENT_SECRET;
    this.browser = new Browser(settings.TALLYSTICK_EMAIL, settings.TALLYSTICK_PASSWORD);
    this.email = settings.TALLYSTICK_EMAIL;
  }

  // How the library is told that http will do: on this machine only.
  options() {
    const local = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(this.url).hostname);
    return { algorithm: 'oauth2', execute: local ? [client.allowInsecureRequests] : [] };
  }

  async tasks(token) {
    const url = `${this.url}/organizations/${encodeURIComponent(this.org)}/me/tasks`;
    const headers = { ...API_HEADERS, Authorization: `Bearer ${token}` };
    return fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  }

  async works(token) {
    const response = await this.tasks(token);
    const body = await response.text();
    equal(response.status, 200, `the status for a valid token (${body.slice(0, 200)})`);
    expect(Array.isArray(JSON.parse(body).data), 'The answer is not a list of tasks');
  }

  async isRefused(token) {
    const response = await this.tasks(token);
    await response.body?.cancel();
    equal(response.status, 401, 'the status for a token that ended');
  }

  // Sends the person to the consent page and exchanges the code that comes back.
  async connect(config, scope, decision) {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const address = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const returned = await this.browser.decide(address, decision);
    expect(returned.href.startsWith(`${REDIRECT_URI}?`), `The browser was sent to ${returned}`);
    // The library compares `state`, and `iss` with the issuer that discovery named (RFC 9207).
    return client.authorizationCodeGrant(config, returned, { pkceCodeVerifier: verifier, expectedState: state });
  }

  // Discovery

  // From the refusal to the resource (RFC 9728, section 5.1), and from there to the authorization server.
  async theApiNamesItsAuthorizationServer() {
    const refused = await fetch(`${this.url}/me`, { headers: API_HEADERS, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await refused.body?.cancel();
    equal(refused.status, 401, 'the status without a token');
    const challenge = refused.headers.get('WWW-Authenticate') ?? '';
    const address = /\bresource_metadata="([^"]+)"/.exec(challenge)?.[1];
    expect(address, `WWW-Authenticate names no resource_metadata: ${challenge}`);
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const resource = await response.json();
    equal(resource.resource, this.url, 'resource');
    expect(resource.bearer_methods_supported.includes('header'), 'bearer_methods_supported lacks header');
    [this.issuer] = resource.authorization_servers;
  }

  async discovery() {
    const authentication = client.ClientSecretBasic(this.secret);
    this.config = await client.discovery(new URL(this.issuer), this.id, undefined, authentication, this.options());
    const server = this.config.serverMetadata();
    equal(server.issuer, this.issuer, 'issuer');
    expect(server.supportsPKCE('S256'), 'code_challenge_methods_supported lacks S256');
    expect(server.authorization_response_iss_parameter_supported, 'there is no iss in authorization responses');
    for (const grant of ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE]) {
      expect(server.grant_types_supported.includes(grant), `grant_types_supported lacks ${grant}`);
    }
  }

  async clientCredentials() {
    const token = await client.clientCredentialsGrant(this.config);
    expect(token.expiresIn() > 0, `expires_in is ${token.expires_in}`);
    equal(token.refresh_token, undefined, 'refresh_token');
  }

  // A person connects the application

  async codeAndPkce() {
    this.token = await this.connect(this.config, 'tasks.read');
    expect(this.token.refresh_token, 'There is no refresh token');
    await this.works(this.token.access_token);
  }

  async thePersonRefuses() {
    await refusal('access_denied', this.connect(this.config, 'tasks.read', 'deny'));
  }

  async refresh() {
    const renewed = await client.refreshTokenGrant(this.config, this.token.refresh_token);
    expect(renewed.refresh_token !== this.token.refresh_token, 'The refresh token is still the same');
    await this.works(renewed.access_token);
    this.token = renewed;
  }

  async introspection() {
    const known = await client.tokenIntrospection(this.config, this.token.access_token);
    equal(known.active, true, 'active');
    equal(String(known.client_id), this.id, 'client_id');
    equal(known.scope, 'tasks.read', 'scope');
    equal(known.iss ?? this.issuer, this.issuer, 'iss');
    expect(known.exp > Date.now() / 1000, `exp is ${known.exp}`);
  }

  async revocation() {
    await client.tokenRevocation(this.config, this.token.refresh_token, { token_type_hint: 'refresh_token' });
    await this.isRefused(this.token.access_token);
    for (const ended of [this.token.access_token, this.token.refresh_token, 'tso_unknown']) {
      const known = await client.tokenIntrospection(this.config, ended);
      equal(JSON.stringify(known), '{"active":false}', 'what is told of a token that ended');
    }
    await refusal('invalid_grant', client.refreshTokenGrant(this.config, this.token.refresh_token));
  }

  // A device without a browser

  async device() {
    const device = await client.initiateDeviceAuthorization(this.config, { scope: 'tasks.read' });
    expect(/^[B-Z]{4}-[B-Z]{4}$/.test(device.user_code), `user_code is ${device.user_code}`);
    expect(device.verification_uri_complete.includes(device.user_code), 'verification_uri_complete lacks the code');
    // The device polls while the person is still looking for their glasses.
    const given = new AbortController();
    const [token] = await Promise.all([
      client.pollDeviceAuthorizationGrant(this.config, device, undefined, { signal: given.signal }),
      this.browser.decideOnDevice(device.verification_uri_complete).catch((error) => {
        // Nobody will answer any more: no use in asking on.
        given.abort(error);
        throw error;
      }),
    ]);
    await this.works(token.access_token);
    const again = { device_code: device.device_code };
    await refusal('invalid_grant', client.genericGrantRequest(this.config, DEVICE_CODE, again));
  }

  async thePersonRefusesADevice() {
    const device = await client.initiateDeviceAuthorization(this.config, { scope: 'tasks.read' });
    const ask = () => client.genericGrantRequest(this.config, DEVICE_CODE, { device_code: device.device_code });
    await refusal('authorization_pending', ask());
    await refusal('slow_down', ask());
    await this.browser.decideOnDevice(device.verification_uri_complete, 'deny');
    // It was told to ask less often, and a refusal can wait no longer than that: RFC 8628 adds 5 seconds.
    const patient = { ...device, interval: device.interval + 6 };
    await refusal('access_denied', client.pollDeviceAuthorizationGrant(this.config, patient));
  }

  // An application that nobody made (RFC 7591)

  async dynamicRegistration() {
    const metadata = {
      client_name: 'openid-client check',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
    const server = new URL(this.issuer);
    this.registered = await client.dynamicClientRegistration(server, metadata, client.None(), this.options());
    const known = this.registered.clientMetadata();
    expect(typeof known.client_id === 'string' && known.client_id, `client_id is ${known.client_id}`);
    equal(known.client_secret, undefined, 'client_secret of a public client');
    equal(known.token_endpoint_auth_method, 'none', 'token_endpoint_auth_method');
  }

  async theRegisteredApplicationIsConnected() {
    const token = await this.connect(this.registered, 'tasks.read');
    await this.works(token.access_token);
    const renewed = await client.refreshTokenGrant(this.registered, token.refresh_token);
    await this.works(renewed.access_token);
    await client.tokenRevocation(this.registered, renewed.access_token);
    await this.isRefused(renewed.access_token);
  }

  all() {
    return [
      this.theApiNamesItsAuthorizationServer,
      this.discovery,
      this.clientCredentials,
      this.codeAndPkce,
      this.thePersonRefuses,
      this.refresh,
      this.introspection,
      this.revocation,
      this.device,
      this.thePersonRefusesADevice,
      this.dynamicRegistration,
      this.theRegisteredApplicationIsConnected,
    ];
  }
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const inWords = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

async function main() {
  const missing = NAMES.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    console.error(`Please set ${missing.join(' and ')} in the environment.`);
    return 64;
  }
  const checks = new Checks(process.env);
  console.log(`openid-client against ${checks.url}`);
  for (const check of checks.all()) {
    try {
      await check.call(checks);
    } catch (error) {
      const reasons = [];
      for (let reason = error; reason instanceof Error; reason = reason.cause) reasons.push(reason.message);
      console.log(`FAILED ${inWords(check.name)}: ${reasons.join(': ')}`);
      return 1;
    }
    console.log(`ok     ${inWords(check.name)}`);
  }
  return 0;
}

process.exitCode = await main();
