//! A statement that grows with what a query asks for: only its words vary, every value stays an argument.

use tallystick_db::Value;

/// The text so far, and the values of its placeholders.
#[derive(Default)]
pub struct Draft {
    /// SQL.
    pub text: String,
    /// Arguments, in the order of the placeholders.
    pub values: Vec<Value<'static>>,
}

impl Draft {
    /// A placeholder for this value.
    pub fn value(&mut self, value: impl Into<Value<'static>>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Placeholders for all of these, for `IN (…)`; `NULL` for none, which finds nothing.
    pub fn list<V: Into<Value<'static>>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let marks: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        if marks.is_empty() {
            "NULL".to_owned()
        } else {
            marks.join(", ")
        }
    }

    /// One more condition.
    pub fn and(&mut self, condition: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
    }
}
