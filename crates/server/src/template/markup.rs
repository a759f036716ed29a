//! Variables in rich text: where one stands decides how its value is written.

use super::render::{Into, escape};
use super::variable;

/// Clean rich text with every variable replaced by what `fill` says for its place: in text, in an address, in a tip. Elsewhere in
/// a tag variables stay as they were typed: no answer decides what an element is or what it looks like.
pub fn replace(html: &str, mut fill: impl FnMut(&str, Into) -> Option<String>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, from) = rest.split_at(start);
        out.push_str(&variable::replace(text, |name| fill(name, Into::Html)));
        let (tag, after) = from.split_at(end(from));
        self::tag(tag, &mut out, &mut fill);
        rest = after;
    }
    out.push_str(&variable::replace(rest, |name| fill(name, Into::Html)));
    out
}

/// Bytes up to and with the `>` that ends the tag, which none inside of quotes does.
fn end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, letter) in tag.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

fn tag(tag: &str, out: &mut String, fill: &mut impl FnMut(&str, Into) -> Option<String>) {
    let mut rest = tag;
    while let Some(start) = rest.find("=\"") {
        let (before, from) = rest.split_at(start + 2);
        out.push_str(before);
        let name = before[..start].rsplit(' ').next().unwrap_or_default();
        let (value, after) = from.split_at(from.find('"').unwrap_or(from.len()));
        let filled = match name {
            "href" | "src" => variable::replace(value, |name| fill(name, Into::Url)),
            // No markup here, not even that of an answer that is rich text.
            "title" | "alt" => variable::replace(value, |name| {
                fill(name, Into::Plain).map(|value| escape(&value, Into::Html))
            }),
            _ => value.to_owned(),
        };
        out.push_str(&filled);
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich_text;

    #[test]
    fn a_value_stays_in_its_place() {
        let id = "0".repeat(32);
        let written = format!(
            "<p title=\"x\">{{{{a}}}} <a href=\"https://x.example/?id={{{{a}}}}\" title=\"for {{{{a}}}}\">{{{{a}}}}</a>\
             <span class=\"rt-{{{{a}}}}\" data-snippet-id=\"{id}\">{{{{b}}}}</span></p>"
        );
        let html = rich_text::clean(&written);
        assert_eq!(html.matches("{{a}}").count(), 5, "{html}");
        let value = "1&b=2\" onclick=\"x() <script>";
        let filled = replace(&html, |name, into| {
            (name == "a").then(|| escape(value, into))
        });
        assert_eq!(
            filled,
            format!(
                "<p title=\"x\">1&amp;b=2&quot; onclick=&quot;x() &lt;script&gt; \
                 <a href=\"https://x.example/?id=1%26b%3D2%22%20onclick%3D%22x%28%29%20%3Cscript%3E\" \
                 title=\"for 1&amp;b=2&quot; onclick=&quot;x() &lt;script&gt;\" rel=\"noopener noreferrer\">\
                 1&amp;b=2&quot; onclick=&quot;x() &lt;script&gt;</a>\
                 <span class=\"rt-{{{{a}}}}\" data-snippet-id=\"{id}\">{{{{b}}}}</span></p>"
            )
        );
    }
}
