//! Templates with faults, and what is found in each.

use super::*;

/// Makes a template, and the codes that must be found in it.
pub(super) type Case = (&'static [&'static str], fn(&mut Content));

pub(super) const CASES: &[Case] = &[
    (&[], |_| {}),
    (&[], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Gold"))],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["step_never_shown", "option_unknown"], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Silver"))],
            &[(Verb::Show, 'b')],
        );
    }),
    // Which rule stands first decides nothing: the first can only hold after the second has.
    (&[], |content| {
        when(
            content,
            &[('b', "completed", Value::Null)],
            &[(Verb::Show, 'c')],
        );
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["show_cycle", "rule_never_holds"], |content| {
        when(
            content,
            &[('b', "completed", Value::Null)],
            &[(Verb::Show, 'c')],
        );
        when(
            content,
            &[('c', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (
        &["show_cycle", "rule_never_holds", "rule_without_effect"],
        |content| {
            when(
                content,
                &[('b', "completed", Value::Null)],
                &[(Verb::Show, 'b')],
            );
        },
    ),
    (&["rule_part_missing"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Hide, 'c')],
        );
        content.rules[0].actions[0].step = Some(id('z'));
    }),
    (&["operation_unfit"], |content| {
        when(
            content,
            &[('a', "approved", Value::Null)],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["number_expected"], |content| {
        ask(
            content,
            'n',
            json!({"field_type": "text", "field_validation": ["numeric"]}),
        );
        when(
            content,
            &[('n', "greater_than", json!("many"))],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["number_not_checked"], |content| {
        ask(content, 'n', json!({"field_type": "text"}));
        when(
            content,
            &[('n', "greater_than", json!("7"))],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["statement_missing"], |content| {
        ask(content, 'n', json!({"field_type": "text"}));
        when(
            content,
            &[('n', "contains", json!(""))],
            &[(Verb::Hide, 'c')],
        );
    }),
    (&["column_unknown"], |content| {
        ask(
            content,
            't',
            json!({"field_type": "table", "columns": [{"id": 1, "label": "Qty"}]}),
        );
        when(
            content,
            &[('t', "contains", json!("7"))],
            &[(Verb::Hide, 'c')],
        );
        content.rules[0].conditions[0].column = Some("Price".to_owned());
    }),
    (&["conditions_exclude"], |content| {
        gold(content);
        let both = [
            ('g', "equals", json!("Gold")),
            ('g', "equals", json!("Lead")),
        ];
        when(content, &both, &[(Verb::Hide, 'c')]);
    }),
    (&["action_source_unfit"], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Gold"))],
            &[(Verb::Assign, 'c')],
        );
        content.rules[0].actions[0].from = Some(Target {
            kind: TargetKind::Prerun,
            id: id('g'),
        });
    }),
    (&["picker_may_be_empty"], |content| {
        ask(
            content,
            'p',
            json!({"field_type": "assignees_form", "required": false}),
        );
        when(
            content,
            &[('p', "is_empty", Value::Null)],
            &[(Verb::Assign, 'c')],
        );
        let action: &mut Action = &mut content.rules[0].actions[0];
        action.people = None;
        action.from = Some(Target {
            kind: TargetKind::Prerun,
            id: id('p'),
        });
    }),
    (&["step_without_people"], |content| {
        content.steps[0].assign_run_starter = false;
    }),
    (&["too_many_assignees", "guests_not_allowed"], |content| {
        let step = &mut content.steps[0];
        step.people.users = vec![1, 2];
        step.people.guests = vec!["kim@guest.example".to_owned()];
        (step.max_assignable, step.allow_guest_owners) = (Some(2), false);
    }),
    (&["deadline_anchor_unknown"], |content| {
        due(content, 1, 1, "from", &id('z'));
    }),
    (&["deadline_words"], |content| {
        due(content, 1, 1, "around", "start_run");
    }),
    (&["deadline_on_later_step"], |content| {
        due(content, 0, 1, "from", &id('c'));
    }),
    (&["deadline_on_hidden_step"], |content| {
        gold(content);
        when(
            content,
            &[('g', "equals", json!("Gold"))],
            &[(Verb::Show, 'a')],
        );
        due(content, 1, 1, "from", &id('a'));
    }),
    (&["deadline_too_early"], |content| {
        due(content, 0, 5, "from", "start_run");
        due(content, 1, 2, "from", "start_run");
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["launches_itself"], |content| {
        content.steps[0].launches = Some(tallystick_wire::template::Launch {
            id: ID.to_owned(),
            default_name_format: None,
            tasks_within_process: false,
        });
    }),
    (&["rules_contradict", "show_and_hide"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["rule_twice"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["reopen_cycle"], |content| {
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Reopen, 'b')],
        );
        when(
            content,
            &[('b', "completed", Value::Null)],
            &[(Verb::Reopen, 'a')],
        );
    }),
    (&["condition_always_true"], |content| {
        gold(content);
        when(
            content,
            &[('g', "not_equals", json!("gold"))],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["clause_unknown"], |content| {
        when(
            content,
            &[('a', "completed", json!("completed"))],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["shown_by_later_step"], |content| {
        when(
            content,
            &[('c', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["action_on_earlier_step"], |content| {
        when(
            content,
            &[('c', "completed", Value::Null)],
            &[(Verb::Hide, 'b')],
        );
    }),
    (&["variable_unknown"], |content| {
        content.steps[1].summary = Some("<p>{{nobody-1}} on {{DATE}}</p>".to_owned());
    }),
    (&["variable_of_later_step"], |content| {
        ask(content, 'x', json!({"field_type": "text"}));
        let field = content.kickoff.remove(0);
        content.steps[1].fields.push(field);
        content.steps[1].title = "{{x-1}}".to_owned();
        content.steps[2].title = "{{x-1}}!".to_owned();
    }),
    (&["name_format_variable"], |content| {
        ask(content, 'x', json!({"field_type": "textarea"}));
        content.head.default_process_name_format = Some("{{x-1}}".to_owned());
    }),
    (
        &[
            "timed_without_deadline",
            "message_empty",
            "everyone_ignored",
        ],
        |content| {
            content.steps[0].kind = TaskType::Email;
            content.steps[0].summary = Some("<p> </p>".to_owned());
            content.steps[0].everyone_must_complete = true;
        },
    ),
    (&["no_steps"], |content| content.steps.clear()),
    (&["no_questions"], |content| {
        content.head.kind = TemplateType::Form
    }),
    (&["document_empty"], |content| {
        content.head.kind = TemplateType::Document
    }),
    (&["option_twice", "field_unread"], |content| {
        let two = json!({"field_type": "radio", "options": [{"id": 1, "text": "A"}, {"id": 2, "text": "A"}]});
        ask(content, 'o', two);
    }),
    (&["default_unknown_option", "field_unread"], |content| {
        gold(content);
        content.kickoff[0].default_value_enabled = true;
        content.kickoff[0].default_value = tallystick_wire::lenient::Json(json!("Tin"));
    }),
    (&["required_field_may_be_hidden"], |content| {
        ask(content, 'x', json!({"field_type": "text"}));
        let field = content.kickoff.remove(0);
        content.steps[1].fields.push(field);
        content.steps[2].title = "{{x-1}}".to_owned();
        when(
            content,
            &[('a', "completed", Value::Null)],
            &[(Verb::Show, 'b')],
        );
    }),
    (&["stage_empty"], |content| {
        content.stages.push(Stage {
            id: id('s'),
            name: "S".to_owned(),
            created_at: NOW,
            updated_at: NOW,
        });
    }),
    (&["title_twice"], |content| {
        content.steps[1].title = "A".to_owned()
    }),
    (&["many_show_rules", "affects_much"], |content| {
        for clause in [
            "on-time", "early_24", "late_24", "any_time", "on_time", "late-24",
        ] {
            when(
                content,
                &[('a', "completed", json!(clause))],
                &[(Verb::Show, 'b')],
            );
        }
    }),
    (&["depends_on_much"], |content| {
        let many: Vec<_> = (0..11).map(|_| ('a', "completed", Value::Null)).collect();
        when(content, &many, &[(Verb::Show, 'b')]);
    }),
    (&["name_format_missing", "webhook_unencrypted"], |content| {
        content.head.auto_naming = true;
        content.head.webhook = Some("http://hooks.example/x".to_owned());
    }),
    (&["very_long"], |content| {
        for number in 0..100 {
            let mut step = arbitrary::plain_step(&format!("{number:0>32}"));
            step.title = format!("Step {number}");
            content.steps.push(step);
        }
    }),
];
