//! `tallystick serve`: opens what is there and serves it.

use crate::args::Serve;
use crate::exit::Exit;
use crate::startup::{Server, address_line};

pub fn run(options: &Serve) -> Result<Exit, String> {
    let listen: Vec<(String, String)> = options
        .listen
        .iter()
        .map(|address| ("server.listen".to_owned(), address.to_string()))
        .collect();
    let start = options.common.start(&listen)?;
    start.address()?;
    let server = Server::prepare(&start)?;
    let (web, api) = server.addresses();
    tracing::info!(address = %web, database = %server.app.db.address(), "Tallystick serves the API at {api}");
    if options.json {
        address_line(&web, &api);
    }
    Ok(server.run())
}
