//! A statement that grows with what a query asks for: only its words vary, every value stays an argument.

use tallystick_db::{Result, Row, Tx, Value};

use crate::http::page::Window;
use crate::in_list;

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

    /// Placeholders for all of these, for `IN (…)`, as many as [`in_list`] takes for so many; `NULL` for none, which finds
    /// nothing.
    pub fn list<V: Into<Value<'static>>>(&mut self, values: impl IntoIterator<Item = V>) -> String {
        let first = self.values.len() + 1;
        self.values.extend(values.into_iter().map(Into::into));
        let count = self.values.len() + 1 - first;
        if count == 0 {
            return "NULL".to_owned();
        }
        self.values = in_list::args(
            &self.values[..first - 1],
            self.values[first - 1..].iter().cloned(),
        );
        in_list::sql("", first, count, "")
    }

    /// The rows of a page of what the text finds, which begins with its FROM, and how many it finds in all.
    pub fn page<T>(
        mut self,
        tx: &mut Tx<'_>,
        columns: &str,
        order: &str,
        window: Window,
        read: impl FnMut(&mut Row<'_>) -> Result<T>,
    ) -> Result<(Vec<T>, i64)> {
        let count = format!("SELECT count(*){}", self.text);
        let total = tx.one(&count, &self.values, |row| row.take())?;
        let Some(offset) = window.offset(total) else {
            return Ok((Vec::new(), total));
        };
        let (limit, offset) = (self.value(window.per_page), self.value(offset));
        let sql = format!(
            "SELECT {columns}{} ORDER BY {order} LIMIT {limit} OFFSET {offset}",
            self.text
        );
        Ok((tx.all(&sql, &self.values, read)?, total))
    }

    /// One more condition.
    pub fn and(&mut self, condition: &str) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
    }
}
