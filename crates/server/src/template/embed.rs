//! What rich text embeds by reference: other templates and snippets, as elements with `data-template-id` or
//! `data-snippet-id` (contract: templates, sections 2.5 and 11).

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
    let removing = element!(selector, |element| {
        element.remove();
        Ok(())
    });
    let settings = RewriteStrSettings {
        element_content_handlers: vec![removing],
        ..RewriteStrSettings::new()
    };
    // Text that the rewriter cannot read embeds nothing that a browser would show.
    rewrite_str(html, settings)
        .ok()
        .filter(|without| without != html)
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
}
