//! How much a text weighs once it is parsed.
//!
//! HTML repairs itself by repeating elements: what is left open is opened again in every paragraph that follows, with all its
//! attributes. A few kilobytes can so become gigabytes. Therefore a text is weighed before it is cleaned, by the very parser
//! that cleans it, in small pieces, until it has ended or is too heavy; nothing is built for that.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ExpandedName, ParseOpts, QualName, local_name, ns, parse_fragment};

/// How deep elements may lie in each other: the work of the parser grows with it.
const DEEPEST: u32 = 200;

/// Elements and letters of attributes may become this many times the letters that were written. Repairs of what people and
/// their editors write stay far below.
const TIMES: usize = 4;

/// Bytes between two looks at the scales.
const PIECE: usize = 64;

/// Whether a text grows or nests beyond reason.
#[must_use]
pub fn is_too_heavy(html: &str) -> bool {
    let name = QualName::new(None, ns!(html), local_name!("div"));
    let mut parser = parse_fragment(Scales::default(), ParseOpts::default(), name, vec![], false);
    let most = html.len().saturating_mul(TIMES).saturating_add(1_000);
    let mut rest = html;
    while !rest.is_empty() {
        let mut end = PIECE.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, after) = rest.split_at(end);
        parser.process(StrTendril::from(piece));
        let scales = &parser.tokenizer.sink.sink;
        if scales.weight.get() > most || scales.deepest.get() > DEEPEST {
            return true;
        }
        rest = after;
    }
    // What the end of the text still changes weighs as little as one piece.
    false
}

/// A node that is not kept, only weighed.
struct Node {
    name: QualName,
    depth: Cell<u32>,
}

fn node(name: QualName) -> Rc<Node> {
    let depth = Cell::new(0);
    Rc::new(Node { name, depth })
}

fn nameless() -> Rc<Node> {
    node(QualName::new(None, ns!(), local_name!("")))
}

#[derive(Default)]
struct Scales {
    weight: Cell<usize>,
    deepest: Cell<u32>,
}

impl Scales {
    fn lay(&self, depth: u32, child: NodeOrText<Rc<Node>>) {
        if let NodeOrText::AppendNode(child) = child {
            child.depth.set(depth);
            self.deepest.set(self.deepest.get().max(depth));
        }
    }
}

impl TreeSink for Scales {
    type Handle = Rc<Node>;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn get_document(&self) -> Rc<Node> {
        nameless()
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Rc<Node> {
        let letters = attrs
            .iter()
            .map(|each| each.name.local.len() + each.value.len());
        let weight = letters.sum::<usize>() + 1;
        self.weight.set(self.weight.get().saturating_add(weight));
        node(name)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        nameless()
    }

    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.lay(parent.depth.get() + 1, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Rc<Node>,
        _: &Rc<Node>,
        child: NodeOrText<Rc<Node>>,
    ) {
        // What does not belong into a table is put before it. It counts as inside, as it does for the parser.
        self.lay(element.depth.get() + 1, child);
    }

    fn append_before_sibling(&self, sibling: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.lay(sibling.depth.get(), child);
    }

    fn get_template_contents(&self, target: &Rc<Node>) -> Rc<Node> {
        Rc::clone(target)
    }

    fn same_node(&self, one: &Rc<Node>, other: &Rc<Node>) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn add_attrs_if_missing(&self, _: &Rc<Node>, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Rc<Node>) {}
    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rich_text::clean;

    /// Texts of some thousand letters, each of which the parser would make many times larger or dig deep into.
    fn bombs() -> Vec<String> {
        let many = |part: &dyn Fn(usize) -> String| (0..400).map(part).collect::<String>();
        let paragraphs = "<p>x".repeat(800);
        let long = "x".repeat(4_000);
        vec![
            many(&|number| format!("<b id={number}>")) + &paragraphs,
            many(&|number| format!("<font size={number}>")) + &paragraphs,
            format!("<p><a href=\"https://{long}\">x</p>{paragraphs}"),
            format!("<p><b title=\"{long}\">x</p>{paragraphs}"),
            "<div>".repeat(1_000),
            "<table><tr><td>".repeat(400),
            "<svg><g>".repeat(400),
        ]
    }

    #[test]
    fn what_repeats_itself_stays_text() {
        for bomb in bombs() {
            assert!(is_too_heavy(&bomb), "{}", &bomb[..40]);
            let cleaned = clean(&bomb);
            assert!(!cleaned.contains('<'), "{}", &cleaned[..80]);
            assert!(cleaned.len() < bomb.len() * 5, "{}", cleaned.len());
            assert_eq!(clean(&cleaned), cleaned);
        }
    }

    #[test]
    fn what_people_write_is_light() {
        let long_link = format!(
            "<p><a href=\"https://x.example/{}\">y</a></p>",
            "x".repeat(500)
        );
        for text in [
            String::new(),
            "<p>a</p>".repeat(2_000),
            "<td>".repeat(20),
            "<p>x<b>y<i>z".repeat(20),
            "<li><b>a</b> c<ul><li>d".repeat(30),
            long_link.repeat(40),
            "<p><b>open<p>one<p>two<p>three".to_owned(),
            format!(
                "{}x{}",
                "<blockquote>".repeat(60),
                "</blockquote>".repeat(60)
            ),
            "ä&lt;".repeat(3_000),
            "<table><div>".repeat(400),
        ] {
            assert!(
                !is_too_heavy(&text),
                "{}",
                text.chars().take(60).collect::<String>()
            );
        }
    }
}
