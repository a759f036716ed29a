//! What a mail says: plain text and simple HTML from the same words. Whatever people wrote is escaped by the template, and
//! the message is put together by a library, so that nothing of it becomes a header.

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

/// What is known of the occasion.
#[derive(Debug, Default)]
pub struct Facts {
    /// First name of who gets it.
    pub name: String,
    /// Their address as it is now.
    pub email: String,
    /// The address it goes to.
    pub to: String,
    /// Scheme and host of links.
    pub origin: String,
    /// The organisation of an invitation.
    pub organization: String,
    /// Who invites.
    pub inviter: Option<String>,
    /// The token or application it is about.
    pub thing: String,
    /// When that ends.
    pub ends: Option<String>,
    /// The code of the link.
    pub code: String,
}

/// A letter, not yet a message.
pub struct Letter {
    to: String,
    subject: String,
    body: Body,
}

struct Body {
    name: String,
    paragraphs: Vec<String>,
    link: Option<(&'static str, String)>,
    reason: &'static str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    name: &'a str,
    paragraphs: &'a [String],
    link: &'a Option<(&'static str, String)>,
    reason: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    subject: &'a str,
    name: &'a str,
    paragraphs: &'a [String],
    link: &'a Option<(&'static str, String)>,
    reason: &'a str,
}

const ASKED: &str = "If you did not ask for this, ignore this mail: nothing changes.";
const NOT_YOU: &str = "If this was not you, set a new password at once; that also ends what others may have made with the old one.";

impl Letter {
    /// The letter of this kind; none for a kind that this version does not know.
    #[must_use]
    pub fn about(kind: &str, facts: Facts) -> Option<Self> {
        let Facts {
            origin,
            code,
            thing,
            ..
        } = &facts;
        let page = |name: &str| format!("{origin}/app/{name}?code={code}");
        let plain = |subject: &str, text: String, reason| (subject.to_owned(), text, None, reason);
        let (subject, text, link, reason) = match kind {
            "invitation" => (
                format!("Join {}", facts.organization),
                match &facts.inviter {
                    Some(inviter) => format!(
                        "{} invites you to work in {}. The link below is good for 18 days.",
                        inviter.trim(),
                        facts.organization
                    ),
                    None => format!(
                        "You are invited to work in {}. The link below is good for 18 days.",
                        facts.organization
                    ),
                },
                Some(("See the invitation", page("invitation"))),
                "If you do not know this organization, ignore this mail: nothing changes.",
            ),
            "verify" => (
                "Confirm your address".to_owned(),
                "Please confirm that this is your address. The link below is good for 24 hours.".to_owned(),
                Some(("Confirm the address", page("verify"))),
                "If you did not create an account, ignore this mail: without your confirmation the account cannot be used.",
            ),
            "reset" => (
                "Set a new password".to_owned(),
                "Somebody asked for a link to set a new password for your account. It is below, and good for 60 minutes, once.".to_owned(),
                Some(("Set a new password", page("reset"))),
                ASKED,
            ),
            "new_address" => (
                "Confirm your new address".to_owned(),
                "This address is to replace the one of your account. The link below is good for 24 hours.".to_owned(),
                Some(("Use this address", page("address"))),
                ASKED,
            ),
            "password_changed" => plain(
                "Your password was changed",
                "The password of your account was changed. Other browsers were signed out.".to_owned(),
                NOT_YOU,
            ),
            "email_changed" => plain(
                "Your address was changed",
                format!("The address of your account is now {}. This is the last mail to the old one.", facts.email),
                "If this was not you, tell the administrator of your organization at once.",
            ),
            "token_created" => plain(
                "A personal access token was made",
                format!("A personal access token was made for your account: {thing}. Whoever has it acts as you."),
                "If this was not you, revoke it and set a new password at once.",
            ),
            "token_expiring" => plain(
                "A personal access token ends soon",
                format!(
                    "Your personal access token {thing} ends on {}. What uses it then stops working, unless you put another in its place.",
                    facts.ends.as_deref().unwrap_or("a day soon")
                ),
                "If nothing uses it any more, there is nothing to do.",
            ),
            "leaked_token" => plain(
                "A token of yours was found in public",
                format!("The token {thing} was found where others can read it, and was revoked. What used it needs another."),
                "Look through what was done with it, and keep the next one out of code and logs.",
            ),
            "new_application" => plain(
                "An application may act for you",
                format!("You allowed the application {thing} to act for you. You can end this at any time."),
                "If this was not you, disconnect it and set a new password at once.",
            ),
            "already_registered" => plain(
                "You have an account already",
                "Somebody, most likely you, wanted to create an account with this address. There is one already: sign in, or ask for a link to set a new password.".to_owned(),
                ASKED,
            ),
            "second_factor_on" => plain(
                "Signing in now takes a second factor",
                "From now on, signing in takes a code of your authenticator app besides the password.".to_owned(),
                NOT_YOU,
            ),
            "second_factor_off" => plain(
                "Signing in no longer takes a second factor",
                "The second factor of your account was switched off.".to_owned(),
                NOT_YOU,
            ),
            _ => return None,
        };
        let name = match facts.name.trim() {
            "" => facts.to.clone(),
            name => name.to_owned(),
        };
        Some(Self {
            to: facts.to,
            subject,
            body: Body {
                name,
                paragraphs: vec![text],
                link,
                reason,
            },
        })
    }

    /// The message; `Err` says what is wrong with sender or receiver.
    pub fn message(&self, from: &str) -> Result<Message, String> {
        let from: Mailbox = from
            .parse()
            .map_err(|error| format!("mail.from is not an address: {error}"))?;
        let to: Address = self
            .to
            .parse()
            .map_err(|error| format!("the receiver's address cannot be used: {error}"))?;
        let Body {
            name,
            paragraphs,
            link,
            reason,
        } = &self.body;
        let text = Text {
            name,
            paragraphs,
            link,
            reason,
        };
        let html = Html {
            subject: &self.subject,
            name,
            paragraphs,
            link,
            reason,
        };
        let text = text.render().map_err(|error| error.to_string())?;
        let html = html.render().map_err(|error| error.to_string())?;
        Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(one_line(&self.subject))
            .message_id(None)
            // RFC 3834: nobody's holiday notice shall answer this.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|error| error.to_string())
    }
}

/// A subject is one line, whatever an organisation is called.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation(organization: &str) -> String {
        let facts = Facts {
            to: "mira@example.com".to_owned(),
            origin: "https://flow.example.com".to_owned(),
            organization: organization.to_owned(),
            code: "tsm_x".to_owned(),
            ..Facts::default()
        };
        let letter = Letter::about("invitation", facts).unwrap();
        let message = letter.message("Tallystick <tallystick@localhost>").unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn nothing_people_wrote_becomes_a_header_or_markup() {
        let mail = invitation("<b>Acme</b>\r\nBcc: everybody@example.com");
        let head = mail.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        let (_, html) = mail.split_once("text/html").unwrap();
        assert!(!html.contains("<b>Acme"), "{html}");
    }

    #[test]
    fn links_lead_to_the_configured_address() {
        let mail = invitation("Acme").replace("=\r\n", "").replace("=3D", "=");
        assert!(
            mail.contains("https://flow.example.com/app/invitation?code=tsm_x"),
            "{mail}"
        );
    }
}
