//! The SQL of custom fields, organisation first in every statement.

use std::collections::BTreeMap;

use serde_json::Value as JsonValue;
use tallystick_db::{DbError, Result, Row, Tx, Value, args};
use tallystick_wire::Time;
use tallystick_wire::custom_field::Record;
use tallystick_wire::lenient::Object;

use crate::custom_field::rules::Key;
use crate::http::query::Query;
use crate::in_list;
use crate::instance;
use crate::member::store::contains;

const COLUMNS: &str = "t.id, t.field_key, t.applies_to, t.field_type, t.key_type, t.is_required, t.is_active, t.choices, \
    t.table_columns, t.created_at, t.updated_at";

fn read(row: &mut Row<'_>) -> Result<Key> {
    Ok(Key {
        id: row.take()?,
        key: row.take()?,
        applies_to: {
            let word: String = row.take()?;
            Record::read(&word)
                .ok_or_else(|| DbError::Decode(format!("custom fields of {word:.40}")))?
        },
        field_type: row.take()?,
        is_system: row.take::<String>()? == "system",
        is_required: row.take()?,
        is_active: row.take()?,
        options: json(&row.take::<String>()?)?,
        columns: json(&row.take::<String>()?)?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
    })
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| DbError::Decode(format!("a custom field: {error}")))
}

/// Which keys a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    applies_to: Option<String>,
    key_type: Option<String>,
    field_type: Option<String>,
    is_required: Option<bool>,
    is_active: Option<bool>,
    search: Option<String>,
}

impl Filter {
    /// Reads the query; a word that nothing has finds nothing.
    #[must_use]
    pub fn read(query: &Query) -> Self {
        let word = |name| query.get(name).map(str::to_owned);
        let record = word("applies_to");
        Self {
            applies_to: record.map(|text| match Record::read(&text) {
                Some(record) => record.word().to_owned(),
                None => text,
            }),
            key_type: word("key_type"),
            field_type: word("field_type"),
            is_required: query.flag("is_required"),
            is_active: query.flag("is_active"),
            search: query.get("q").map(|text| contains(&text.to_lowercase())),
        }
    }
}

const FILTER: &str = "FROM custom_field_keys t WHERE t.organization_id = $1 AND (CAST($2 AS TEXT) IS NULL OR t.applies_to = $2) \
    AND (CAST($3 AS TEXT) IS NULL OR t.key_type = $3) AND (CAST($4 AS TEXT) IS NULL OR t.field_type = $4) \
    AND (CAST($5 AS BOOLEAN) IS NULL OR t.is_required = $5) AND (CAST($6 AS BOOLEAN) IS NULL OR t.is_active = $6) \
    AND (CAST($7 AS TEXT) IS NULL OR lower(t.field_key) LIKE $7 ESCAPE '\\')";

/// How many keys a filter finds.
pub fn count(tx: &mut Tx<'_>, organization: &str, filter: &Filter) -> Result<i64> {
    let sql = format!("SELECT count(*) {FILTER}");
    tx.one(
        &sql,
        args![
            organization,
            filter.applies_to.as_ref(),
            filter.key_type.as_ref(),
            filter.field_type.as_ref(),
            filter.is_required,
            filter.is_active,
            filter.search.as_ref()
        ],
        |row| row.take(),
    )
}

/// A page of keys.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    filter: &Filter,
    query: &Query,
    (limit, offset): (i64, i64),
) -> Result<Vec<Key>> {
    let order = match query.sort() {
        ("key", false) => "t.field_key, t.id",
        ("key", true) => "t.field_key DESC, t.id DESC",
        ("created_at" | "id", true) => "t.id DESC",
        _ => "t.id",
    };
    let sql = format!("SELECT {COLUMNS} {FILTER} ORDER BY {order} LIMIT $8 OFFSET $9");
    tx.all(
        &sql,
        args![
            organization,
            filter.applies_to.as_ref(),
            filter.key_type.as_ref(),
            filter.field_type.as_ref(),
            filter.is_required,
            filter.is_active,
            filter.search.as_ref(),
            limit,
            offset
        ],
        read,
    )
}

/// One key.
pub fn get(tx: &mut Tx<'_>, organization: &str, id: i64) -> Result<Option<Key>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM custom_field_keys t WHERE t.organization_id = $1 AND t.id = $2"
    );
    tx.maybe(&sql, args![organization, id], read)
}

/// One key, held until the transaction ends.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, id: i64) -> Result<Option<Key>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM custom_field_keys t WHERE t.organization_id = $1 AND t.id = $2 /*lock t*/"
    );
    tx.maybe(&sql, args![organization, id], read)
}

/// The active keys for a kind of record.
pub fn keys_of(tx: &mut Tx<'_>, organization: &str, record: Record) -> Result<Vec<Key>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM custom_field_keys t WHERE t.organization_id = $1 AND t.applies_to = $2 AND t.is_active = TRUE ORDER BY t.id"
    );
    tx.all(&sql, args![organization, record.word()], read)
}

