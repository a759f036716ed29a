#!/usr/bin/env python3
"""How the cost of a template grows with its size: import, read, save, copy.

    cargo build --release
    python3 scripts/bench-templates.py target/release/tallystick

Starts a demo of its own in a temporary folder. Prints medians in milliseconds for templates of 125, 250 and 500 steps, each
step with four form fields, and as many rules as steps; and the ratio of the largest to the smallest, where 4.0 is linear.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

SIZES = (125, 250, 500)
ROUNDS = 9


def template(size):
    def identity(kind, number):
        return f"{kind:x}{number:031x}"

    def field(step, number):
        return {"id": identity(2, step * 4 + number), "label": f"Field {number}", "field_type": "text", "required": False}

    steps = [
        {
            "id": identity(1, step),
            "title": f"Step {step}",
            "position": step + 1,
            "summary": "<p>Do what has to be done here.</p>",
            "captures": [field(step, number) for number in range(4)],
        }
        for step in range(size)
    ]
    rules = [
        {
            "automated_alias": f"Rule {step}",
            "conditions": [
                {"conditionable_id": identity(2, step * 4), "conditionable_type": "Capture", "operation": "contains", "statement": "x"}
            ],
            "then_actions": [
                {"action_type": "visibility", "action_verb": "show", "target_step_id": identity(1, (step + 1) % size)}
            ],
        }
        for step in range(size)
    ]
    return {"title": f"{size} steps", "type": "procedure", "steps": steps, "automated_actions": rules}


class Server:
    def __init__(self, executable, folder):
        command = [executable, "demo", "--json", "--listen", "127.0.0.1:0", "--data-dir", folder]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.facts = json.loads(self.process.stdout.readline())

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.facts['api_url']}/organizations/{self.facts['organization_id']}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.facts['access_token']}",
                "Accept": "application/json",
                "Content-Type": "application/json",
                "X-Tallyfy-Client": "bench",
            },
        )
        with urllib.request.urlopen(request) as answer:
            return answer.read()


def timed(work):
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def measure(server, size):
    body = template(size)
    made = json.loads(server.call("POST", "checklists", body))["data"]
    path = f"checklists/{made['id']}"
    steps = json.loads(server.call("GET", f"{path}?with=steps"))["data"]["steps"]["data"]
    step, turn = steps[size // 2]["id"], iter(range(1_000_000))
    return {
        "import": timed(lambda: server.call("POST", "checklists", body)),
        "read whole": timed(lambda: server.call("GET", f"{path}?with=steps,stages")),
        "save one step": timed(lambda: server.call("PUT", f"{path}/steps/{step}", {"title": f"Step {next(turn)}"})),
        "copy": timed(lambda: server.call("POST", f"{path}/clone", {})),
        "check": timed(lambda: server.call("GET", f"{path}/health")),
    }


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(sys.argv[1], folder + "/demo")
        try:
            found = {size: measure(server, size) for size in SIZES}
        finally:
            server.process.terminate()
            server.process.wait()
    print("| milliseconds | " + " | ".join(f"{size} steps" for size in SIZES) + " | largest / smallest |")
    print("|---" * (len(SIZES) + 2) + "|")
    for name in found[SIZES[0]]:
        row = [found[size][name] for size in SIZES]
        print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in row) + f" | {row[-1] / row[0]:.1f} |")


if __name__ == "__main__":
    main()
