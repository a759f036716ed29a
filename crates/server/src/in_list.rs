//! Lists of ids inside a statement. How many stand in one is rounded up and the last one repeated, so that few different
//! statements are planned.

use tallystick_db::Value;

/// The sizes of a list; what is longer is asked for in parts of the last.
const SIZES: [usize; 4] = [1, 10, 25, 100];

/// How many ids one statement takes.
pub const MOST: usize = SIZES[SIZES.len() - 1];

fn size(count: usize) -> usize {
    SIZES
        .into_iter()
        .find(|size| *size >= count)
        .unwrap_or(count)
}

/// A statement around placeholders for `count` ids, of which the first is `$first`.
#[must_use]
pub fn sql(before: &str, first: usize, count: usize, after: &str) -> String {
    let places: Vec<String> = (first..first + size(count))
        .map(|index| format!("${index}"))
        .collect();
    format!("{before}{}{after}", places.join(", "))
}

/// The arguments before the list, then the list. There has to be at least one id.
pub fn args<'a>(fixed: &[Value<'a>], ids: impl Iterator<Item = Value<'a>>) -> Vec<Value<'a>> {
    let mut all = fixed.to_vec();
    all.extend(ids);
    let wanted = fixed.len() + size(all.len() - fixed.len());
    if let Some(last) = all.last().cloned() {
        all.resize(wanted, last);
    }
    all
}

/// A statement whose first argument is the organisation and whose others are ids.
#[must_use]
pub fn in_list(before: &str, count: usize, after: &str) -> String {
    sql(before, 2, count, after)
}

/// The arguments of [`in_list`]. There has to be at least one id.
#[must_use]
pub fn in_args<'a, T>(organization: &'a str, ids: &'a [T]) -> Vec<Value<'a>>
where
    Value<'a>: From<&'a T>,
{
    args(&[organization.into()], ids.iter().map(Into::into))
}
