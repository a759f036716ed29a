//! The SQL of job titles, organisation first in every statement.

use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;

use crate::http::query::Query;
use crate::member::store::contains;

/// A job title as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the JobTitle object, which explains them"
)]
pub struct JobTitle {
    pub id: String,
    pub name: String,
    pub created_at: Time,
    pub updated_at: Time,
}

const COLUMNS: &str = "t.id, t.name, t.created_at, t.updated_at";

fn read(row: &mut Row<'_>) -> Result<JobTitle> {
    Ok(JobTitle {
        id: row.take()?,
        name: row.take()?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
    })
}

const FILTER: &str = "FROM job_titles t WHERE t.organization_id = $1 AND (CAST($2 AS TEXT) IS NULL OR t.name_folded LIKE $2 ESCAPE '\\')";

/// How many job titles a search finds.
pub fn count(tx: &mut Tx<'_>, organization: &str, search: Option<&str>) -> Result<i64> {
    let sql = format!("SELECT count(*) {FILTER}");
    let values = args![organization, search.map(contains)];
    tx.one(&sql, values, |row| row.take())
}

/// A page of job titles, by name.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    search: Option<&str>,
    query: &Query,
    (limit, offset): (i64, i64),
) -> Result<Vec<JobTitle>> {
    let order = match query.sort() {
        ("created_at", false) => "t.created_at, t.id",
        ("created_at", true) => "t.created_at DESC, t.id DESC",
        ("name", true) => "t.name_folded DESC, t.id DESC",
        _ => "t.name_folded, t.id",
    };
    let sql = format!("SELECT {COLUMNS} {FILTER} ORDER BY {order} LIMIT $3 OFFSET $4");
    let values = args![organization, search.map(contains), limit, offset];
    tx.all(&sql, values, read)
}

/// One job title.
pub fn get(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<JobTitle>> {
    let sql =
        format!("SELECT {COLUMNS} FROM job_titles t WHERE t.organization_id = $1 AND t.id = $2");
    tx.maybe(&sql, args![organization, id], read)
}

/// One job title, held until the transaction ends.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<JobTitle>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job_titles t WHERE t.organization_id = $1 AND t.id = $2 /*lock t*/"
    );
    tx.maybe(&sql, args![organization, id], read)
}

/// Whether another job title has this name, in any letter case.
pub fn is_taken(tx: &mut Tx<'_>, organization: &str, name: &str, id: &str) -> Result<bool> {
    let found = tx.maybe(
        "SELECT id FROM job_titles WHERE organization_id = $1 AND name_folded = $2 AND id <> $3",
        args![organization, name.to_lowercase(), id],
        |row| row.take::<String>(),
    )?;
    Ok(found.is_some())
}

/// Stores a new job title.
pub fn insert(tx: &mut Tx<'_>, organization: &str, title: &JobTitle) -> Result<()> {
    tx.run(
        "INSERT INTO job_titles (organization_id, id, name, name_folded, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![organization, &title.id, &title.name, title.name.to_lowercase(), title.created_at.0, title.updated_at.0],
    )?;
    Ok(())
}

/// Stores another name.
pub fn update(tx: &mut Tx<'_>, organization: &str, title: &JobTitle) -> Result<()> {
    tx.run(
        "UPDATE job_titles SET name = $3, name_folded = $4, updated_at = $5 WHERE organization_id = $1 AND id = $2",
        args![organization, &title.id, &title.name, title.name.to_lowercase(), title.updated_at.0],
    )?;
    Ok(())
}

/// Deletes a job title. Whoever lets something name job titles, such as steps, takes those references away here.
pub fn forget(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    tx.run(
        "DELETE FROM job_titles WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(())
}
