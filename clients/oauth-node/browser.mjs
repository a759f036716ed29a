// A browser for programs: follows redirects, keeps cookies, fills in forms and submits them.
//
// It stands for the person in front of the screen, so that the checks beside it need none. Your own program does not
// need it: there, a real browser opens the address, and a real person signs in and consents.
//
// Fields are read from the page and never assumed: what the page's form holds is sent back, as a browser would.

import http from 'node:http';
import https from 'node:https';
import { parse } from 'parse5';

const TIMEOUT_MS = 30_000;
const MOST_STEPS = 10;

// What a person would complain about; the message says what they see.
export class BrowserError extends Error {}

// parse5 gives a tree of nodes; these few functions walk it.
const attribute = (node, name) => node.attrs?.find((one) => one.name === name)?.value;
const has = (node, name) => attribute(node, name) !== undefined;
const isHidden = (node) => ['script', 'style', 'head'].includes(node.nodeName);

function* descendants(node) {
  for (const child of node.childNodes ?? []) {
    yield child;
    yield* descendants(child);
  }
}

function text(node) {
  if (node.nodeName === '#text') return node.value;
  return (node.childNodes ?? []).filter((child) => !isHidden(child)).map(text).join(' ');
}

const words = (node) => text(node).replace(/\s+/g, ' ').trim();

// What a browser would send for the form, in the order of the page (HTML standard, "constructing the entry list").
function entries(form) {
  const result = [];
  for (const node of descendants(form)) {
    const name = attribute(node, 'name');
    if (!name || has(node, 'disabled')) continue;
    if (node.nodeName === 'input') {
      const kind = (attribute(node, 'type') ?? 'text').toLowerCase();
      if (['submit', 'image', 'button', 'reset', 'file'].includes(kind)) continue;
      if (['checkbox', 'radio'].includes(kind)) {
        if (has(node, 'checked')) result.push([name, attribute(node, 'value') ?? 'on']);
      } else {
        result.push([name, attribute(node, 'value') ?? '']);
      }
    } else if (node.nodeName === 'textarea') {
      result.push([name, (node.childNodes ?? []).map((child) => child.value ?? '').join('')]);
    } else if (node.nodeName === 'select') {
      result.push(...chosen(node).map((option) => [name, attribute(option, 'value') ?? words(option)]));
    }
  }
  return result;
}

function chosen(select) {
  const usable = [...descendants(select)].filter((node) => node.nodeName === 'option' && !has(node, 'disabled'));
  const selected = usable.filter((option) => has(option, 'selected'));
  if (has(select, 'multiple')) return selected;
  // The last one marked wins; without a mark, the list shows its first line.
  return selected.length > 0 ? selected.slice(-1) : usable.slice(0, 1);
}

function buttons(form) {
  return [...descendants(form)]
    .filter(({ nodeName }) => nodeName === 'button' || nodeName === 'input')
    .filter((node) => (attribute(node, 'type') ?? (node.nodeName === 'button' ? 'submit' : 'text')) === 'submit')
    .map((node) => [attribute(node, 'name') ?? '', attribute(node, 'value') ?? '']);
}

function formsOf(page) {
  return [...descendants(page.document)]
    .filter((node) => node.nodeName === 'form')
    .map((form) => ({
      action: new URL(attribute(form, 'action') || page.url, page.url),
      method: (attribute(form, 'method') ?? 'get').toLowerCase(),
      entries: entries(form),
      buttons: buttons(form),
    }));
}

