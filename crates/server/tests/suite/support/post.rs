//! Mail as it arrives: the server of a test writes it into a folder.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::World;

/// How long a mail may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A new folder, as the value of a setting.
pub fn folder() -> String {
    let folder = tempfile::TempDir::new().unwrap().keep();
    folder.to_str().unwrap().to_owned()
}

/// The folder that the world's mail goes to; it goes with this.
pub struct Post {
    folder: PathBuf,
    seen: BTreeSet<PathBuf>,
}

/// A mail that arrived.
#[derive(Debug)]
pub struct Mail {
    pub head: String,
    /// Everything after the head, its lines joined again.
    pub body: String,
}

impl Post {
    pub fn of(world: &World) -> Self {
        Self {
            folder: world.app.settings.mail.folder.clone().unwrap(),
            seen: BTreeSet::new(),
        }
    }

    fn unseen(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .filter(|path| !self.seen.contains(path))
            .collect()
    }

    /// The next mail to this address whose subject contains that; others that arrived meanwhile wait for their turn.
    pub async fn next(&mut self, to: &str, subject: &str) -> Mail {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            for path in self.unseen() {
                let text = std::fs::read_to_string(&path).unwrap();
                // Written in place: the end shows that it is whole.
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let line = |start: &str| {
                    head.lines()
                        .find_map(|line| line.strip_prefix(start))
                        .unwrap_or_default()
                };
                if !line("To: ").contains(to) || !line("Subject: ").contains(subject) {
                    continue;
                }
                if !text.trim_end().ends_with("--") {
                    continue;
                }
                self.seen.insert(path);
                return Mail {
                    head: head.to_owned(),
                    body: body.replace("=\r\n", "").replace("=3D", "="),
                };
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no mail to {to} about {subject} came");
    }

    /// How many mails came that nobody asked for.
    pub fn left(&self) -> usize {
        self.unseen().len()
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Mail {
    /// The code of its link. The world looks for it in log and database when it ends.
    pub fn code(&self, world: &World) -> String {
        let start = self.body.find("code=tsm_").unwrap() + "code=".len();
        let code = self.body[start..start + 41].to_owned();
        world.remember(&code);
        code
    }
}

/// Waits until the queue has nothing more to send.
pub async fn settled(world: &World) {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let waiting: i64 = world
            .write(|tx| {
                tx.one(
                    "SELECT count(*) FROM mail_jobs WHERE sent_at IS NULL AND failed_at IS NULL",
                    tallystick_db::args![],
                    |row| row.take(),
                )
            })
            .await;
        if waiting == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("mail waits for ever");
}
