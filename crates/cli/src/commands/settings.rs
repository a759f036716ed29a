//! `tallystick settings`: every setting, its value, where it came from, what it does.

use tallystick_server::settings::{SETTINGS, Source};

use crate::args::Common;
use crate::exit::Exit;
use crate::output;

pub fn run(common: &Common) -> Result<Exit, String> {
    let start = common.start(&[])?;
    let rows: Vec<Vec<String>> = SETTINGS
        .iter()
        .map(|setting| {
            let (value, source) = start.values.get(setting.key);
            let shown = match start.address() {
                Ok(address) if setting.secret => address.to_string(),
                Err(_) if setting.secret && !value.is_empty() => "(hidden)".to_owned(),
                _ => value.to_owned(),
            };
            let source = match source {
                Source::Default => "default".to_owned(),
                Source::File => "file".to_owned(),
                Source::Environment => setting.variable(),
                Source::Flag => "flag".to_owned(),
            };
            vec![
                setting.key.to_owned(),
                shown,
                source,
                setting.help.to_owned(),
            ]
        })
        .collect();
    output::table(&["setting", "value", "from", "meaning"], &rows);
    Ok(Exit::Done)
}
