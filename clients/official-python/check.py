"""Drives a server with the official `tallyfy` Python package, unmodified.

Prints one line per check and stops at the first one that fails. It creates one
task of its own and archives it again; nothing else on the server is changed.

    pip install -r requirements.txt
    TALLYSTICK_URL=http://127.0.0.1:8080/api TALLYSTICK_ORG=... TALLYSTICK_TOKEN=... python check.py
"""

import logging
import os
import re
import socket
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import version

from tallyfy import TallyfyError, TallyfyIndeterminateError, TallyfySDK
from tallyfy.models import Organization, Task, User

NOBODY = "0" * 32
HEX_ID = re.compile(r"[0-9a-f]{32}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class CheckFailed(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise CheckFailed(message)


def equal(actual, wanted, what):
    expect(actual == wanted, f"{what} is {actual!r}, wanted {wanted!r}")


def is_time(value, what):
    expect(isinstance(value, str) and TIME.fullmatch(value), f"{what} is not a time: {value!r}")


def refusal(status, code, call, *args, **kwargs):
    """The call has to raise the package's own error, carrying our status and our error body."""
    try:
        result = call(*args, **kwargs)
    except TallyfyError as error:
        equal(error.status_code, status, "status_code")
        body = error.response_data
        expect(isinstance(body, dict), f"the error body is not a JSON object: {body!r}")
        equal(body.get("error"), True, "error")
        if code:
            equal(body.get("code"), code, "code")
        message = body.get("message")
        expect(isinstance(message, str) and message, f"message is {message!r}")
        equal(str(error), f"API request failed with status {status}: {message}", "the exception's text")
        expect(not error.side_effect_possible, "a refusal must not count as possibly applied")
        return body
    raise CheckFailed(f"no error was raised; the call returned {result!r}")


def find(tasks, task_id):
    return next((task for task in tasks if task.id == task_id), None)


def every_page(fetch, key="id"):
    """All items of a paginated call, which `key` tells apart."""
    page, items = 1, []
    while True:
        answer = fetch(page)
        expect(answer.meta is not None, "the list has no pagination block")
        equal(answer.meta.current_page, page, "current_page")
        equal(answer.meta.count, len(answer.data), "count")
        items += answer.data
        if page >= answer.meta.total_pages:
            equal(len(items), answer.meta.total, "the number of items on all pages")
            equal(len({getattr(item, key) for item in items}), len(items), "the number of different items")
            return items
        page += 1


class Checks:
    """The checks in the order they run; a later one may use what an earlier one stored."""

    def __init__(self, url, org, token):
        # One retry at most, so that a broken server is reported soon.
        self.options = {"timeout": 15, "max_retries": 1, "retry_delay": 0.1, "retry_jitter": 0}
        self.url, self.org, self.token = url, org, token
        self.sdk = self.connect(token)
        self.me = None
        self.task_id = None
        self.title = f"Read the meter – Straße {os.getpid()}"

    def connect(self, token, url=None):
        return TallyfySDK(api_key=token, base_url=url or self.url, **self.options)

    # People

    def current_user(self):
        self.me = self.sdk.get_current_user_info(self.org)
        expect(isinstance(self.me, User), f"not a user: {self.me!r}")
        expect(isinstance(self.me.id, int) and self.me.id > 0, f"id is {self.me.id!r}")
        expect("@" in self.me.email, f"email is {self.me.email!r}")
        expect(self.me.role in ("admin", "standard", "light"), f"role is {self.me.role!r}")
        equal(self.me.full_name, f"{self.me.first_name} {self.me.last_name}", "full_name")
        equal(self.me.status, "active", "status")

    def organizations(self):
        found = every_page(lambda page: self.sdk.get_current_user_organizations(page=page, per_page=1))
        own = find(found, self.org)
        expect(isinstance(own, Organization), f"organization {self.org} is not in the list")
        expect(own.name, "the organization has no name")
        is_time(own.created_on, "created_on")

    def one_organization(self):
        organization = self.sdk.get_organization(self.org)
        equal(organization.id, self.org, "id")
        equal(organization.user_role, self.me.role, "user_role")

    def members(self):
        found = every_page(lambda page: self.sdk.users.get_organization_users(self.org, page=page, per_page=2))
        equal(find(found, self.me.id).email, self.me.email, "the e-mail of the caller in the list")
        with_groups = self.sdk.get_organization_users(self.org, with_groups=True)
        expect(all("groups" in user.extra for user in with_groups.data), "with=groups brought no groups")

    def member_picker(self):
        picker = self.sdk.get_organization_users_list(self.org)
        equal(picker.count, len(picker.data), "count")
        expect(find(picker.data, self.me.id), "the caller is not in the list")

    def one_member(self):
        equal(self.sdk.get_user(self.org, self.me.id).email, self.me.email, "email")

    # One-off tasks

    def create_task(self):
        deadline = datetime.now(timezone.utc) + timedelta(days=30)
        task = self.sdk.tasks.create_task(
            self.org,
            self.title,
            deadline.strftime("%Y-%m-%d 12:00:00"),
            user_ids=[self.me.id],
            description="<p>A photo and the number.</p>",
            max_assignable=3,
        )
        expect(isinstance(task, Task), f"not a task: {task!r}")
        self.task_id = task.id
        expect(HEX_ID.fullmatch(task.id), f"id is {task.id!r}")
        equal(task.title, self.title, "title")
        equal(task.status, "not-started", "status")
        equal(task.owners.users, [self.me.id], "owners.users")
        equal(task.is_oneoff_task, True, "is_oneoff_task")
        equal(task.max_assignable, 3, "max_assignable")
        equal(task.run_id, None, "run_id")
        is_time(task.deadline, "deadline")

    def read_task(self):
        task = self.sdk.get_standalone_task(self.org, self.task_id)
        equal(task.title, self.title, "title")
        equal(task.summary, "<p>A photo and the number.</p>", "summary")
        equal(task.taskdata, {}, "taskdata")
        equal(task.completed_at, None, "completed_at")

    def my_tasks(self):
        found = every_page(lambda page: self.sdk.get_my_tasks(self.org, page=page, per_page=5))
        expect(find(found, self.task_id), "the new task is not in the list")
        active = self.sdk.get_my_tasks(self.org, status="active")
        expect(all(task.completed_at is None for task in active.data), "status=active lists finished tasks")

    def user_tasks(self):
        found = every_page(lambda page: self.sdk.tasks.get_user_tasks(self.org, self.me.id, page=page, per_page=5))
        own = find(found, self.task_id)
        expect(own, "the new task is not in the list")
        # Includes the package has no field for stay readable in `extra`.
        for include in ("threads_count", "tags", "folders", "member_watchers"):
            expect(include in own.extra, f"with={include} brought nothing")
        created = [task.created_at for task in found]
        equal(created, sorted(created, reverse=True), "the order of sort_by=newest")

    def update_task(self):
        self.title += " (second visit)"
        task = self.sdk.update_standalone_task(
            self.org, self.task_id, title=self.title, owners={"users": [str(self.me.id)]}, prevent_guest_comment=True
        )
        equal(task.title, self.title, "title")
        equal(task.prevent_guest_comment, True, "prevent_guest_comment")
        equal(task.owners.users, [self.me.id], "owners.users")
        equal(task.summary, "<p>A photo and the number.</p>", "summary, which was not sent,")

    def complete_task(self):
        task = self.sdk.complete_standalone_task(self.org, self.task_id)
        equal(task.status, "completed", "status")
        equal(task.completer_id, self.me.id, "completer_id")
        is_time(task.completed_at, "completed_at")
        again = self.sdk.complete_standalone_task
        refusal(422, None, again, self.org, self.task_id)

    def completed_lists(self):
        done = every_page(lambda page: self.sdk.get_my_tasks(self.org, page=page, status="completed"))
        expect(find(done, self.task_id), "status=completed does not list the task")
        active = every_page(lambda page: self.sdk.get_my_tasks(self.org, page=page, status="active"))
        expect(not find(active, self.task_id), "status=active still lists the task")

    def reopen_task(self):
        task = self.sdk.reopen_standalone_task(self.org, self.task_id)
        equal(task.status, "in-progress", "status")
        equal(task.completed_at, None, "completed_at")
        equal(task.completer_id, None, "completer_id")

    # Errors, while the task still exists

    def bad_token(self):
        stranger = self.connect("tsp_not_a_token")
        body = refusal(401, "UNAUTHENTICATED", stranger.get_my_tasks, self.org)
        expect("unauthenticated" in body["message"].lower(), f"message is {body['message']!r}")
        refusal(401, "UNAUTHENTICATED", stranger.get_current_user_organizations)

    def unknown_organization(self):
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_my_tasks, NOBODY)
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_standalone_task, NOBODY, self.task_id)

    def unknown_task(self):
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_standalone_task, self.org, NOBODY)
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.complete_standalone_task, self.org, NOBODY)
        # The package does not look at task ids; it percent-encodes whatever it is given.
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_standalone_task, self.org, "no such täsk?")

    def validation(self):
        create = self.sdk.tasks.create_task
        title = refusal(422, None, create, self.org, "x" * 601, "2031-05-05 12:00:00", user_ids=[self.me.id])
        expect(title["errors"]["title"], "errors names no title")
        deadline = refusal(422, None, create, self.org, "A task", "next Tuesday", user_ids=[self.me.id])
        expect(deadline["errors"]["deadline"], "errors names no deadline")
        update = self.sdk.update_standalone_task
        kind = refusal(422, None, update, self.org, self.task_id, task_type="nonsense")
        expect(all(isinstance(text, str) for text in kind["errors"]["task_type"]), "errors holds no texts")
        equal(self.sdk.get_standalone_task(self.org, self.task_id).task_type, "task", "task_type afterwards")

    def refused_before_sending(self):
        for call, args in (
            (self.sdk.get_my_tasks, ("not/an/id",)),
            (self.sdk.tasks.create_task, (self.org, "", "2031-05-05 12:00:00")),
        ):
            try:
                call(*args)
            except ValueError:
                continue
            raise CheckFailed(f"{call.__name__} accepted {args!r}")

    # The end of the task

    def archive_task(self):
        equal(self.sdk.delete_standalone_task(self.org, self.task_id), True, "the result")
        # The package repeats DELETE by itself after a fault, so a second one has to succeed.
        equal(self.sdk.delete_standalone_task(self.org, self.task_id), True, "the second result")
        is_time(self.sdk.get_standalone_task(self.org, self.task_id).archived_at, "archived_at")
        rest = every_page(lambda page: self.sdk.get_my_tasks(self.org, page=page))
        expect(not find(rest, self.task_id), "the archived task is still in the list")

    def no_server(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))  # bound, never listening: every connection is refused
            nowhere = self.connect(self.token, "http://127.0.0.1:%d" % unused.getsockname()[1])
            try:
                nowhere.get_my_tasks(self.org)
                raise CheckFailed("reading from no server raised nothing")
            except TallyfyError as error:
                equal(error.status_code, None, "status_code")
            try:
                nowhere.tasks.create_task(self.org, "A task", "2031-05-05 12:00:00", user_ids=[1])
                raise CheckFailed("writing to no server raised nothing")
            except TallyfyIndeterminateError as error:
                expect(error.side_effect_possible, "side_effect_possible is not set")

    def all(self):
        return (
            self.current_user,
            self.organizations,
            self.one_organization,
            self.members,
            self.member_picker,
            self.one_member,
            self.create_task,
            self.read_task,
            self.my_tasks,
            self.user_tasks,
            self.update_task,
            self.complete_task,
            self.completed_lists,
            self.reopen_task,
            self.bad_token,
            self.unknown_organization,
            self.unknown_task,
            self.validation,
            self.refused_before_sending,
            self.archive_task,
            self.no_server,
        )


def run(checks):
    """All checks of this class, against the server that the environment names."""
    names = ("TALLYSTICK_URL", "TALLYSTICK_ORG", "TALLYSTICK_TOKEN")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        print(f"Please set {' and '.join(missing)} in the environment.", file=sys.stderr)
        return 64
    logging.getLogger("tallyfy").addHandler(logging.NullHandler())
    logging.getLogger("tallyfy").propagate = False

    url, org, token = (os.environ[name] for name in names)
    print(f"tallyfy {version('tallyfy')} against {url}")
    for check in checks(url, org, token).all():
        name = check.__name__.replace("_", " ")
        try:
            check()
        except (CheckFailed, TallyfyError, AttributeError, KeyError, TypeError, ValueError) as error:
            print(f"FAILED {name}: {type(error).__name__}: {error}")
            return 1
        print(f"ok     {name}")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(run(Checks))
