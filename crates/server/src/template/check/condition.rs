//! Conditions that can never be met, or always are.

use tallystick_wire::task::TaskType;
use tallystick_wire::template::FieldType;

use super::{Code, Findings, Place};
use crate::template::evaluate::condition::{Clause, any_of, moment, number, runs_out, wanted};
use crate::template::model::{Condition, Field, Operation, Rule, Step, TargetKind};
use crate::template::parts::Parts;

/// Whether a condition can be met at all, as far as it alone goes.
pub fn can_hold(condition: &Condition, parts: &Parts<'_>) -> bool {
    let fault = fault(condition, parts);
    fault.is_none_or(|(code, _)| !never(code))
}

fn never(code: Code) -> bool {
    !matches!(
        code,
        Code::ConditionAlwaysTrue | Code::ClauseUnknown | Code::NumberNotChecked
    )
}

/// Notes what is wrong with each condition of a rule.
pub fn check(rule: &Rule, parts: &Parts<'_>, found: &mut Findings) {
    for condition in &rule.conditions {
        if let Some((code, message)) = fault(condition, parts) {
            found.add(code, Place::Rule(rule), message);
        }
    }
}

fn fault(condition: &Condition, parts: &Parts<'_>) -> Option<(Code, String)> {
    if condition.of.kind == TargetKind::Step {
        let Some(step) = parts.step(&condition.of.id) else {
            return missing("step");
        };
        return of_step(condition, step);
    }
    match parts.field(&condition.of) {
        Some(field) => of_field(condition, field),
        None => missing("field"),
    }
}

fn missing(what: &str) -> Option<(Code, String)> {
    let message = format!("A condition looks at a {what} that is not there");
    Some((Code::RulePartMissing, message))
}

fn of_step(condition: &Condition, step: &Step) -> Option<(Code, String)> {
    let fits = match condition.operation {
        Operation::Approved | Operation::Rejected => step.kind == TaskType::Approval,
        Operation::Acknowledged | Operation::Expired => runs_out(step.kind),
        _ => true,
    };
    if !fits {
        let word = condition.operation.word();
        let message = format!(
            "{word} is asked of {}, which is of the type {}",
            step.title,
            step.kind.word()
        );
        return Some((Code::OperationUnfit, message));
    }
    Clause::read(&condition.statement.0).is_none().then(|| {
        let message = format!("The time clause is {}", condition.statement.0);
        (Code::ClauseUnknown, message)
    })
}

fn of_field(condition: &Condition, field: &Field) -> Option<(Code, String)> {
    use Operation as O;
    let (operation, statement) = (condition.operation, &condition.statement.0);
    if matches!(operation, O::IsEmpty | O::IsNotEmpty) {
        return None;
    }
    let values = match operation {
        O::EqualsAny => any_of(statement),
        _ => wanted(statement),
    };
    let label = &field.label;
    let negative = matches!(operation, O::NotEquals | O::NotContains);
    if !values.iter().any(|value| !value.trim().is_empty()) {
        let message = format!("{} compares {label} with nothing", operation.word());
        let code = if negative {
            Code::ConditionAlwaysTrue
        } else {
            Code::StatementMissing
        };
        return Some((code, message));
    }
    if field.kind == FieldType::Table
        && let Some(column) = &condition.column
    {
        let name = column.trim().to_lowercase();
        let mut columns = field.columns.iter();
        if !columns.any(|column| column.label.trim().to_lowercase() == name) {
            let message = format!("{label} has no column {column}");
            return Some((Code::ColumnUnknown, message));
        }
    }
    match operation {
        O::GreaterThan | O::LessThan => ordered(&values, field),
        _ if field.kind.has_options() && field.list.0.is_null() => {
            let part = matches!(operation, O::Contains | O::NotContains)
                && field.kind != FieldType::Multiselect;
            let known = values.iter().any(|value| offers(field, value, part));
            (!known).then(|| {
                let code = if negative {
                    Code::ConditionAlwaysTrue
                } else {
                    Code::OptionUnknown
                };
                (code, format!("{label} has no option {}", values.join(", ")))
            })
        }
        _ => None,
    }
}

/// As the evaluation compares: the whole text as it is, a part of it in any letter case.
fn offers(field: &Field, value: &str, part: bool) -> bool {
    let value = value.trim();
    let folded = value.to_lowercase();
    field.options.iter().any(|option| {
        let text = option.text.trim();
        if part {
            text.to_lowercase().contains(&folded)
        } else {
            text == value || (field.kind == FieldType::Multiselect && text.to_lowercase() == folded)
        }
    })
}

fn ordered(values: &[String], field: &Field) -> Option<(Code, String)> {
    let label = &field.label;
    let unordered = matches!(
        field.kind,
        FieldType::File | FieldType::AssigneesForm | FieldType::Email
    );
    let first = values.first().map(String::as_str).unwrap_or_default();
    let date = field.kind == FieldType::Date;
    let comparable = if date {
        moment(first).is_some()
    } else {
        number(first).is_some() || moment(first).is_some()
    };
    if unordered || !comparable {
        let message = format!("{label} cannot be more or less than {first}");
        return Some((Code::NumberExpected, message));
    }
    if field.kind.has_options() && field.list.0.is_null() {
        let mut options = field.options.iter();
        if !options.any(|option| number(&option.text).is_some() || moment(&option.text).is_some()) {
            let message = format!("No option of {label} is a number");
            return Some((Code::NumberExpected, message));
        }
    }
    let checked = field
        .field_validation
        .iter()
        .any(|check| matches!(check.as_str(), "numeric" | "integer"));
    (field.kind == FieldType::Text && !checked).then(|| {
        let message = format!("{label} takes any text");
        (Code::NumberNotChecked, message)
    })
}
