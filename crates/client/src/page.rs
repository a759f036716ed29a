//! Lists that come in pages, read to their end.
//!
//! Pages are asked for by number. Rows that come or go between two pages shift the rest, as in any numbered list: a
//! row may be seen twice or not at all. Who needs a list as of one moment asks for one large page.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::transport::Transport;
use crate::wire::Pagination;
use crate::wire::page::{Meta, Page};
use crate::wire::task::TaskMeta;

/// A page that knows where it stands.
pub trait Paged: DeserializeOwned {
    /// What it holds.
    type Row;
    /// Where it stands in the whole.
    fn pagination(&self) -> &Pagination;
    /// Its rows.
    fn into_rows(self) -> Vec<Self::Row>;
}

impl<T: DeserializeOwned> Paged for Page<T, Meta> {
    type Row = T;

    fn pagination(&self) -> &Pagination {
        &self.meta.pagination
    }

    fn into_rows(self) -> Vec<T> {
        self.data
    }
}

impl<T: DeserializeOwned> Paged for Page<T, TaskMeta> {
    type Row = T;

    fn pagination(&self) -> &Pagination {
        &self.meta.pagination
    }

    fn into_rows(self) -> Vec<T> {
        self.data
    }
}

/// Walks through a list, one request per page.
#[derive(Debug)]
pub struct Pages<Q, P> {
    transport: Transport,
    path: Vec<String>,
    query: Q,
    next: Option<i64>,
    page: PhantomData<fn() -> P>,
}

impl<Q: Serialize, P: Paged> Pages<Q, P> {
    /// `query` must not name a page itself.
    pub(crate) fn new(transport: Transport, path: &[&str], query: Q) -> Self {
        Self {
            transport,
            path: path.iter().map(|&part| part.to_owned()).collect(),
            query,
            next: Some(1),
            page: PhantomData,
        }
    }

    /// The next page; none after the last one.
    pub async fn next(&mut self) -> Result<Option<P>, Error> {
        let Some(number) = self.next else {
            return Ok(None);
        };
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let numbered = Numbered {
            query: &self.query,
            page: number,
        };
        let page: P = self.transport.get(&path, &numbered).await?;
        self.next = (number < page.pagination().total_pages).then_some(number + 1);
        Ok(Some(page))
    }

    /// Everything from here to the end.
    pub async fn rest(mut self) -> Result<Vec<P::Row>, Error> {
        let mut rows = Vec::new();
        while let Some(page) = self.next().await? {
            rows.extend(page.into_rows());
        }
        Ok(rows)
    }
}

#[derive(Serialize)]
struct Numbered<'a, Q> {
    #[serde(flatten)]
    query: &'a Q,
    page: i64,
}
