"""What the journeys need beside the pages: the API by curl, codes of an authenticator app, an application's own address."""

import base64
import hashlib
import hmac
import http.server
import json
import queue
import secrets
import struct
import subprocess
import threading
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from screen import JourneyFailed, equal, expect, program

PATIENCE_SECONDS = 30


def curl(*arguments):
    """Status and body of one request, made as somebody would who copies it from the page."""
    command = [program("curl"), "--silent", "--show-error", "--noproxy", "*", "--max-time", str(PATIENCE_SECONDS)]
    done = subprocess.run(
        [*command, "--write-out", "\n%{http_code}", *arguments], capture_output=True, text=True, check=False
    )
    expect(done.returncode == 0, f"curl ended with {done.returncode}: {done.stderr}")
    body, _, status = done.stdout.rpartition("\n")
    try:
        return int(status), json.loads(body) if body else None
    except ValueError:
        raise JourneyFailed(f"not JSON with status {status}: {body[:500]}") from None


def call(settings, path, token, *arguments):
    """One path of the organization, with a token: read, unless the arguments say otherwise."""
    return curl(
        *arguments,
        f"{settings.url}/organizations/{settings.org}{path}",
        *("--header", f"Authorization: Bearer {token}"),
        *("--header", "Accept: application/json"),
        *("--header", "X-Tallyfy-Client: APIClient"),
    )


def works(settings, token):
    status, body = call(settings, "/me/tasks", token)
    equal(status, 200, f"the status of me/tasks ({body})")
    expect(isinstance(body["data"], list), f"no list of tasks: {body}")


def is_refused(settings, token):
    status, body = call(settings, "/me/tasks", token)
    equal(status, 401, f"the status of me/tasks ({body})")


def post(settings, path, **fields):
    """One form of OAuth, with the secret of the application."""
    form = urlencode({"client_id": settings.client_id, "client_secret": settings.client_secret, **fields})
    return curl(f"{settings.site}{path}", "--data", form)


def one_time_code(letters, steps_ahead=0):
    """RFC 6238 as authenticator apps do it: SHA-1, 30 seconds, six digits."""
    key = base64.b32decode(letters.replace(" ", "") + "=" * (-len(letters.replace(" ", "")) % 8))
    step = struct.pack(">Q", int(time.time()) // 30 + steps_ahead)
    digest = hmac.new(key, step, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class Proof:
    """PKCE (RFC 7636), S256."""

    def __init__(self):
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Callback:
    """The application's own address on this machine, on a port that was free; keeps what browsers bring there."""

    PAGE = b'<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Back</title><h1>Back</h1>'

    def __enter__(self):
        arrived = self._arrived = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                arrived.put(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(Callback.PAGE)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/callback"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def result(self):
        """What the next visit brings, name by name."""
        try:
            path = self._arrived.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise JourneyFailed("no browser came back to the application") from None
        expect(path.startswith("/callback?"), f"the browser came to {path}")
        return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