/// Whether there is such a key for this kind of record.
pub fn is_taken(tx: &mut Tx<'_>, organization: &str, record: Record, key: &str) -> Result<bool> {
    let found = tx.maybe(
        "SELECT id FROM custom_field_keys WHERE organization_id = $1 AND applies_to = $2 AND field_key = $3",
        args![organization, record.word(), key],
        |row| row.take::<i64>(),
    )?;
    Ok(found.is_some())
}

/// The number of a new key.
pub fn next_number(tx: &mut Tx<'_>, organization: &str) -> Result<i64> {
    instance::next_number(tx, organization, "custom_field_keys", 1)
}

fn written(values: &[JsonValue]) -> String {
    JsonValue::from(values.to_vec()).to_string()
}

/// Stores a new key.
pub fn insert(tx: &mut Tx<'_>, organization: &str, key: &Key) -> Result<()> {
    let kind = if key.is_system { "system" } else { "org" };
    tx.run(
        "INSERT INTO custom_field_keys (organization_id, id, field_key, applies_to, field_type, key_type, is_required, is_active, \
            choices, table_columns, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            organization,
            key.id,
            &key.key,
            key.applies_to.word(),
            &key.field_type,
            kind,
            key.is_required,
            key.is_active,
            written(&key.options),
            written(&key.columns),
            key.created_at.0,
            key.updated_at.0
        ],
    )?;
    Ok(())
}

/// Stores what can change of a key.
pub fn update(tx: &mut Tx<'_>, organization: &str, key: &Key) -> Result<()> {
    tx.run(
        "UPDATE custom_field_keys SET is_required = $3, is_active = $4, choices = $5, table_columns = $6, updated_at = $7 \
         WHERE organization_id = $1 AND id = $2",
        args![
            organization,
            key.id,
            key.is_required,
            key.is_active,
            written(&key.options),
            written(&key.columns),
            key.updated_at.0
        ],
    )?;
    Ok(())
}

/// Deletes a key with all its values.
pub fn delete(tx: &mut Tx<'_>, organization: &str, id: i64) -> Result<()> {
    tx.run(
        "DELETE FROM custom_field_keys WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(())
}

/// The kinds of record that the organisation has keys for.
pub fn records(tx: &mut Tx<'_>, organization: &str) -> Result<Vec<Record>> {
    let words = tx.all(
        "SELECT DISTINCT applies_to FROM custom_field_keys WHERE organization_id = $1",
        args![organization],
        |row| row.take::<String>(),
    )?;
    Ok(words.iter().filter_map(|word| Record::read(word)).collect())
}

/// The values of these records, by id; who has none is left out.
pub fn of(
    tx: &mut Tx<'_>,
    organization: &str,
    record: Record,
    ids: &[String],
) -> Result<BTreeMap<String, Object>> {
    let mut found: BTreeMap<String, Object> = BTreeMap::new();
    for part in ids.chunks(in_list::MOST) {
        let before = format!(
            "SELECT v.subject_id, k.field_key, v.content FROM custom_field_values v \
             JOIN custom_field_keys k ON k.organization_id = v.organization_id AND k.id = v.key_id AND k.is_active = TRUE \
             WHERE v.organization_id = $1 AND v.subject_type = '{}' AND v.subject_id IN (",
            record.word()
        );
        let sql = in_list::sql(&before, 2, part.len(), ") ORDER BY v.subject_id, k.id");
        tx.each(
            &sql,
            &in_list::args(args![organization], part.iter().map(Value::from)),
            |row| {
                let (id, key) = (row.take::<String>()?, row.take::<String>()?);
                let value = json(&row.take::<String>()?)?;
                found.entry(id).or_default().0.insert(key, value);
                Ok(())
            },
        )?;
    }
    Ok(found)
}

/// Stores one value.
pub fn set(
    tx: &mut Tx<'_>,
    organization: &str,
    (record, id): (Record, &str),
    key: i64,
    value: &JsonValue,
    now: Time,
) -> Result<()> {
    tx.run(
        "INSERT INTO custom_field_values (organization_id, subject_type, subject_id, key_id, content, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organization_id, subject_type, subject_id, key_id) \
         DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at",
        args![organization, record.word(), id, key, value.to_string(), now.0],
    )?;
    Ok(())
}

/// Takes one value away; false when there was none.
pub fn unset(
    tx: &mut Tx<'_>,
    organization: &str,
    (record, id): (Record, &str),
    key: i64,
) -> Result<bool> {
    let gone = tx.run(
        "DELETE FROM custom_field_values WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3 AND key_id = $4",
        args![organization, record.word(), id, key],
    )?;
    Ok(gone > 0)
}

/// Takes away every value of a record that is deleted for good.
pub fn forget(tx: &mut Tx<'_>, organization: &str, record: Record, id: &str) -> Result<()> {
    tx.run(
        "DELETE FROM custom_field_values WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3",
        args![organization, record.word(), id],
    )?;
    Ok(())
}
