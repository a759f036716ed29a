//! `tallystick init`: makes a new database, and never touches one that is there.

use tallystick_db::Db;
use tallystick_server::clock::{Clock, SystemClock};
use tallystick_server::demo::found_instance;
use tallystick_server::ids::Ids;
use tallystick_server::schema::SCHEMA;

use crate::args::Common;
use crate::exit::Exit;
use crate::output;
use crate::startup::Start;

pub fn run(common: &Common) -> Result<Exit, String> {
    let start = common.start(&[])?;
    let id = create(&start)?;
    output::say(&format!(
        "Created {} (instance {id}). Next: tallystick org create, user create, token create, serve.",
        start.address()?
    ));
    Ok(Exit::Done)
}

/// Makes the database and gives it its identity.
pub fn create(start: &Start) -> Result<String, String> {
    Db::create(&start.address()?, &SCHEMA).map_err(|error| error.to_string())?;
    let db = start.open_beside()?;
    found_instance(&db, &Ids::default(), SystemClock::default().now())
        .map_err(crate::startup::explain)
}
