//! Mentions: `@[number]` in the text of a comment, kept as written and shown by name (contract: runtime, section 8.3).

use std::collections::BTreeMap;

/// A stretch of cleaned markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    /// Anything else.
    Plain(&'a str),
    /// A mention, with the text it stands as.
    Mention(&'a str, i64),
}

/// Cuts cleaned markup at its mentions. What stands inside of a tag is none: a name there would break the tag.
fn pieces(content: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    let (mut in_tag, mut quote) = (false, None);
    let bytes = content.as_bytes();
    while let Some(byte) = bytes.get(at).copied() {
        if in_tag {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'>') => in_tag = false,
                _ => {}
            }
        } else if byte == b'<' {
            in_tag = true;
        } else if let Some((length, id)) = mention(&content[at..]).filter(|_| byte == b'@') {
            pieces.push(Piece::Plain(&content[start..at]));
            pieces.push(Piece::Mention(&content[at..at + length], id));
            at += length;
            start = at;
            continue;
        }
        // To the next letter, however many bytes this one has.
        at += 1;
        while !content.is_char_boundary(at) {
            at += 1;
        }
    }
    pieces.push(Piece::Plain(&content[start..]));
    pieces
}

/// The length and number of a mention that a text starts with.
fn mention(text: &str) -> Option<(usize, i64)> {
    let (digits, _) = text.strip_prefix("@[")?.split_once(']')?;
    let is_number =
        (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let id = digits.parse().ok().filter(|_| is_number)?;
    Some((digits.len() + 3, id))
}

/// The numbers that a text mentions, each once, in order.
#[must_use]
pub fn numbers(content: &str) -> Vec<i64> {
    let mut numbers = Vec::new();
    for piece in pieces(content) {
        if let Piece::Mention(_, id) = piece
            && !numbers.contains(&id)
        {
            numbers.push(id);
        }
    }
    numbers
}

/// The text with names in the place of mentions. Who is no member stays as it was written.
#[must_use]
pub fn shown(content: &str, names: &BTreeMap<i64, String>) -> String {
    let mut out = String::with_capacity(content.len() + 32);
    for piece in pieces(content) {
        match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Mention(text, id) => match names.get(&id) {
                Some(name) => {
                    out.push_str("<strong>");
                    escape(name, &mut out);
                    out.push_str("</strong>");
                }
                None => out.push_str(text),
            },
        }
    }
    out
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names() -> BTreeMap<i64, String> {
        BTreeMap::from([(7, "Ada <b>".to_owned()), (8, "Bo".to_owned())])
    }

    #[test]
    fn mentions_are_found_and_shown() {
        let text = "Hi @[7], @[8] and @[7]; not @[9], @[], @[x] or @8";
        assert_eq!(numbers(text), [7, 8, 9]);
        assert_eq!(
            shown(text, &names()),
            "Hi <strong>Ada &lt;b&gt;</strong>, <strong>Bo</strong> and <strong>Ada &lt;b&gt;</strong>; not @[9], @[], @[x] or @8"
        );
    }

    #[test]
    fn nothing_is_put_into_a_tag() {
        let text = r#"<a href="x>@[7]">@[8]</a>"#;
        assert_eq!(numbers(text), [8]);
        assert_eq!(
            shown(text, &names()),
            r#"<a href="x>@[7]"><strong>Bo</strong></a>"#
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\PC|@\\[[0-9]{0,3}\\]|[<>\"']){0,20}") {
            let _ = shown(&text, &names());
            let untouched: String = pieces(&text).into_iter().map(|piece| match piece {
                Piece::Plain(text) | Piece::Mention(text, _) => text,
            }).collect();
            prop_assert_eq!(untouched, text);
        }
    }
}
