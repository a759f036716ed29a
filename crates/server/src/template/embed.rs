//! What rich text embeds by reference: other templates and snippets, as elements with `data-template-id` or
//! `data-snippet-id` (contract: templates, sections 2.5 and 11).

use std::collections::HashMap;

use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, rewrite_str};

use crate::http::call::object_id;

/// The attribute that names an embedded template.
pub const TEMPLATE: &str = "data-template-id";
/// The attribute that names an embedded snippet.
pub const SNIPPET: &str = "data-snippet-id";

/// Everything a text embeds: `template` or `snippet`, and which one.
pub fn named(html: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (attribute, kind) in [(TEMPLATE, "embedded_template"), (SNIPPET, "snippet")] {
        // Rich text has been through the sanitiser, which writes every attribute in one way.
        let mark = format!("{attribute}=\"");
        let mut rest = html;
        while let Some(start) = rest.find(&mark) {
            rest = &rest[start + mark.len()..];
            if let Some(id) = rest.get(..32).and_then(object_id) {
                found.push((kind, id));
            }
        }
    }
    found
}

/// The text without the elements that embed `id` by this attribute; none when there are none.
#[must_use]
pub fn without(html: &str, attribute: &str, id: &str) -> Option<String> {
    if !html.contains(attribute) || !html.contains(id) {
        return None;
    }
    let selector = format!("[{attribute}=\"{id}\"]");
    rewritten(html, &selector, |element| element.remove()).filter(|without| without != html)
}

/// The text with every embedded snippet in its place; without those that `contents` does not know. A snippet inside of a
/// snippet is not filled in, so that no text grows without end.
#[must_use]
pub fn filled(html: &str, contents: &HashMap<String, String>) -> Option<String> {
    if !html.contains(SNIPPET) {
        return None;
    }
    let selector = format!("[{SNIPPET}]");
    rewritten(html, &selector, |element| {
        let id = element.get_attribute(SNIPPET);
        match id.and_then(|id| contents.get(&id)) {
            Some(content) => element.set_inner_content(content, ContentType::Html),
            None => element.remove(),
        }
    })
}

/// Text that the rewriter cannot read stays as it is: it embeds nothing that a browser would show.
fn rewritten(html: &str, selector: &str, change: impl Fn(&mut Element<'_, '_>)) -> Option<String> {
    let handler = element!(selector, |element| {
        change(element);
        Ok(())
    });
    let settings = RewriteStrSettings {
        element_content_handlers: vec![handler],
        ..RewriteStrSettings::new()
    };
    rewrite_str(html, settings).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedded_template_is_found_and_taken_out() {
        let id = "0123456789abcdef0123456789abcdef";
        let html = format!(
            "<p>Before</p><div data-template-id=\"{id}\"><b>Pack</b></div><p>After {{{{x}}}}</p>"
        );
        assert_eq!(named(&html), [("embedded_template", id.to_owned())]);
        assert_eq!(
            without(&html, TEMPLATE, id).as_deref(),
            Some("<p>Before</p><p>After {{x}}</p>")
        );
        assert_eq!(without("<p>none</p>", TEMPLATE, id), None);
    }

    #[test]
    fn snippets_are_filled_in_once_and_others_are_taken_out() {
        let (one, two) = ("0".repeat(32), "1".repeat(32));
        let html = format!(
            "<p>Hello</p><div data-snippet-id=\"{one}\">old</div><div data-snippet-id=\"{two}\">gone</div>"
        );
        let inner = format!("<p>Wash</p><span data-snippet-id=\"{one}\"></span>");
        let contents = HashMap::from([(one.clone(), inner.clone())]);
        assert_eq!(
            filled(&html, &contents),
            Some(format!(
                "<p>Hello</p><div data-snippet-id=\"{one}\">{inner}</div>"
            ))
        );
        assert_eq!(filled("<p>none</p>", &contents), None);
    }
}
