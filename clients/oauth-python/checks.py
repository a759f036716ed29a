"""What the check programs share: settings, expectations, and calls to the API with a token."""

import os
import sys

import requests

from browser import BrowserError

TIMEOUT_SECONDS = 30
NAMES = (
    "TALLYSTICK_URL",
    "TALLYSTICK_ORG",
    "TALLYSTICK_TOKEN",
    "TALLYSTICK_CLIENT_ID",
    "TALLYSTICK_CLIENT_SECRET",
    "TALLYSTICK_EMAIL",
    "TALLYSTICK_PASSWORD",
)


class CheckFailed(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise CheckFailed(message)


def equal(actual, wanted, what):
    expect(actual == wanted, f"{what} is {actual!r}, wanted {wanted!r}")


class Settings:
    """The variables of the environment, as attributes: TALLYSTICK_CLIENT_ID is `client_id`."""

    def __init__(self):
        missing = [name for name in NAMES if not os.environ.get(name)]
        if missing:
            print(f"Please set {' and '.join(missing)} in the environment.", file=sys.stderr)
            sys.exit(64)
        for name in NAMES:
            setattr(self, name.removeprefix("TALLYSTICK_").lower(), os.environ[name])
        self.url = self.url.rstrip("/")
        self.token_url = f"{self.url}/oauth/token"
        self.revoke_url = f"{self.url}/oauth/revoke"
        self.authorize_url = f"{self.url}/oauth/authorize"

    def organization_url(self, path):
        return f"{self.url}/organizations/{self.org}{path}"

    def application_url(self, path):
        return f"{self.url}/applications/{self.org}{path}"


class _Bearer(requests.auth.AuthBase):
    """As an `auth` object, because a matching line in ~/.netrc would replace a plain header."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


API_HEADERS = {"Accept": "application/json", "X-Tallyfy-Client": "APIClient"}


def call(method, url, token, body=None):
    """Status and body of one call to the API."""
    response = requests.request(
        method, url, json=body, auth=_Bearer(token), headers=API_HEADERS, timeout=TIMEOUT_SECONDS
    )
    if not response.content:
        return response.status_code, None
    try:
        return response.status_code, response.json()
    except ValueError:
        raise CheckFailed(f"{method} {url} answered HTTP {response.status_code} without JSON") from None


def works(settings, token, what="the access token"):
    """The token lists the tasks of whoever it stands for."""
    status, body = call("GET", settings.organization_url("/me/tasks"), token)
    expect(status == 200, f"{what} got {status} {body}")
    expect(isinstance(body["data"], list), f"no list of tasks: {body}")


def is_refused(settings, token, what):
    """The token is worth nothing (any more)."""
    status, body = call("GET", settings.organization_url("/me/tasks"), token)
    equal(status, 401, f"the status for {what}")
    equal(body.get("code"), "UNAUTHENTICATED", "code")


class PublicClient:
    """An application that keeps no secret, made by an administrator and removed again at the end."""

    def __init__(self, settings, name, redirect_uri):
        self.settings, self.name, self.redirect_uri = settings, name, redirect_uri

    def __enter__(self):
        body = {
            "name": self.name,
            "redirect_uris": [self.redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "confidential": False,
        }
        url = self.settings.organization_url("/oauth-clients")
        status, answer = call("POST", url, self.settings.token, body)
        expect(status == 201, f"making a client got {status} {answer}")
        self.id = answer["data"]["id"]
        equal(answer["data"]["secret"], None, "the secret of a public client")
        return self

    def __exit__(self, *_):
        call("DELETE", self.settings.organization_url(f"/oauth-clients/{self.id}"), self.settings.token)


def run(title, checks, *errors):
    """Runs one check after the other, a line for each, and ends the program at the first that fails."""
    sys.stdout.reconfigure(encoding="utf-8")
    print(title)
    for check in checks:
        name = check.__name__.replace("_", " ")
        try:
            check()
        except (CheckFailed, BrowserError, requests.RequestException, AttributeError, KeyError, TypeError) as error:
            problem = error
        except errors as error:
            problem = error
        else:
            print(f"ok     {name}")
            continue
        print(f"FAILED {name}: {type(problem).__name__}: {problem}")
        sys.exit(1)
