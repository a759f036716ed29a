"""Lists the tasks assigned to the owner of a personal access token.

Needs the `requests` package: pip install -r requirements.txt
"""

import os
import re
import sys
from urllib.parse import quote, urlsplit

import requests

TIMEOUT_SECONDS = 30


class Failure(Exception):
    def __init__(self, exit_code, message):
        super().__init__(message)
        self.exit_code = exit_code


class BearerAuth(requests.auth.AuthBase):
    """As an `auth` object, because a matching line in ~/.netrc would replace a plain header."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def setting(name):
    value = os.environ.get(name)
    if not value:
        raise Failure(64, f"Please set {name} in the environment.")
    return value


def get_json(session, url, params):
    try:
        response = session.get(url, params=params, timeout=TIMEOUT_SECONDS)
    except requests.RequestException as error:
        host = urlsplit(url).netloc
        raise Failure(2, f"Cannot reach the server at {host}: {type(error).__name__}.") from error

    try:
        body = response.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}

    if not response.ok:
        code, message = body.get("code", "-"), body.get("message", response.reason)
        raise Failure(1, f"HTTP {response.status_code} {code}: {message}")
    if not isinstance(body.get("data"), list):
        raise Failure(1, "The answer is not a list of tasks.")
    return body


def my_tasks(session, base, org):
    """Yields every task, asking for one page after the other."""
    url = f"{base}/organizations/{quote(org, safe='')}/me/tasks"
    page = 1
    while True:
        body = get_json(session, url, {"page": page})
        yield from body["data"]
        if page >= body["meta"]["pagination"]["total_pages"]:
            return
        page += 1


def cell(value):
    return "-" if value is None else re.sub(r"[\t\r\n]", " ", str(value))


def main():
    base = setting("TALLYSTICK_URL").rstrip("/")
    org = setting("TALLYSTICK_ORG")
    token = setting("TALLYSTICK_TOKEN")

    with requests.Session() as session:
        session.auth = BearerAuth(token)
        session.headers.update({"Accept": "application/json", "X-Tallyfy-Client": "APIClient"})
        for task in my_tasks(session, base, org):
            print(*(cell(task[key]) for key in ("id", "status", "deadline", "title")), sep="\t")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    try:
        main()
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(failure.exit_code)
