//! `tallystick bin`: the recycle bin, for the administrator on the machine.

use tallystick_server::{bin, task, template};

use crate::args::Bin;
use crate::exit::Exit;
use crate::output;
use crate::startup::{explain, write};

pub fn run(command: Bin) -> Result<Exit, String> {
    match command {
        Bin::List { common, org } => {
            let db = common.start(&[])?.open_beside()?;
            let thrown = db.read_here(|tx| bin::list(tx, &org)).map_err(explain)?;
            let rows: Vec<Vec<String>> = thrown
                .into_iter()
                .map(|thing| {
                    vec![
                        thing.kind,
                        thing.id,
                        thing.deleted_at.to_string(),
                        thing.title,
                    ]
                })
                .collect();
            output::table(&["kind", "id", "deleted", "title"], &rows);
        }
        Bin::Restore { common, org, id } => {
            let db = common.start(&[])?.open_beside()?;
            let wanted = id.clone();
            // An id is in the bin once at most, whatever it is of.
            let what = write(&db, move |tx| {
                if task::store::restore_from_bin(tx, &org, &wanted)? {
                    return Ok(Some("task"));
                }
                let template = template::store::restore_from_bin(tx, &org, &wanted)?;
                Ok(template.then_some("template"))
            })?;
            let Some(what) = what else {
                return Err(format!(
                    "There is nothing with the id {id} in the bin of this organisation."
                ));
            };
            output::say(&format!("Brought back the {what} {id}."));
        }
    }
    Ok(Exit::Done)
}