// One request and its whole answer. Not by `fetch`, which follows redirects, adds headers of its own, and does not tell
// one cookie from the next in every version of Node.js.
function exchange(address, method, headers, body) {
  const { request } = address.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(address, { method, headers, timeout: TIMEOUT_MS, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ ...pick(response), text: Buffer.concat(parts).toString('utf8') }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`No answer from ${address.origin}`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

const pick = ({ statusCode, headers }) => ({
  status: statusCode,
  location: headers.location,
  cookies: headers['set-cookie'] ?? [],
});

const hasField = (form, name) => form.entries.some(([known]) => known === name);

function fill(form, name, value) {
  if (!hasField(form, name)) throw new BrowserError(`The form has no field ${name}.`);
  form.entries = form.entries.map(([known, old]) => [known, known === name ? value : old]);
}

// Name and value of each cookie; where a cookie may be sent is no question with one server.
class Cookies {
  #known = new Map();

  keep(lines) {
    for (const line of lines) {
      const [pair, ...rest] = line.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const ended = rest.some((part) => {
        const [name, value] = part.split('=');
        if (name.toLowerCase() === 'max-age') return Number(value) <= 0;
        return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now();
      });
      if (ended) this.#known.delete(pair.slice(0, at));
      else this.#known.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  header() {
    if (this.#known.size === 0) return {};
    return { Cookie: [...this.#known].map(([name, value]) => `${name}=${value}`).join('; ') };
  }
}

// One person's browser: their cookies, and the e-mail and password that they know.
export class Browser {
  #cookies = new Cookies();
  #email;
  #password;

  constructor(email, password) {
    this.#email = email;
    this.#password = password;
  }

  // Opens the address of an authorization request, signs in where asked, and clicks `allow` or `deny`.
  // Answers the address that the browser is sent to in the end: the application's own, with the result in it.
  async decide(address, decision = 'allow') {
    const before = await this.open(address);
    if (before.elsewhere) return before.elsewhere;
    const after = await this.#click(before, decision);
    if (after.elsewhere) return after.elsewhere;
    throw new BrowserError(`The consent page led to ${after.url} and not back: ${summary(after)}`);
  }

  // Opens the page where a device's code is confirmed, and clicks `allow` or `deny`.
  async decideOnDevice(address, decision = 'allow') {
    const page = await this.open(address);
    if (page.elsewhere) throw new BrowserError(`The page of the device led to ${page.elsewhere}`);
    // The page first asks to compare the code with the one on the device, then what to decide.
    const asked = formsOf(page).find((form) => hasField(form, 'user_code') && form.buttons.every(([name]) => name !== 'decision'));
    const shown = asked ? await this.#submit(page, asked) : page;
    const after = await this.#click(shown, decision);
    if (after.elsewhere) throw new BrowserError(`The page of the device led to ${after.elsewhere}`);
  }

  // The page at the address, after signing in if it asks for that; or the address elsewhere that it leads to.
  async open(address) {
    const page = await this.#arrive(address, await this.#request(address, { 'Sec-Fetch-Site': 'none' }));
    if (page.elsewhere) return page;
    const form = signInForm(page);
    if (!form) return page;
    fill(form, 'email', this.#email);
    fill(form, 'password', this.#password);
    const after = await this.#submit(page, form);
    if (!after.elsewhere && signInForm(after)) throw new BrowserError(`Signing in was refused: ${summary(after)}`);
    return after;
  }

  async #click(page, decision) {
    const isWanted = ([name, value]) => name === 'decision' && value === decision;
    const form = formsOf(page).find((one) => one.buttons.some(isWanted));
    if (!form) throw new BrowserError(`${page.url} has no button to ${decision}: ${summary(page)}`);
    return this.#submit(page, form, ['decision', decision]);
  }

  async #submit(page, form, button) {
    if (form.method !== 'post') throw new BrowserError(`The form at ${page.url} does not post but ${form.method}`);
    const here = new URL(page.url);
    // What a browser adds, and what a server tells a form of another site by.
    const headers = {
      Origin: here.origin,
      Referer: here.href,
      'Sec-Fetch-Site': form.action.origin === here.origin ? 'same-origin' : 'cross-site',
    };
    const body = new URLSearchParams([...form.entries, ...(button ? [button] : [])]);
    return this.#arrive(form.action, await this.#request(form.action, headers, body));
  }

  async #request(address, headers, body) {
    const content = body ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {};
    const all = { Accept: 'text/html,application/xhtml+xml', ...content, ...this.#cookies.header(), ...headers };
    const response = await exchange(new URL(address), body ? 'POST' : 'GET', all, body?.toString());
    this.#cookies.keep(response.cookies);
    return response;
  }

  // Follows redirects as long as they stay on the server.
  async #arrive(address, response) {
    let here = new URL(address);
    for (let step = 0; step < MOST_STEPS; step += 1) {
      if (response.status < 300 || response.status > 399 || !response.location) {
        const page = { url: here.href, document: parse(response.text) };
        if (response.status !== 200) {
          throw new BrowserError(`${here} answered HTTP ${response.status}: ${summary(page)}`);
        }
        return page;
      }
      const target = new URL(response.location, here);
      if (target.origin !== here.origin) return { elsewhere: target };
      response = await this.#request(target, { Referer: here.href, 'Sec-Fetch-Site': 'same-origin' });
      here = target;
    }
    throw new BrowserError(`${here} leads round in circles`);
  }
}

const signInForm = (page) => formsOf(page).find((form) => hasField(form, 'password'));

const summary = (page) => words(page.document).slice(0, 300);
