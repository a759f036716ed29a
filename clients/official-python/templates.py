"""Drives the templates of a server with the official `tallyfy` Python package, unmodified: templates, steps, form fields,
rules, and the package's own analysis of them.

Prints one line per check and stops at the first one that fails. It makes templates of its own and archives them again.

    pip install -r requirements.txt
    TALLYSTICK_URL=http://127.0.0.1:8080/api TALLYSTICK_ORG=... TALLYSTICK_TOKEN=... python templates.py
"""

import sys

from check import HEX_ID, NOBODY, CheckFailed, Checks, equal, expect, is_time, refusal, run
from tallyfy import TallyfyError

TITLE = "Bake bread (official package)"


class TemplateChecks(Checks):
    """One template from its making to its end."""

    def create_template(self):
        made = self.sdk.templates.create_template(self.org, TITLE, summary="<p>Flour and water</p>", starred=True)
        expect(HEX_ID.fullmatch(made.id), f"the id is {made.id!r}")
        equal((made.title, made.type, made.starred), (TITLE, "procedure", True), "title, type and starred")
        equal((made.prerun, made.automated_actions), ([], []), "an empty template")
        is_time(made.created_at, "created_at")
        self.template = made.id

    def find_template(self):
        found = self.sdk.get_template(self.org, template_name=TITLE.upper())
        equal(found.id, self.template, "the template found by its name in capitals")
        listed = self.sdk.templates.get_all_templates(self.org, per_page=100)
        expect(self.template in [each.id for each in listed.data], "the list lacks the template")
        equal(listed.meta.total, len(listed.data), "total")

    def update_template(self):
        changed = self.sdk.templates.update_template_metadata(
            self.org, self.template, title=TITLE, guidance="<p>Wash your hands</p>", auto_naming=True
        )
        equal((changed.guidance, changed.auto_naming), ("<p>Wash your hands</p>", True), "guidance and auto_naming")
        equal(changed.summary, "<p>Flour and water</p>", "the summary, which was not sent")
        body = refusal(422, "VALIDATION_FAILED", self.sdk.templates.update_template_metadata, self.org, self.template, icon="x")
        expect(body["errors"]["title"], "an update without a title names it")

    def add_steps(self):
        add = self.sdk.templates.add_step_to_template
        self.steps = []
        for number in range(1, 13):
            kind = "approval" if number == 3 else "task"
            data = {"title": f"Step {number}", "summary": "<p>Do it</p>", "step_type": kind, "checklist_id": self.template}
            made = add(self.org, self.template, data)
            equal((made["position"], made["step_type"]), (number, kind), "position and step_type")
            equal((made["captures"], made["assignees"], made["guests"], made["groups"]), ([], [], [], []), "the lists")
            equal(made["deadline"], {"value": 5, "unit": "days", "option": "from", "step": "start_run"}, "the usual deadline")
            self.steps.append(made["id"])
        # More than one page of ten.
        listed = self.sdk.templates.get_template_steps(self.org, self.template)
        equal([step.id for step in listed], self.steps, "the steps, in order")

    def change_steps(self):
        edit = self.sdk.templates.edit_description_on_step
        changed = edit(self.org, self.template, self.steps[0], "<p>Weigh <b>everything</b></p>")
        equal(changed["summary"], "<p>Weigh <b>everything</b></p>", "the description")
        equal(changed["title"], "Step 1", "the title, which was fetched and sent back")
        guests = ["miller@flour.example"]
        changed = self.sdk.templates.add_assignees_to_step(self.org, self.template, self.steps[0], [self.me.id], guests)
        stored = self.sdk.form_fields.get_step(self.org, self.template, self.steps[0])
        equal((stored.assignees, stored.guests), ([self.me.id], guests), "members and guests")
        edit(self.org, self.template, self.steps[0], "<p>Weigh</p>")
        stored = self.sdk.form_fields.get_step(self.org, self.template, self.steps[0])
        equal((stored.assignees, stored.guests), ([self.me.id], guests), "the people after an unrelated edit")

    def reorder_and_clone_steps(self):
        moved = self.sdk.templates.reorder_step(self.org, self.template, self.steps[11], 1)
        equal(moved["position"], 1, "the new position")
        moved = self.sdk.templates.reorder_step(self.org, self.template, self.steps[11], 99)
        equal(moved["position"], 12, "a position beyond the end")
        copy = self.sdk.templates.clone_step(self.org, self.template, self.steps[0])
        equal((copy["title"], copy["position"]), ("Step 1", 2), "the copy")
        expect(copy["id"] != self.steps[0], "the copy has the id of its original")
        equal(self.sdk.templates.delete_step(self.org, self.template, copy["id"]), True, "deleting the copy")

    def alias(self, field):
        """The package has no name for this key of a field."""
        answer = self.sdk._make_request("GET", f"organizations/{self.org}/checklists/{self.template}/form-fields")
        return next(each["alias"] for each in answer["data"]["form_fields"] if each["id"] == field)

    def add_fields(self):
        add = self.sdk.form_fields.add_form_field_to_step
        text = add(self.org, self.template, self.steps[0], {"field_type": "text", "label": "Flour in grams", "required": True})
        expect(self.alias(text.id).startswith("flour-in-grams-"), "the alias is not made of the label")
        options = [{"id": 1, "text": "Wheat"}, {"id": 2, "text": "Rye"}]
        kind = {"field_type": "dropdown", "label": "Kind", "options": options, "required": False}
        drop = add(self.org, self.template, self.steps[0], kind)
        equal([(option["id"], option["text"]) for option in drop.options], [(1, "Wheat"), (2, "Rye")], "the options")
        self.text, self.drop = text.id, drop.id
        body = refusal(
            422, "VALIDATION_FAILED", add, self.org, self.template, self.steps[0], {"field_type": "number", "label": "No"}
        )
        expect("assignees_form" in body["errors"]["field_type"][0], "the ten types are not named")

    def change_fields(self):
        fields = self.sdk.form_fields
        changed = fields.update_form_field(self.org, self.template, self.steps[0], self.text, label="Flour", guidance="<p>?</p>")
        equal((changed.label, changed.guidance), ("Flour", "<p>?</p>"), "label and guidance")
        expect(self.alias(self.text).startswith("flour-in-grams-"), "the alias followed the label")
        fields.reorder_form_fields(
            self.org,
            self.template,
            self.steps[0],
            [{"id": self.drop, "position": 1}, {"id": self.text, "position": 2}],
        )
        step = fields.get_step(self.org, self.template, self.steps[0])
        equal([capture.id for capture in step.captures], [self.drop, self.text], "the order")
        fields.move_form_field(self.org, self.template, self.steps[0], self.text, self.steps[1], 1)
        step = fields.get_step(self.org, self.template, self.steps[1])
        equal([capture.id for capture in step.captures], [self.text], "the field in its new step")

    def dropdown_options(self):
        fields, where = self.sdk.form_fields, (self.org, self.template, self.steps[0], self.drop)
        equal(fields.get_dropdown_options(*where), ["Wheat", "Rye"], "the options")
        fields.add_dropdown_option(*where, "Spelt")
        equal(fields.get_dropdown_options(*where), ["Wheat", "Rye", "Spelt"], "with another one")
        fields.reorder_dropdown_options(*where, ["Spelt", "Wheat", "Rye"])
        equal(fields.get_dropdown_options(*where), ["Spelt", "Wheat", "Rye"], "in another order")
        fields.remove_dropdown_option(*where, "Rye")
        equal(fields.get_dropdown_options(*where), ["Spelt", "Wheat"], "without one")
        fields.update_dropdown_options(*where, ["Wheat", "Oats"])
        equal(fields.get_dropdown_options(*where), ["Wheat", "Oats"], "replaced")

    def rules(self):
        rule = {
            "automated_alias": "Oats need soaking",
            "conditions": [
                {"conditionable_id": self.drop, "conditionable_type": "Capture", "operation": "equals", "statement": "Oats", "logic": "and"},
                {"conditionable_id": self.steps[0], "conditionable_type": "Step", "operation": "completed", "statement": "any_time", "logic": "and"},
            ],
            "then_actions": [{"action_type": "visibility", "action_verb": "show", "target_step_id": self.steps[4]}],
        }
        made = self.sdk.templates.create_automation_rule(self.org, self.template, rule)
        equal(made["automated_alias"], "Oats need soaking", "the name")
        self.rule = made["id"]
        changed = self.sdk.templates.update_automation_rule(self.org, self.template, self.rule, {"automated_alias": "Soak oats"})
        equal((changed["id"], changed["automated_alias"]), (self.rule, "Soak oats"), "id and name after the change")
        equal(len(changed["conditions"]), 2, "the conditions after the change")
        refusal(403, "FORBIDDEN", self.sdk.templates.delete_step, self.org, self.template, self.steps[4])
        refusal(403, "FORBIDDEN", self.sdk.form_fields.delete_form_field, self.org, self.template, self.steps[0], self.drop)
        wrong = dict(rule, conditions=[dict(rule["conditions"][0], conditionable_id=NOBODY)])
        body = refusal(422, None, self.sdk.templates.create_automation_rule, self.org, self.template, wrong)
        expect(body["errors"]["conditions.0.conditionable_id"], "the path of the dangling reference")

    def analysis(self):
        seen = self.sdk.templates.get_step_visibility_conditions(self.org, self.template, self.steps[4])
        rules = seen["visibility_rules"]["show_rules"] if "visibility_rules" in seen else seen["rules"]["show_rules"]
        equal([each["automation_id"] for each in rules], [self.rule], "the rules that show the step")
        hangs = self.sdk.templates.get_step_dependencies(self.org, self.template, self.steps[4])
        expect(hangs, "no dependencies were found")

    def demo_templates(self):
        """The analysis of every step of every other template, as a person would look at them."""
        listed = self.sdk.templates.get_all_templates(self.org, per_page=100)
        steps = 0
        for template in listed.data:
            whole = self.sdk.templates.get_template_with_steps(self.org, template.id)
            expect(whole is not None, "a listed template cannot be read")
            for step in self.sdk.templates.get_template_steps(self.org, template.id):
                self.sdk.templates.get_step_dependencies(self.org, template.id, step.id)
                self.sdk.templates.get_step_visibility_conditions(self.org, template.id, step.id)
                steps += 1
            self.sdk.templates.get_kickoff_form_fields(self.org, template.id)
        expect(steps > 12, f"{steps} steps only")

    def delete_rule(self):
        self.sdk.templates.delete_automation_rule(self.org, self.template, self.rule)
        equal(self.sdk.form_fields.delete_form_field(self.org, self.template, self.steps[0], self.drop), True, "the field")
        equal(self.sdk.templates.delete_step(self.org, self.template, self.steps[4]), True, "the step")

    def clone(self):
        copy = self.sdk.templates.duplicate_template(self.org, self.template, "Copied bread", self.org)
        equal(copy.title, "Copied bread", "the title of the copy")
        equal(len(self.sdk.templates.get_template_steps(self.org, copy.id)), 11, "the steps of the copy")
        expect(copy.id != self.template, "the copy is the original")
        equal(self.sdk.templates.delete_template(self.org, copy.id), True, "archiving the copy")

    def archive(self):
        gone = self.sdk.templates.delete_template_with_references(self.org, self.template)
        equal(gone["deleted_references"], [], "deleted_references")
        refusal(404, "RESOURCE_NOT_FOUND", self.sdk.templates.get_template, self.org, self.template)
        try:
            self.sdk.get_template(self.org, template_name=TITLE)
        except (TallyfyError, ValueError):
            return
        raise CheckFailed("the archived template is still found by its name")

    def all(self):
        return (
            self.current_user,
            self.create_template,
            self.find_template,
            self.update_template,
            self.add_steps,
            self.change_steps,
            self.reorder_and_clone_steps,
            self.add_fields,
            self.change_fields,
            self.dropdown_options,
            self.rules,
            self.analysis,
            self.demo_templates,
            self.delete_rule,
            self.clone,
            self.archive,
        )


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(run(TemplateChecks))
