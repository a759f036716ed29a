//! Many ids in one statement: what belongs to the rows of a page is fetched for all of them at once.

use tallystick_db::Value;

/// How many ids stand in one IN list: fewer are padded, so that few statements are prepared.
const SIZES: [usize; 4] = [1, 10, 25, 100];

/// The most ids of one statement; longer lists go in parts.
pub const MOST: usize = 100;

fn size(count: usize) -> usize {
    SIZES
        .into_iter()
        .find(|size| *size >= count)
        .unwrap_or(count)
}

/// The statement with its places: `$1` is the organisation, the ids follow.
#[must_use]
pub fn in_list(before: &str, count: usize, after: &str) -> String {
    let places: Vec<String> = (0..size(count))
        .map(|index| format!("${}", index + 2))
        .collect();
    format!("{before}{}{after}", places.join(", "))
}

/// The values of [`in_list`]: the last id is repeated where a place is left over. There has to be one.
#[must_use]
pub fn in_args<'a, T>(organization: &'a str, ids: &'a [T]) -> Vec<Value<'a>>
where
    Value<'a>: From<&'a T>,
{
    let padded = ids
        .iter()
        .chain(std::iter::repeat(&ids[ids.len() - 1]))
        .take(size(ids.len()));
    std::iter::once(<Value<'a> as From<&str>>::from(organization))
        .chain(padded.map(Into::into))
        .collect()
}
