//! Rich text: what of the HTML that people write is kept. Cleaned when it is stored, so that nobody who shows it has to.
//!
//! The rules are what texts need and pages cannot be harmed by: no scripts, no styles, no forms, no addresses but web and mail.
//! Whoever changes them raises [`VERSION`]: what is stored says which rules cleaned it.

mod weight;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;

/// Of the rules.
pub const VERSION: i64 = 1;

/// Elements that stay; of others their text stays, except where it is no text.
const ELEMENTS: [&str; 40] = [
    "a",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "col",
    "colgroup",
    "del",
    "div",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
];

/// Classes are names that our own pages give a look; anybody else's could hide a text or cover a page.
const CLASS_PREFIX: &str = "rt-";

static RULES: LazyLock<Builder<'static>> = LazyLock::new(rules);

fn rules() -> Builder<'static> {
    let mut elements: HashSet<&str> = ELEMENTS.into_iter().collect();
    elements.insert("ul");
    let attributes: HashMap<&str, HashSet<&str>> = [
        ("a", &["href", "title"][..]),
        ("img", &["src", "alt", "title", "width", "height"]),
        ("td", &["colspan", "rowspan"]),
        ("th", &["colspan", "rowspan", "scope"]),
        ("col", &["span"]),
        ("colgroup", &["span"]),
        ("ol", &["start", "type"]),
        ("div", &["class", "data-template-id", "data-snippet-id"]),
        ("span", &["class", "data-template-id", "data-snippet-id"]),
    ]
    .into_iter()
    .map(|(element, names)| (element, names.iter().copied().collect()))
    .collect();
    let mut rules = Builder::empty();
    rules
        .tags(elements)
        .tag_attributes(attributes)
        .clean_content_tags(["script", "style"].into_iter().collect())
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true)
        .attribute_filter(attribute);
    rules
}

/// What an attribute that may stay may say.
fn attribute<'a>(element: &str, name: &str, value: &'a str) -> Option<std::borrow::Cow<'a, str>> {
    match (element, name) {
        // A picture is fetched without a click: never in the clear, never by another scheme.
        ("img", "src") => is_web(value).then_some(value.into()),
        (_, "class") => {
            let kept: Vec<&str> = value
                .split_ascii_whitespace()
                .filter(|class| class.starts_with(CLASS_PREFIX))
                .collect();
            (!kept.is_empty()).then(|| kept.join(" ").into())
        }
        (_, "data-template-id" | "data-snippet-id") => {
            let is_id = value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_id.then_some(value.into())
        }
        _ => Some(value.into()),
    }
}

fn is_web(address: &str) -> bool {
    let start = address.get(.."https://".len()).unwrap_or_default();
    start.eq_ignore_ascii_case("https://")
}

/// The text without what does not belong into it. Cleaning it again changes nothing. `{{variables}}` stay as they are. Of a
/// text whose elements nest or repeat beyond reason the markup stays as text.
#[must_use]
pub fn clean(html: &str) -> String {
    if weight::is_too_heavy(html) {
        return plain(html);
    }
    // The parser mends what was written, and what is mended may read differently: until nothing changes any more, and
    // nothing is left that never comes to rest.
    let mut text = RULES.clean(html).to_string();
    for _ in 0..8 {
        let again = RULES.clean(&text).to_string();
        if again == text {
            return text;
        }
        text = again;
    }
    plain(&text)
}

/// The text of which nothing is markup.
fn plain(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    RULES.clean(&escaped).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_text_needs_stays() {
        for text in [
            "<h1>Title</h1><p>One <strong>two</strong> <em>three</em> <u>four</u> <s>five</s><br>six</p><hr>",
            "<ul><li>a</li></ul><ol start=\"3\"><li>b</li></ol><blockquote><p>c</p></blockquote><pre><code>d</code></pre>",
            "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>",
            "<p>Hello {{first_name}}, see {{ link | upper }} and {{a_b-1}}</p>",
            "<img src=\"https://files.example/a.png\" alt=\"A\">",
            "<div data-template-id=\"0123456789abcdef0123456789abcdef\"></div>",
            "<span data-snippet-id=\"0123456789abcdef0123456789abcdef\" class=\"rt-chip\">x</span>",
            "plain &amp; simple, 1 &lt; 2",
        ] {
            assert_eq!(clean(text), text);
        }
        assert_eq!(
            clean("<a href=\"mailto:kim@x.example\">Kim</a>"),
            "<a href=\"mailto:kim@x.example\" rel=\"noopener noreferrer\">Kim</a>"
        );
    }

    #[test]
    fn what_harms_goes() {
        for (text, left) in [
            ("<script>alert(1)</script>a", "a"),
            ("<style>p{}</style>a", "a"),
            (
                "<p onclick=\"x()\" style=\"color:red\" id=\"a\">a</p>",
                "<p>a</p>",
            ),
            (
                "<a href=\"javascript:x()\">a</a>",
                "<a rel=\"noopener noreferrer\">a</a>",
            ),
            (
                "<a href=\"/me/tokens\">a</a>",
                "<a rel=\"noopener noreferrer\">a</a>",
            ),
            ("<img src=\"http://x.example/a.png\">", "<img>"),
            (
                "<img src=\"data:image/png;base64,AA\" onerror=\"x()\">",
                "<img>",
            ),
            (
                "<form action=\"https://x.example\"><input name=\"a\">a</form>",
                "a",
            ),
            ("<iframe src=\"https://x.example\"></iframe>a", "a"),
            ("<svg><a xlink:href=\"javascript:x()\">a</a></svg>b", "b"),
            (
                "<div class=\"fixed rt-note inset-0\">a</div>",
                "<div class=\"rt-note\">a</div>",
            ),
            ("<span data-template-id=\"../x\">a</span>", "<span>a</span>"),
            ("<!-- a -->b", "b"),
        ] {
            assert_eq!(clean(text), left);
        }
    }

    fn fragment() -> impl Strategy<Value = String> {
        let part = prop::sample::select(
            &[
                "<",
                ">",
                "</",
                "/>",
                "<p>",
                "</p>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "<svg>",
                "<math>",
                "<mtext>",
                "<style>",
                "</style>",
                "<script>",
                "<noscript>",
                "<template>",
                "<select>",
                "<a href=\"",
                "\">",
                "javascript:",
                "<img src=x onerror=y>",
                "<!--",
                "-->",
                "<![CDATA[",
                "]]>",
                "&lt;",
                "&#60;",
                "&",
                "\"",
                "'",
                "{{a}}",
                "<li>",
                "<div>",
                "</div>",
                "<br>",
                "<b>",
                "<i>",
                "</b>",
                "\u{0}",
                " ",
                "x",
                "<title>",
                "<textarea>",
                "<plaintext>",
                "<pre>\n",
                "\n",
            ][..],
        );
        prop::collection::vec(part, 0..16).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn twice_is_once(text in prop_oneof![fragment(), "\\PC{0,40}".boxed()]) {
            let once = clean(&text);
            prop_assert_eq!(&clean(&once), &once);
            // Outside of tags every angle bracket is escaped.
            for tag in once.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
                let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
                prop_assert!(ELEMENTS.contains(&name) || name == "ul", "{} kept {}", once, name);
                for harm in ["onerror", "javascript:"] {
                    prop_assert!(!tag.contains(harm), "{} kept {}", once, harm);
                }
            }
        }
    }
}
