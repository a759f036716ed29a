//! What each kind of caller may do. A route cannot be listed without saying it (contract: auth, sections 14 and 15.2).

use tallystick_wire::member::Role;

/// Which members a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Any active member.
    pub const ANY: Self = Self(0b111);
    /// Administrators and standard members.
    pub const FULL: Self = Self(0b110);
    /// Administrators.
    pub const ADMIN: Self = Self(0b100);

    /// Whether a member with this role is taken.
    #[must_use]
    pub const fn contain(self, role: Role) -> bool {
        let bit = match role {
            Role::Light => 0b001,
            Role::Standard => 0b010,
            Role::Admin => 0b100,
        };
        self.0 & bit != 0
    }

    /// In words, for the document.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self.0 {
            0b111 => "any active member of the organisation",
            0b110 => "administrators and standard members",
            _ => "administrators",
        }
    }
}

/// What a token may be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Templates with everything inside them but the values of forms.
    Templates,
    /// Tasks.
    Tasks,
    /// People of an organisation.
    Members,
    /// People from outside.
    Guests,
    /// Groups and job titles.
    Groups,
    /// Tags and folders: what things are sorted by.
    Tags,
    /// Finding things by words.
    Search,
    /// The organisation itself, and the caller's own account.
    Org,
    /// Tokens.
    Tokens,
    /// Replacing the secret of the token in use: a scope of its own, so that a script can do that and nothing else.
    Rotation,
}

impl Family {
    /// Every family a token may be limited to, also those whose rooms are still to come: a token made today
    /// keeps its meaning.
    pub const WORDS: [&'static str; 13] = [
        "templates",
        "processes",
        "tasks",
        "forms",
        "members",
        "guests",
        "groups",
        "tags",
        "files",
        "search",
        "webhooks",
        "org",
        "tokens",
    ];

    /// The scopes of connectors for assistants name other families; each stands for these.
    const MCP: [(&'static str, &'static [&'static str]); 6] = [
        ("users", &["members", "guests", "groups"]),
        ("tasks", &["tasks"]),
        ("processes", &["processes"]),
        ("templates", &["templates"]),
        ("forms", &["forms"]),
        ("automation", &["templates"]),
    ];

    /// Every scope that can be asked for, for the metadata of the authorization server.
    #[must_use]
    pub fn scopes() -> Vec<String> {
        let ours = Self::WORDS.iter().map(|family| (*family).to_owned());
        let mcp = Self::MCP.iter().map(|(family, _)| format!("mcp.{family}"));
        let both = ours
            .chain(mcp)
            .flat_map(|family| [format!("{family}.read"), format!("{family}.write")]);
        ["*", "read", "tokens.rotate"]
            .map(str::to_owned)
            .into_iter()
            .chain(both)
            .collect()
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Templates => "templates",
            Self::Tasks => "tasks",
            Self::Members => "members",
            Self::Guests => "guests",
            Self::Groups => "groups",
            Self::Tags => "tags",
            Self::Search => "search",
            Self::Org => "org",
            Self::Tokens | Self::Rotation => "tokens",
        }
    }
}

/// What a route needs a token to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Which part of the product.
    pub family: Family,
    /// True when the route changes something.
    pub write: bool,
}

impl Scope {
    /// `tasks.read` and so on.
    #[must_use]
    pub fn word(self) -> String {
        if self.family == Family::Rotation {
            return "tokens.rotate".to_owned();
        }
        format!(
            "{}.{}",
            self.family.word(),
            if self.write { "write" } else { "read" }
        )
    }
}

