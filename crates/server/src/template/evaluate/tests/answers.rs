//! What conditions make of answers.

use super::*;

/// The contract's table of operations, empty answers and types (templates, section 6.4).
#[test]
fn what_is_asked_of_answers() {
    use FieldType as F;
    use Operation as O;
    let gold = json!({"id": 1, "text": "Gold"});
    let both = json!([{"id": 1, "text": "Gold", "selected": true}, {"id": 2, "text": "Silver, 925", "selected": false}]);
    let file = json!([{"filename": "Offer.PDF", "url": "https://x.example/1"}]);
    for (kind, operation, statement, answer, holds) in [
        (F::Text, O::Contains, json!("OLD"), json!("golden"), true),
        (
            F::Text,
            O::NotContains,
            json!("old"),
            json!("golden"),
            false,
        ),
        (F::Text, O::Equals, json!(" gold "), json!("gold"), true),
        (F::Text, O::Equals, json!("gold"), json!("Gold"), false),
        (F::Text, O::Equals, json!("7"), json!(7), true),
        (F::Text, O::GreaterThan, json!("9"), json!("10"), true),
        (F::Text, O::GreaterThan, json!(9), json!("x"), false),
        (F::Text, O::LessThan, json!("9.5"), json!("-3"), true),
        (F::Text, O::LessThan, json!("NaN"), json!("3"), false),
        (F::Radio, O::Equals, json!("Gold"), json!("Gold"), true),
        (F::Dropdown, O::Equals, json!("Gold"), gold.clone(), true),
        (
            F::Dropdown,
            O::NotEquals,
            json!("Gold"),
            gold.clone(),
            false,
        ),
        (
            F::Dropdown,
            O::EqualsAny,
            json!(["Gold", "x"]),
            gold.clone(),
            true,
        ),
        (
            F::Dropdown,
            O::EqualsAny,
            json!("[\"x\",\"Gold\"]"),
            gold.clone(),
            true,
        ),
        (
            F::Dropdown,
            O::EqualsAny,
            json!("x, Gold"),
            gold.clone(),
            true,
        ),
        (
            F::Radio,
            O::EqualsAny,
            json!("Silver, 925"),
            json!("Silver, 925"),
            true,
        ),
        (F::Dropdown, O::EqualsAny, json!("x, y"), gold, false),
        (
            F::Multiselect,
            O::Contains,
            json!("gold"),
            both.clone(),
            true,
        ),
        (
            F::Multiselect,
            O::Contains,
            json!("gol"),
            both.clone(),
            false,
        ),
        (F::Multiselect, O::Equals, json!("Gold"), both.clone(), true),
        (
            F::Multiselect,
            O::Contains,
            json!("Silver, 925"),
            both,
            false,
        ),
        (F::File, O::Contains, json!(".pdf"), file, true),
        (
            F::Table,
            O::Contains,
            json!("widget"),
            json!(["A Widget", "3"]),
            true,
        ),
        (
            F::Date,
            O::GreaterThan,
            json!("2026-02-01"),
            json!("2026-02-01T00:00:01Z"),
            true,
        ),
        (
            F::Date,
            O::LessThan,
            json!("2026-02-01"),
            json!("2026-03-01"),
            false,
        ),
        (
            F::AssigneesForm,
            O::IsEmpty,
            Value::Null,
            json!({"users": [], "guests": []}),
            true,
        ),
        (
            F::AssigneesForm,
            O::IsNotEmpty,
            Value::Null,
            json!({"users": [7]}),
            true,
        ),
    ] {
        let asked = asks(TargetKind::Prerun, "f", operation, statement.clone());
        let found = condition::of_field(&asked, &field(kind), Some(&answer));
        assert_eq!(
            found, holds,
            "{kind:?} {operation:?} {statement} of {answer}"
        );
    }
}

#[test]
fn no_answer() {
    use Operation as O;
    for nothing in [
        None,
        Some(Value::Null),
        Some(json!("")),
        Some(json!([])),
        Some(json!(false)),
        Some(json!(0)),
    ] {
        for (operation, holds) in [
            (O::IsEmpty, true),
            (O::IsNotEmpty, false),
            (O::NotEquals, true),
            (O::NotContains, true),
            (O::Equals, false),
            (O::EqualsAny, false),
            (O::Contains, false),
            (O::GreaterThan, false),
            (O::LessThan, false),
        ] {
            let asked = asks(TargetKind::Prerun, "f", operation, json!("1"));
            let found = condition::of_field(&asked, &field(FieldType::Text), nothing.as_ref());
            assert_eq!(found, holds, "{operation:?} of {nothing:?}");
        }
    }
}

#[test]
fn one_column_of_a_table() {
    let mut asked = asks(TargetKind::Prerun, "f", Operation::Contains, json!("3"));
    let row = json!(["3 bolts", {"value": "12"}]);
    let table = field(FieldType::Table);
    assert!(condition::of_field(&asked, &table, Some(&row)));
    asked.column = Some(" qty".to_owned());
    assert!(!condition::of_field(&asked, &table, Some(&row)));
    asked.statement = Json(json!("12"));
    assert!(condition::of_field(&asked, &table, Some(&row)));
}
