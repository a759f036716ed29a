//! Answers as text, and texts with answers in them (contract: templates, section 8).
//!
//! Where the text goes decides how a value is escaped: what somebody answered never becomes markup, part of an address, or a
//! formula of a spreadsheet. One pass: a value that looks like a variable stays what it is.

use std::collections::HashMap;

use lol_html::html_content::TextType;
use lol_html::{DocumentContentHandlers, RewriteStrSettings, doc_text, element, rewrite_str};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tallystick_wire::template::FieldType;

use super::evaluate::Answers;
use super::evaluate::answer::{is_nothing, texts};
use super::model::{Content, Field};
use super::{markup, variable};
use crate::rich_text;

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Into {
    /// Into rich text.
    Html,
    /// Into a title, a name or a plain mail.
    Plain,
    /// Into an address, as one part of it.
    Url,
    /// Into a cell of a table that a spreadsheet opens.
    Csv,
}

/// Makes a value harmless where it goes.
#[must_use]
pub fn escape(text: &str, into: Into) -> String {
    match into {
        Into::Plain => text.to_owned(),
        Into::Url => utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        Into::Html => {
            let mut out = String::with_capacity(text.len());
            for letter in text.chars() {
                match letter {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '"' => out.push_str("&quot;"),
                    '\'' => out.push_str("&#39;"),
                    other => out.push(other),
                }
            }
            out
        }
        Into::Csv => {
            // A cell that begins like a formula is one to a spreadsheet, quoted or not.
            let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
            let sign = if formula { "'" } else { "" };
            format!("\"{sign}{}\"", text.replace('"', "\"\""))
        }
    }
}

/// Rich text without its markup, a line for each block.
#[must_use]
pub fn plain(html: &str) -> String {
    let out = std::cell::RefCell::new(String::new());
    let breaks = element!("p, div, br, li, tr, h1, h2, h3, h4, h5, h6", |_| {
        let mut out = out.borrow_mut();
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        Ok(())
    });
    let words: DocumentContentHandlers<'_> = doc_text!(|chunk| {
        // Scripts and styles are text of their own kinds.
        if matches!(chunk.text_type(), TextType::Data | TextType::RCData) {
            out.borrow_mut().push_str(chunk.as_str());
        }
        Ok(())
    });
    let settings = RewriteStrSettings {
        element_content_handlers: vec![breaks],
        document_content_handlers: vec![words],
        ..RewriteStrSettings::new()
    };
    // What the rewriter cannot read is shown as it is, which is harmless in plain text.
    if rewrite_str(html, settings).is_err() {
        return html.to_owned();
    }
    decoded(&out.into_inner())
}

/// The few entities that the cleaner writes.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = [
            ("&amp;", "&"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&apos;", "'"),
            ("&nbsp;", " "),
        ];
        let found = known.iter().find(|(entity, _)| rest.starts_with(entity));
        let (entity, letter) = found.copied().unwrap_or(("&", "&"));
        out.push_str(letter);
        rest = &rest[entity.len()..];
    }
    out.push_str(rest);
    out
}

/// Fills texts with the answers of one process.
pub struct Fill<'a> {
    fields: HashMap<&'a str, &'a Field>,
    answers: &'a Answers,
    members: &'a HashMap<i64, String>,
    system: &'a HashMap<&'a str, String>,
}

impl<'a> Fill<'a> {
    /// With names of the members that answers hold, and with what the system's own variables stand for.
    #[must_use]
    pub fn new(
        content: &'a Content,
        answers: &'a Answers,
        members: &'a HashMap<i64, String>,
        system: &'a HashMap<&'a str, String>,
    ) -> Self {
        let fields = content.fields();
        Self {
            fields: fields.map(|field| (field.alias.as_str(), field)).collect(),
            answers,
            members,
            system,
        }
    }

    /// The text with every variable that is known filled in; a field without an answer is empty text.
    ///
    /// For [`Into::Html`] the text itself is rich text already; for [`Into::Csv`] it becomes a whole cell.
    #[must_use]
    pub fn text(&self, text: &str, into: Into) -> String {
        match into {
            Into::Html => markup::replace(text, |name, place| self.named(name, place)),
            Into::Csv => {
                let filled = variable::replace(text, |name| self.named(name, Into::Plain));
                escape(&filled, into)
            }
            Into::Plain | Into::Url => variable::replace(text, |name| self.named(name, into)),
        }
    }

    fn named(&self, name: &str, into: Into) -> Option<String> {
        let system = self.system.get(name).map(|value| escape(value, into));
        system.or_else(|| Some(self.value(self.fields.get(name)?, into)))
    }

