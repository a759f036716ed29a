//! Sends what is due, in the background, until the server stops.

use std::path::Path;
use std::time::Duration;

use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::watch;

use crate::app::App;
use crate::http::error::Refusal;
use crate::mail::job::{self, Job};
use crate::mail::letter::Letter;
use crate::settings::MailSettings;

/// How often the queue is looked at when nothing says that there is something in it: for mail that is due again, and for
/// what another server or command queued.
const LOOKS_EVERY: Duration = Duration::from_secs(5);
/// How long a mail server may take for one mail.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where mail goes.
enum Post {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

impl Post {
    /// The way the settings name; none when they name none or one that cannot be used.
    fn open(settings: &MailSettings) -> Option<Self> {
        if let Some(address) = &settings.smtp {
            // The error may quote the address, which may hold a password.
            let Ok(builder) = AsyncSmtpTransport::<Tokio1Executor>::from_url(address) else {
                tracing::error!(
                    "mail.smtp is not an address such as smtps://user:password@mail.example.com; no mail is sent"
                );
                return None;
            };
            return Some(Self::Smtp(builder.timeout(Some(PATIENCE)).build()));
        }
        let Some(folder) = &settings.folder else {
            tracing::warn!(
                "neither mail.smtp nor mail.folder is set: mail waits for a week and is then given up"
            );
            return None;
        };
        if let Err(error) = make(folder) {
            tracing::error!(folder = %folder.display(), %error, "the folder for mail cannot be made; no mail is sent");
            return None;
        }
        Some(Self::Folder(AsyncFileTransport::new(folder)))
    }

    async fn send(&self, message: Message) -> Result<(), String> {
        match self {
            Self::Smtp(post) => {
                match tokio::time::timeout(2 * PATIENCE, post.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err("the mail server takes too long".to_owned()),
                }
            }
            Self::Folder(post) => post
                .send(message)
                .await
                .map(|_| ())
                .map_err(|error| error.to_string()),
        }
    }
}

/// Mail holds secrets: its folder is for its owner only.
fn make(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// Sends mail until `stop` says so.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let post = Post::open(&app.settings.mail);
    loop {
        let worked = match &post {
            Some(post) => send_due(&app, post, &stop).await,
            None => give_up_old(&app).await,
        };
        if let Err(refusal) = worked {
            tracing::warn!(cause = ?refusal.reason, "the mail queue could not be worked through");
        }
        let pause = match post {
            Some(_) => LOOKS_EVERY,
            None => 120 * LOOKS_EVERY,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.mail.woken(), if post.is_some() => {}
            _ = stop.changed() => return,
        }
    }
}

async fn give_up_old(app: &App) -> Result<(), Refusal> {
    let inside = app.clone();
    let write = app.write(move |tx| Ok(job::give_up_old(tx, &inside, inside.clock.now())?));
    write.await.map(|_| ())
}

async fn send_due(app: &App, post: &Post, stop: &watch::Receiver<bool>) -> Result<(), Refusal> {
    while !*stop.borrow() {
        let now = app.clock.now();
        let due = app
            .db
            .read(move |tx| Ok::<_, Refusal>(job::any_due(tx, now)?))
            .await?;
        if !due {
            return Ok(());
        }
        let inside = app.clone();
        let claim = app.write(move |tx| Ok::<_, Refusal>(job::claim(tx, &inside, now)?));
        match claim.await? {
            None => return Ok(()),
            Some((_, None)) => {}
            Some((job, Some(letter))) => deliver(app, post, job, letter).await?,
        }
    }
    Ok(())
}

async fn deliver(app: &App, post: &Post, job: Job, letter: Letter) -> Result<(), Refusal> {
    let sent = match letter.message(&app.settings.mail.from) {
        Ok(message) => post.send(message).await,
        Err(error) => Err(error),
    };
    let (id, kind) = (job.id.clone(), job.kind.clone());
    let inside = app.clone();
    let went = sent.is_ok();
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        if went {
            job::sent(tx, &job, now)?;
            return Ok::<_, Refusal>(false);
        }
        Ok(job::put_off(tx, &inside, &job, now)?)
    });
    let given_up = write.await?;
    match sent {
        Ok(()) => tracing::debug!(%id, %kind, "a mail was sent"),
        Err(error) if given_up => tracing::error!(%id, %kind, %error, "a mail was given up"),
        Err(error) => {
            tracing::warn!(%id, %kind, %error, "a mail could not be sent and is tried again")
        }
    }
    Ok(())
}
