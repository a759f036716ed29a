//! `tallystick bin`: the recycle bin, for the administrator on the machine.

use tallystick_server::{bin, task};

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
            if !write(&db, move |tx| {
                task::store::restore_from_bin(tx, &org, &wanted)
            })? {
                return Err(format!(
                    "There is no task {id} in the bin of this organisation."
                ));
            }
            output::say(&format!("Brought back the task {id}."));
        }
    }
    Ok(Exit::Done)
}
