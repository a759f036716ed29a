//! `tallystick demo`: from nothing to a working server with sample data, and the same again at the next start.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tallystick_server::demo::{self, Founded};
use tallystick_server::ids::Ids;
use tallystick_server::member::password;

use crate::args::Demo;
use crate::commands::init;
use crate::exit::Exit;
use crate::output;
use crate::startup::{Server, pairs, settings};

/// What the demo remembers between starts, readable by its owner only. A real server keeps no secret in the clear.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    organization_id: String,
    user_id: i64,
    email: String,
    password: String,
    access_token: String,
    client_id: String,
    client_secret: String,
}

/// What programs read from the first line.
#[derive(Serialize)]
struct Announced<'a> {
    api_url: &'a str,
    web_url: &'a str,
    #[serde(flatten)]
    remembered: &'a Remembered,
}

pub fn run(options: &Demo) -> Result<Exit, String> {
    let folder = &options.data_dir;
    let database = folder.join("tallystick.db");
    let mut flags = vec![
        ("server.listen".to_owned(), options.listen.to_string()),
        (
            "database.address".to_owned(),
            format!("sqlite:{}", database.display()),
        ),
    ];
    let mail = folder.join("mail");
    flags.push(("mail.folder".to_owned(), mail.display().to_string()));
    if !options.rate_limits {
        flags.extend(
            [
                "limits.per_person",
                "limits.per_stranger",
                "limits.per_token_endpoint",
                "limits.registrations",
                "limits.comments",
            ]
            .map(|key| (key.to_owned(), "0".to_owned())),
        );
    }
    // Mail goes where somebody who tries things out can read it, and strangers may make accounts.
    let mail = folder.join("mail");
    flags.push(("mail.folder".to_owned(), mail.display().to_string()));
    flags.push(("accounts.registration".to_owned(), "true".to_owned()));
    flags.extend(pairs(&options.set)?);
    let start = settings(None, &flags)?;
    if !database.exists() {
        fs::create_dir_all(folder)
            .map_err(|error| format!("The folder {} cannot be made: {error}.", folder.display()))?;
        init::create(&start)?;
    }
    let server = Server::prepare(&start)?;
    let remembered = remember(&server, folder)?;
    let (web, api) = server.addresses();
    if options.json {
        let line = serde_json::to_string(&Announced {
            api_url: &api,
            web_url: &web,
            remembered: &remembered,
        })
        .map_err(|error| error.to_string())?;
        output::data(&line);
    } else {
        introduce(&web, &api, &remembered, folder);
    }
    Ok(server.run())
}

/// The credentials of the last start, or new ones.
fn remember(server: &Server, folder: &Path) -> Result<Remembered, String> {
    let file = folder.join("demo.json");
    if let Ok(text) = fs::read_to_string(&file) {
        return serde_json::from_str(&text).map_err(|error| {
            format!(
                "The file {} cannot be read: {error}. Remove the folder to begin anew.",
                file.display()
            )
        });
    }
    let ids = Ids::default();
    let secret = ids.password();
    let hash = password::hash(&secret, &ids)?;
    let Founded {
        organization_id,
        user_id,
        email,
        access_token,
        client_id,
        client_secret,
    } = demo::found(&server.app, &hash).map_err(|refusal| {
        format!(
            "The sample data cannot be stored: {}.",
            refusal.body().message
        )
    })?;
    let remembered = Remembered {
        organization_id,
        user_id,
        email,
        password: secret,
        access_token,
        client_id,
        client_secret,
    };
    let text = serde_json::to_string_pretty(&remembered).map_err(|error| error.to_string())?;
    write_private(&file, &text)
        .map_err(|error| format!("The file {} cannot be written: {error}.", file.display()))?;
    Ok(remembered)
}

/// Written beside its place and moved there whole, readable by the owner only.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let _ = fs::remove_file(&unfinished);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

fn introduce(web: &str, api: &str, remembered: &Remembered, folder: &Path) {
    let Remembered {
        organization_id,
        email,
        password,
        access_token,
        client_id,
        client_secret,
        ..
    } = remembered;
    output::data(&format!(
        "Tallystick demo: the Tallyfy API with sample data. Not for production: the token below is kept in {folder}.

  API            {api}
  Reference      {web}/
  Pages          {web}/app
  Organization   {organization_id}
  User           {email}
  Password       {password}
  Access token   {access_token}
  client_id      {client_id}
  client_secret  {client_secret}
  Mail           is written into {folder}/mail

Try it:

  curl \"{api}/organizations/{organization_id}/me/tasks\" \\
    -H \"Authorization: Bearer {access_token}\" \\
    -H \"Accept: application/json\" \\
    -H \"X-Tallyfy-Client: APIClient\"

Ctrl-C stops it; the next start keeps the data and the token.",
        folder = folder.display()
    ));
}
