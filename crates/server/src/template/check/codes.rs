//! Everything that a check can find. `docs/template-checks.md` holds the same list; a test compares the two.

/// How bad a finding is, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It will not work.
    Error,
    /// It is probably not meant.
    Warning,
    /// It could be better.
    Advice,
}

impl Severity {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $severity:ident $code:literal : $what:literal, $advice:literal;)*) => {
        /// What was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $what] $variant),* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word on the wire.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// How bad it is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// What it means, in general.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $what),* }
            }

            /// What to do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice),* }
            }
        }
    };
}

codes! {
    StepNeverShown Error "step_never_shown": "A step starts hidden and nothing ever shows it",
        "Change the conditions of the rules that show it, or delete those rules";
    ShowCycle Error "show_cycle": "Steps that start hidden wait for each other",
        "Let one of them be shown by something that happens without the others";
    RulePartMissing Error "rule_part_missing": "A rule names a step or field that is not in the template",
        "Choose another one, or delete the rule";
    RuleNeverHolds Error "rule_never_holds": "The conditions of a rule can never all be met",
        "Change the conditions, or delete the rule";
    OperationUnfit Error "operation_unfit": "A condition asks of a step what steps of its type never do",
        "Ask for something that happens to steps of this type, or change the type";
    OptionUnknown Error "option_unknown": "A condition compares with a text that is none of the field's options",
        "Write the option exactly as it is in the field";
    NumberExpected Error "number_expected": "More or less is asked of something that is neither number nor date",
        "Compare with a number, or with a date such as 2026-02-03";
    StatementMissing Error "statement_missing": "A condition compares with nothing",
        "Say what the answer is compared with, or ask whether it is empty";
    ColumnUnknown Error "column_unknown": "A condition looks at a column that the table does not have",
        "Choose one of the columns of the field";
    ConditionsExclude Error "conditions_exclude": "Two conditions that must both be met exclude each other",
        "Join them with or, or take one of them away";
    ActionSourceUnfit Error "action_source_unfit": "An action reads a field of the wrong type",
        "Deadlines are read from date fields, people from fields that ask for people";
    StepWithoutPeople Error "step_without_people": "Nobody gets a step: no assignee, no rule that assigns, and not whoever launches",
        "Assign somebody, or let whoever launches have it";
    TooManyAssignees Error "too_many_assignees": "More people are assigned than the step allows",
        "Raise max_assignable, or take somebody off";
    DeadlineAnchorUnknown Error "deadline_anchor_unknown": "A deadline counts from a step that is not in the template",
        "Let it count from the launch, or from another step";
    LaunchesItself Error "launches_itself": "A step launches the template that it belongs to",
        "Every process would launch another one: choose a different template";
    RulesContradict Warning "rules_contradict": "Two rules show and hide one step under the same conditions",
        "The later rule wins: delete the one that is not meant";
    RuleTwice Warning "rule_twice": "Two rules are the same",
        "Delete one of them";
    RuleWithoutEffect Warning "rule_without_effect": "An action can do nothing, because the task that sets it off is left alone",
        "Act on another step";
    ReopenCycle Warning "reopen_cycle": "Rules reopen steps in a circle",
        "The process may never end: let one of the rules go";
    ConditionAlwaysTrue Warning "condition_always_true": "A condition is met by every answer",
        "Compare with one of the options, or take the condition away";
    ClauseUnknown Warning "clause_unknown": "The time clause of a condition is no word that means anything",
        "Use any_time, on-time, early_24 or late_24; any_time is assumed";
    ShownByLaterStep Warning "shown_by_later_step": "Only later steps can show a step",
        "People work from top to bottom: move the step behind them";
    ActionOnEarlierStep Warning "action_on_earlier_step": "A rule shows or hides a step that stands before what the rule looks at",
        "It may be done by then: move it, or ask earlier";
    DeadlineWords Warning "deadline_words": "A deadline uses a word that means nothing",
        "Use minutes, hours, days, weeks or months, and from or prior_to; the default deadline applies";
    DeadlineOnLaterStep Warning "deadline_on_later_step": "A step is due after a later step was completed",
        "Let it count from an earlier step or from the launch";
    DeadlineOnHiddenStep Warning "deadline_on_hidden_step": "A deadline hangs on a step that may stay hidden",
        "Let it count from a step that everybody sees, or from the launch";
    DeadlineTooEarly Warning "deadline_too_early": "A step is due before the step that shows it",
        "Give it more time, or count from the other step";
    VariableUnknown Warning "variable_unknown": "A text holds a variable that is no field of the template",
        "It stays as it is typed: write the alias of a field";
    VariableOfLaterStep Warning "variable_of_later_step": "A text uses a field that is answered later",
        "It is empty when it is first read: use a field of the kick-off form or of an earlier step";
    NameFormatVariable Warning "name_format_variable": "The name of processes uses a field that it should not",
        "Use required fields of the kick-off form that are answered with a line of text, an option or a date";
    TimedWithoutDeadline Warning "timed_without_deadline": "A message or an expiring step names no deadline",
        "It acts at the default deadline: set one";
    MessageEmpty Warning "message_empty": "A step that sends a message has no text",
        "Write the message into the description of the step";
    NoSteps Warning "no_steps": "A procedure has no steps",
        "Add a step";
    NoQuestions Warning "no_questions": "A form has no questions",
        "Add fields to the kick-off form";
    DocumentEmpty Warning "document_empty": "A document has no text",
        "Write its text into the summary";
    OptionTwice Warning "option_twice": "Two options of a field have the same text",
        "Conditions cannot tell them apart: rename one";
    DefaultUnknownOption Warning "default_unknown_option": "A field begins with an option that it does not have",
        "Choose one of its options";
    GuestsNotAllowed Warning "guests_not_allowed": "Guests are assigned to a step that does not allow guests",
        "Allow guests, or take them off";
    RequiredFieldMayBeHidden Advice "required_field_may_be_hidden": "A required field is read elsewhere, but its step may stay hidden",
        "Say what happens when there is no answer";
    PickerMayBeEmpty Advice "picker_may_be_empty": "A rule assigns whoever is picked in a field that may be empty",
        "Make the field required, or name somebody in the rule as well";
    NumberNotChecked Advice "number_not_checked": "More or less is asked of a text field that takes more than numbers",
        "Add the check numeric to the field";
    FieldUnread Advice "field_unread": "No rule and no text reads a field of the kick-off form",
        "That is fine if people read it";
    StageEmpty Advice "stage_empty": "A milestone has no steps",
        "Put steps into it, or delete it";
    TitleTwice Advice "title_twice": "Two steps have the same title",
        "Tell people how they differ";
    ManyShowRules Advice "many_show_rules": "More than two rules show a step",
        "Put their conditions into one rule, joined with or";
    ShowAndHide Advice "show_and_hide": "Some rules show a step and others hide it",
        "The last one to hold wins: check their order";
    DependsOnMuch Advice "depends_on_much": "More than ten conditions decide about a step",
        "Break it into smaller steps, or put the decision into one field";
    AffectsMuch Advice "affects_much": "More than five rules look at a step or its fields",
        "Check that each of them is meant";
    EveryoneIgnored Advice "everyone_ignored": "A step of this type ends for everybody at once",
        "Take everyone_must_complete away";
    NameFormatMissing Advice "name_format_missing": "Processes are named automatically, but there is no format",
        "Write a format, such as {{TEMPLATE_NAME}} - {{DATE}}";
    WebhookUnencrypted Advice "webhook_unencrypted": "A webhook is called without encryption",
        "Use an address that begins with https";
    VeryLong Advice "very_long": "The template is very long",
        "Divide it: a step can launch another template";
}
