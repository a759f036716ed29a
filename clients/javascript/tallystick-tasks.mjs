// Lists the tasks assigned to the owner of a personal access token.
// Needs Node 18 or newer and nothing else: fetch is built in.

const TIMEOUT_MS = 30_000;

class Failure extends Error {
  constructor(exitCode, message) {
    super(message);
    this.exitCode = exitCode;
  }
}

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Failure(64, `Please set ${name} in the environment.`);
  return value;
}

async function getJson(url, token) {
  const headers = {
    Authorization: `Bearer ${token}`,
    Accept: 'application/json',
    'X-Tallyfy-Client': 'APIClient',
  };
  let response, text;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    text = await response.text();
  } catch (error) {
    const reason = error.cause?.code ?? error.cause?.message ?? error.message;
    throw new Failure(2, `Cannot reach the server at ${new URL(url).origin}: ${reason}.`);
  }

  let body;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  if (!response.ok) {
    const message = body?.message ?? response.statusText;
    throw new Failure(1, `HTTP ${response.status} ${body?.code ?? '-'}: ${message}`);
  }
  if (!Array.isArray(body?.data)) throw new Failure(1, 'The answer is not a list of tasks.');
  return body;
}

// The address of the next page comes from the server; the token only ever goes back to where it came from.
function nextPage(body, base) {
  const next = body.meta?.pagination?.links?.next;
  if (!next) return null;
  if (new URL(next).origin !== new URL(base).origin) {
    throw new Failure(1, `The next page is on another server: ${next}`);
  }
  return next;
}

const cell = (value) => String(value ?? '-').replace(/[\t\r\n]/g, ' ');

async function main() {
  const base = setting('TALLYSTICK_URL').replace(/\/+$/, '');
  const org = setting('TALLYSTICK_ORG');
  const token = setting('TALLYSTICK_TOKEN');

  let url = `${base}/organizations/${encodeURIComponent(org)}/me/tasks`;
  while (url) {
    const page = await getJson(url, token);
    for (const task of page.data) {
      console.log([task.id, task.status, task.deadline, task.title].map(cell).join('\t'));
    }
    url = nextPage(page, base);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