    /// The answer to a field.
    #[must_use]
    pub fn value(&self, field: &Field, into: Into) -> String {
        let answer = self.answers.get(&field.id);
        let Some(answer) = answer.filter(|answer| !is_nothing(answer)) else {
            return String::new();
        };
        match (field.kind, answer) {
            (FieldType::File, Value::Array(files)) if into == Into::Html => {
                let links: Vec<String> = files.iter().map(link).collect();
                links.join(", ")
            }
            (FieldType::Textarea, Value::String(text)) if field.use_wysiwyg_editor => match into {
                Into::Html => rich_text::clean(text),
                _ => escape(&plain(text), into),
            },
            (FieldType::Multiselect, Value::Array(entries)) => {
                let ticked = entries
                    .iter()
                    .filter(|entry| entry.get("selected").is_some_and(|flag| !is_nothing(flag)));
                let names: Vec<&str> = ticked
                    .filter_map(|entry| entry.get("text")?.as_str())
                    .collect();
                escape(&names.join(", "), into)
            }
            (FieldType::AssigneesForm, _) => {
                let people = super::evaluate::picked(answer);
                let users = people.users.iter().map(|id| {
                    let name = self.members.get(id).cloned();
                    name.unwrap_or_else(|| id.to_string())
                });
                let all: Vec<String> = users.chain(people.guests).collect();
                escape(&all.join(", "), into)
            }
            _ => escape(&texts(field, Some(answer), None).join(", "), into),
        }
    }
}

/// A file by its name, linked when its address is one of the web.
fn link(file: &Value) -> String {
    let text = |key: &str| file.get(key).and_then(Value::as_str);
    let address = text("full_url").or_else(|| text("url"));
    let name = escape(text("filename").or(address).unwrap_or_default(), Into::Html);
    let web = address.filter(|address| {
        url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    });
    match web {
        Some(address) => format!("<a href=\"{}\">{name}</a>", escape(address, Into::Html)),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::template::arbitrary;

    #[test]
    fn rich_text_becomes_lines() {
        let html =
            "<p>One &amp; <b>two</b></p><ul><li>a</li><li>b</li></ul><script>alert(1)</script>";
        assert_eq!(plain(html), "One & two\na\nb");
        assert_eq!(plain("&amp;lt; &copy;"), "&lt; &copy;");
    }

    #[test]
    fn formulas_are_text() {
        assert_eq!(escape("=1+1", Into::Csv), "\"'=1+1\"");
        assert_eq!(escape("a\"b", Into::Csv), "\"a\"\"b\"");
        assert_eq!(escape("a/b c", Into::Url), "a%2Fb%20c");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever is answered: no markup, no further variable, no way out of a cell or an address.
        #[test]
        fn answers_stay_answers(content in arbitrary::content(), text in arbitrary::title()) {
            let mut content = content;
            let answers: Answers = content.fields().map(|field| {
                let value = match field.kind {
                    FieldType::File => json!([{"filename": text, "url": text}]),
                    FieldType::Multiselect => json!([{"id": 1, "text": text, "selected": true}]),
                    FieldType::Table => json!([text, text]),
                    FieldType::AssigneesForm => json!({"guests": [text]}),
                    _ => json!(text),
                };
                (field.id.clone(), value)
            }).collect();
            // Rich text is the cleaner's business.
            for field in content.kickoff.iter_mut().chain(content.steps.iter_mut().flat_map(|step| &mut step.fields)) {
                field.use_wysiwyg_editor = false;
            }
            let (members, system) = (HashMap::new(), HashMap::new());
            let fill = Fill::new(&content, &answers, &members, &system);
            for field in content.fields() {
                let name = format!("{{{{{}}}}}", field.alias);
                let html = fill.text(&name, Into::Html);
                let tags = html.matches('<').count();
                prop_assert_eq!(tags, html.matches("<a href=\"http").count() + html.matches("</a>").count(), "{}", html);
                let address = fill.text(&name, Into::Url);
                prop_assert!(address.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'%'), "{}", address);
                let cell = fill.text(&name, Into::Csv);
                let inner = &cell[1..cell.len() - 1];
                prop_assert!(!inner.replace("\"\"", "").contains('"'));
                prop_assert!(!inner.starts_with(['=', '+', '-', '@']));
                let shown = fill.text(&name, Into::Plain);
                if field.kind == FieldType::Text {
                    prop_assert_eq!(shown, text.clone());
                }
            }
        }

        #[test]
        fn any_markup_becomes_plain(html in "\\PC{0,40}|(<[a-z/]{0,6}>?|&[a-z#0-9]{0,4};?|x){0,12}") {
            let _ = plain(&html);
        }
    }
}