/// The scopes of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// From the words separated by spaces, as they are stored.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        Self(text.split_ascii_whitespace().map(str::to_owned).collect())
    }

    /// As stored.
    #[must_use]
    pub fn to_stored(&self) -> String {
        self.0.join(" ")
    }

    /// From a request: every word must be known; none is `*`.
    pub fn read(words: &[String]) -> Result<Self, String> {
        if words.is_empty() {
            return Ok(Self::all());
        }
        for word in words {
            let known = match word.as_str() {
                "*" | "read" | "tokens.rotate" => true,
                other => !families(other).0.is_empty(),
            };
            if !known {
                return Err(format!(
                    "{word:.40} is not a scope; use *, read, or one such as tasks.read or tasks.write"
                ));
            }
        }
        let mut words = words.to_vec();
        words.sort();
        words.dedup();
        Ok(Self(words))
    }

    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self(vec!["*".to_owned()])
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// Whether these scopes allow what a route needs. `.write` implies `.read`.
    #[must_use]
    pub fn allow(&self, needed: Scope) -> bool {
        self.0.iter().any(|held| match held.as_str() {
            "*" => true,
            "read" => !needed.write,
            "tokens.rotate" => needed.family == Family::Rotation,
            word => {
                let (families, write) = families(word);
                families.contains(&needed.family.word()) && (write || !needed.write)
            }
        })
    }

    /// Whether one of the words is held as such, or everything is.
    #[must_use]
    pub fn hold(&self, wanted: &str) -> bool {
        self.0.iter().any(|held| held == "*" || held == wanted)
    }

    /// Whether everything `child` allows is allowed here too: a token never makes a stronger one.
    #[must_use]
    pub fn cover(&self, child: &Self) -> bool {
        child.0.iter().all(|word| match word.as_str() {
            "*" => self.hold("*"),
            "read" => self.hold("read"),
            word => {
                let (wanted, write) = families(word);
                self.hold(word)
                    || (!write && self.hold("read"))
                    || (!wanted.is_empty() && wanted.iter().all(|family| self.reach(family, write)))
            }
        })
    }

    fn reach(&self, family: &str, write: bool) -> bool {
        self.0.iter().any(|held| {
            let (held, may_write) = families(held);
            held.contains(&family) && (may_write || !write)
        })
    }
}

/// The families that a scope word names, and whether it is for writing; no family when it is no such word.
fn families(word: &str) -> (&[&str], bool) {
    let (name, write) = match word.rsplit_once('.') {
        Some((name, "read")) => (name, false),
        Some((name, "write")) => (name, true),
        _ => return (&[], false),
    };
    let named: &[&str] = match name.strip_prefix("mcp.") {
        Some(name) => Family::MCP
            .iter()
            .find(|(mcp, _)| *mcp == name)
            .map_or(&[], |(_, families)| families),
        None => Family::WORDS
            .iter()
            .find(|family| **family == name)
            .map_or(&[], std::slice::from_ref),
    };
    (named, write)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scopes() -> impl Strategy<Value = Scopes> {
        let word = prop_oneof![
            Just("*".to_owned()),
            Just("read".to_owned()),
            prop::sample::select(
                &[
                    "mcp.users.read",
                    "mcp.users.write",
                    "mcp.tasks.write",
                    "mcp.automation.read"
                ][..]
            )
            .prop_map(str::to_owned),
            (prop::sample::select(&Family::WORDS[..]), prop::bool::ANY).prop_map(
                |(family, write)| format!("{family}.{}", if write { "write" } else { "read" })
            ),
        ];
        prop::collection::vec(word, 1..4).prop_map(|words| Scopes::read(&words).unwrap())
    }

    proptest! {
        #[test]
        fn a_covered_child_is_never_stronger(parent in scopes(), child in scopes()) {
            if parent.cover(&child) {
                for family in [Family::Templates, Family::Tasks, Family::Members, Family::Groups, Family::Org, Family::Tokens] {
                    for write in [false, true] {
                        let needed = Scope { family, write };
                        prop_assert!(!child.allow(needed) || parent.allow(needed), "{parent:?} {child:?} {needed:?}");
                    }
                }
            }
        }

        #[test]
        fn everyone_covers_themselves(scopes in scopes()) {
            prop_assert!(scopes.cover(&scopes));
        }
    }
}
