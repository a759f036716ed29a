"""Drives what brings order into an organization with the official `tallyfy` Python package, unmodified: groups, tags, folders,
guests, comments and issues, search.

Prints one line per check and stops at the first one that fails. What it makes it deletes or archives again; guests stay,
disabled.

    pip install -r requirements.txt
    TALLYSTICK_URL=http://127.0.0.1:8080/api TALLYSTICK_ORG=... TALLYSTICK_TOKEN=... python grouping.py
"""

import os
import sys

from check import HEX_ID, NOBODY, Checks, equal, every_page, expect, find, is_time, refusal, run


class GroupingChecks(Checks):
    """Things of each kind, from their making to their end, around one template and one task."""

    def template_and_task(self):
        self.name = f"Harvest {os.getpid()}"
        self.template = self.sdk.create_template(self.org, self.name).id
        task = self.sdk.tasks.create_task(self.org, self.name, "2031-05-05 12:00:00", user_ids=[self.me.id])
        self.task_id = task.id

    # Guests

    def guests(self):
        self.guest = f"kim.{os.getpid()}@farm.example"
        made = self.sdk.create_guest(self.org, self.guest, "Kim", "Field")
        equal((made.email, made.first_name, made.last_name), (self.guest, "Kim", "Field"), "the new guest")
        changed = self.sdk.update_guest(self.org, self.guest, first_name="Kimmy", last_name="Field")
        equal(changed.first_name, "Kimmy", "first_name")
        equal(self.sdk.get_guest(self.org, self.guest).first_name, "Kimmy", "first_name when read again")
        listed = every_page(lambda page: self.sdk.users.get_organization_guests(self.org, page=page, per_page=2), key="email")
        expect(self.guest in [each.email for each in listed], "the guest is not in the list")
        expect(self.guest in [each.email for each in self.sdk.get_organization_guests_list(self.org).data], "nor in the picker")
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_guest, self.org, "nobody@farm.example")

    def guest_tasks(self):
        task = self.sdk.tasks.create_task(
            self.org, f"{self.name} by a guest", "2031-05-05 12:00:00", user_ids=[self.me.id], guest_emails=[self.guest]
        )
        # The package takes the guest's code from their link; an address does as well.
        for name in (self.sdk.get_guest(self.org, self.guest).guest_id, self.guest):
            found = self.sdk.get_guest_tasks(self.org, name, status="active").data
            equal([each.id for each in found], [task.id], "the tasks of the guest")
            equal(found[0].owners.guests, [self.guest], "owners.guests")
        self.sdk.delete_standalone_task(self.org, task.id)

    def disable_guest(self):
        self.sdk.disable_guest(self.org, self.guest)
        expect(self.sdk.get_guest(self.org, self.guest).details.disabled_at, "disabled_at is not set")
        self.sdk.enable_guest(self.org, self.guest)
        expect(not self.sdk.get_guest(self.org, self.guest).details.disabled_at, "disabled_at is still set")
        self.sdk.disable_guest(self.org, self.guest)

    # Groups

    def groups(self):
        made = self.sdk.create_group(self.org, self.name, description="Pickers", members=[self.me.id])
        expect(HEX_ID.fullmatch(made.id), f"the id is {made.id!r}")
        equal((made.name, made.description, made.members), (self.name, "Pickers", [self.me.id]), "the new group")
        self.group = made.id
        changed = self.sdk.update_group(self.org, self.group, name=f"{self.name} crew")
        equal((changed.name, changed.members), (f"{self.name} crew", [self.me.id]), "name, and members that were not sent")
        equal(self.sdk.get_group(self.org, self.group).name, f"{self.name} crew", "the name when read again")
        expect(find(self.sdk.get_groups(self.org), self.group), "the group is not in the list")
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_group, self.org, NOBODY)

    # Tags

    def tags(self):
        made = self.sdk.create_tag(self.org, self.name, color="#3fb65b")
        equal((made.title, made.color), (self.name, "#3fb65b"), "the new tag")
        self.tag = made.id
        changed = self.sdk.update_tag(self.org, self.tag, title=f"{self.name} tag", color="#000000")
        equal(changed.title, f"{self.name} tag", "the title")
        equal(self.sdk.get_tag(self.org, self.tag).color, "#000000", "the color when read again")
        expect(find(self.sdk.get_tags(self.org), self.tag), "the tag is not in the list")
        refusal(422, None, self.sdk.create_tag, self.org, f"{self.name} tag")

    def tags_of_template(self):
        """The package has no method for this."""
        path = f"organizations/{self.org}/checklists/{self.template}"
        seen = self.sdk._make_request("GET", path, params={"with": "tags"})
        return [each["tag_id"] for each in seen["data"]["tags"]["data"]]

    def tag_a_template(self):
        self.sdk.tag_template(self.org, self.template, self.tag)
        self.sdk.tag_template(self.org, self.template, self.tag)  # again changes nothing
        equal(self.tags_of_template(), [self.tag], "the tags of the template")
        self.sdk.untag_template(self.org, self.tag, template_id=self.template)
        equal(self.tags_of_template(), [], "the tags of the template afterwards")

    # Folders

    def folders(self):
        made = self.sdk.create_folder(self.org, self.name)
        equal((made.name, made.parent_id), (self.name, None), "the new folder")
        self.folder = made.id
        inner = self.sdk.create_folder(self.org, "Apples", parent_id=self.folder)
        equal(inner.parent_id, self.folder, "parent_id")
        equal(self.sdk.update_folder(self.org, inner.id, name="Pears").name, "Pears", "the name")
        equal(self.sdk.get_folder(self.org, inner.id).name, "Pears", "the name when read again")
        expect(find(self.sdk.get_folders(self.org), self.folder), "the folder is not in the list")
        equal(self.sdk.delete_folder(self.org, inner.id), True, "deleting the inner one")
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_folder, self.org, inner.id)

    # Comments and issues

    def comments(self):
        made = self.sdk.add_task_comment(self.org, self.task_id, "<p>Ripe?</p>")
        equal((made.content, made.label), ("<p>Ripe?</p>", "comment"), "the comment")
        changed = self.sdk.update_task_comment(self.org, self.task_id, made.id, "<p>Ripe!</p>")
        equal(changed.content, "<p>Ripe!</p>", "the content")
        found = self.sdk.get_standalone_task_comments(self.org, self.task_id)
        equal([each.content for each in found], ["<p>Ripe!</p>"], "the comments of the task")
        self.sdk.delete_task_comment(self.org, self.task_id, made.id)
        equal(self.sdk.get_standalone_task_comments(self.org, self.task_id), [], "the comments afterwards")

    def issues(self):
        made = self.sdk.report_task_issue(self.org, self.task_id, "<p>Worms</p>")
        equal(made.label, "problem", "label")
        equal(self.sdk.get_standalone_task(self.org, self.task_id).problem, True, "problem")
        self.sdk.threads.resolve_task_issues(self.org, self.task_id, made.id)
        equal(self.sdk.get_standalone_task(self.org, self.task_id).problem, False, "problem afterwards")

    # Search

    def search(self):
        found = self.sdk.search_templates(self.org, self.name.upper())
        equal([each.id for each in found.data], [self.template], "templates by their title, whatever the case")
        equal(found.data[0].search_type, "blueprint", "search_type")
        found = self.sdk.search_tasks(self.org, self.name)
        expect(self.task_id in [each.id for each in found.data], "the task is not found")
        is_time(find(found.data, self.task_id).deadline, "deadline")
        equal(self.sdk.search_templates_by_name(self.org, self.name), self.template, "the one template of this name")
        both = self.sdk.search_all(self.org, self.name, types=["blueprint", "task"])
        equal(sorted(both), ["blueprint", "task"], "the kinds")
        equal(self.sdk.search_snippets(self.org, "no such text at all").data, [], "snippets that there are not")

    def clean_up(self):
        equal(self.sdk.delete_group(self.org, self.group), True, "deleting the group")
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_group, self.org, self.group)
        self.sdk.delete_tag(self.org, self.tag)
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.get_tag, self.org, self.tag)
        equal(self.sdk.delete_folder(self.org, self.folder), True, "deleting the folder")
        self.sdk.delete_standalone_task(self.org, self.task_id)
        equal(self.sdk.delete_template(self.org, self.template), True, "archiving the template")
        equal(self.sdk.search_templates(self.org, self.name).data, [], "the archived template is not found")

    def all(self):
        return (
            self.current_user,
            self.template_and_task,
            self.guests,
            self.guest_tasks,
            self.disable_guest,
            self.groups,
            self.tags,
            self.tag_a_template,
            self.folders,
            self.comments,
            self.issues,
            self.search,
            self.clean_up,
        )


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(run(GroupingChecks))
