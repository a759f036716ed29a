//! Reading folders.

use tallystick_wire::folder::{self as wire, FolderType};
use tallystick_wire::include::Collection;
use tallystick_wire::page::Page;
use tallystick_wire::{ErrorBody, Item};

use super::{by_parent, fields_of, nested, view};
use crate::folder::store::{self, Filter};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply};

/// Everything, as far as a statement needs a number for it.
const ALL: (i64, i64) = (i32::MAX as i64, 0);

/// Folders
///
/// With `with=children` and without `q` only those at the top, each with the folders in it; else every folder that fits,
/// side by side. `pagination=false` answers all of them, without `meta`.
#[utoipa::path(get, path = "/organizations/{org}/folders", tag = "folders", operation_id = "folders",
    params(("org" = String, Path), ("folder_type" = Option<String>, Query, description = "checklist or run"),
        ("with" = Option<String>, Query, description = "children"), ("q" = Option<String>, Query, description = "part of the name"),
        ("sort" = Option<String>, Query, description = "position (default), name, created_at; - reverses"),
        ("pagination" = Option<bool>, Query, description = "false for everything at once"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<wire::Folder>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let query = &call.request.query;
    let filter = Filter {
        folder_type: query.get("folder_type").and_then(FolderType::read),
        search: query.get("q").map(str::to_lowercase),
    };
    let window = Window::read(query, 10, 100);
    let whole = query.flag("pagination") == Some(false);
    let is_nested = query.asks_for("children") && filter.search.is_none();
    let (data, total) = if is_nested {
        let rows = store::list(call.tx, call.org(), &filter, query, ALL)?;
        let mut fields = fields_of(call, &rows)?;
        let views = rows.into_iter().map(|row| view(row, &mut fields)).collect();
        let top = nested(None, &mut by_parent(views), 1);
        let total = i64::try_from(top.len()).unwrap_or(i64::MAX);
        if whole {
            (top, total)
        } else {
            let skip = window.offset(total).unwrap_or(total);
            let place = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
            let page = top
                .into_iter()
                .skip(place(skip))
                .take(place(window.per_page));
            (page.collect(), total)
        }
    } else {
        let total = store::count(call.tx, call.org(), &filter)?;
        let part = if whole {
            Some(ALL)
        } else {
            window.offset(total).map(|offset| (window.per_page, offset))
        };
        let rows = match part {
            Some(part) => store::list(call.tx, call.org(), &filter, query, part)?,
            None => Vec::new(),
        };
        let mut fields = fields_of(call, &rows)?;
        let views = rows.into_iter().map(|row| view(row, &mut fields));
        (views.collect(), total)
    };
    if whole {
        return Reply::whole(&Collection::of(data));
    }
    Reply::whole(&window.page(call.request, total, data))
}

/// One folder
#[utoipa::path(get, path = "/organizations/{org}/folders/{folder_id}", tag = "folders", operation_id = "folder",
    params(("org" = String, Path), ("folder_id" = String, Path), ("with" = Option<String>, Query, description = "children")),
    responses((status = 200, body = Item<wire::Folder>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("folder_id")?;
    let folder = store::get(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)?;
    if !call.query().asks_for("children") {
        let mut fields = fields_of(call, std::slice::from_ref(&folder))?;
        return Reply::data(view(folder, &mut fields));
    }
    call.tx.take_time()?;
    let filter = Filter {
        folder_type: Some(folder.folder_type),
        search: None,
    };
    let rows = store::list(call.tx, call.org(), &filter, &call.request.query, ALL)?;
    let mut fields = fields_of(call, &rows)?;
    let views = rows.into_iter().map(|row| view(row, &mut fields)).collect();
    let mut by_parent = by_parent(views);
    let children = nested(Some(&id), &mut by_parent, 1);
    let mut own = by_parent.into_values().flatten();
    let mut shown = own
        .find(|view: &wire::Folder| view.id == id)
        .ok_or_else(Refusal::not_found)?;
    shown.children = Some(Collection::of(children));
    Reply::data(shown)
}
