//! The objects that paths and bodies name, made when a test needs them. The tests that try every operation learn here what
//! `{task}` is, what nobody's would look like, and what a good body holds.
//!
//! A new room adds a file below `objects/` and two lines here: its `mod` and its place in `rooms!`.

mod account;
mod application;
mod custom_field;
mod folder;
mod group;
mod guest;
mod organisation;
mod tag;
mod task;
mod template;
mod thread;
mod token;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Mutex;

use serde_json::Value;

use super::{Actor, MARK, World};

/// Where an object lives, which decides through whom nobody may reach it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// In an organisation: not through another one.
    Organisation,
    /// In an organisation, and for some of its members only.
    Hidden,
    /// With a person.
    Person,
    /// In every organisation that a person is in.
    Everywhere,
}

/// What one room knows of the objects it has. `stem` is the path up to and including the parameter, with names in braces:
/// `{id}` is one thing below `/me/tokens` and another elsewhere.
trait Room {
    /// Where the object lives; none when the room does not know the parameter.
    fn home(&self, stem: &str) -> Option<Home>;

    /// Makes or finds the object. Only asked for what [`Room::home`] knows.
    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String;

    /// A value in the right form that nobody has.
    fn unknown(&self, _stem: &str) -> String {
        "0123456789abcdef0123456789abcdef".to_owned()
    }

    /// A body that the operation accepts, where `{}` is none.
    async fn body(&self, _objects: &Objects<'_>, _operation: &str) -> Option<Value> {
        None
    }

    /// Values that belong to others, for a property of a body that holds ids; none when the room does not know it.
    async fn foreign(&self, _others: &Others<'_>, _property: &str) -> Option<Vec<Value>> {
        None
    }
}

/// Asks every room in turn until one of them knows.
macro_rules! rooms {
    ($($room:path),+ $(,)?) => {
        impl Objects<'_> {
            async fn make(&self, stem: &str) -> String {
                $(if $room.home(stem).is_some() { return $room.made(self, stem).await; })+
                panic!("teach support/objects what {stem} is")
            }

            /// A body that the operation accepts.
            pub async fn body(&self, operation: &str) -> Option<Value> {
                $(if let Some(body) = $room.body(self, operation).await { return Some(body); })+
                None
            }
        }

        /// Where the object of this parameter lives.
        pub fn home(path: &str, parameter: &str) -> Home {
            let stem = stem(path, parameter);
            None$(.or_else(|| $room.home(&stem)))+
                .unwrap_or_else(|| panic!("teach support/objects what {stem} is"))
        }

        /// A value for this parameter that nobody has.
        pub fn unknown(path: &str, parameter: &str) -> String {
            let stem = stem(path, parameter);
            $(if $room.home(&stem).is_some() { return $room.unknown(&stem); })+
            panic!("teach support/objects what {stem} is")
        }

        /// Values that belong to others, for a property of a body; none for properties that hold no id.
        pub async fn foreign(others: &Others<'_>, property: &str) -> Vec<Value> {
            $(if let Some(values) = $room.foreign(others, property).await { return values; })+
            let suspicious = ["_id", "_ids", "_user"].iter().any(|end| property.ends_with(end));
            assert!(!suspicious, "teach support/objects whose {property} may be");
            Vec::new()
        }
    };
}

rooms!(
    account::Account,
    application::Application,
    custom_field::CustomField,
    folder::Folder,
    group::Group,
    guest::Guest,
    organisation::Organisation,
    tag::Tag,
    task::Task,
    template::Template,
    thread::Thread,
    token::Token,
);

/// Whose objects must not be reached through a body.
pub struct Others<'a> {
    /// Another organisation's.
    pub canary: &'a Objects<'a>,
    /// A member's that some others may not see.
    pub hidden: &'a Objects<'a>,
}

/// The objects of one owner in one organisation. Each is made when it is first asked for, and is the same from then on.
pub struct Objects<'a> {
    pub world: &'a World,
    pub org: &'a str,
    pub owner: &'a Actor,
    /// Who stands where a path names a member.
    pub person: &'a Actor,
    /// Whether only the owner and administrators may see what can be hidden.
    pub hidden: bool,
    made: Mutex<BTreeMap<String, String>>,
}

impl<'a> Objects<'a> {
    pub fn of(world: &'a World, org: &'a str, owner: &'a Actor) -> Self {
        Self {
            world,
            org,
            owner,
            person: owner,
            hidden: false,
            made: Mutex::default(),
        }
    }

    /// The same, with somebody else where a path names a member.
    pub fn naming(self, person: &'a Actor) -> Self {
        Self { person, ..self }
    }

    /// The same, hidden from other members where that can be.
    pub fn hidden(self) -> Self {
        Self {
            hidden: true,
            ..self
        }
    }

    /// The value of a parameter of this path.
    pub async fn value(&self, path: &str, parameter: &str) -> String {
        self.at(&stem(path, parameter)).await
    }

    /// The object that the last parameter of this stem names. A boxed future, because an object may need its parent.
    pub fn at<'b>(&'b self, stem: &'b str) -> Pin<Box<dyn Future<Output = String> + 'b>> {
        Box::pin(async move {
            let known = self.made.lock().unwrap().get(stem).cloned();
            if let Some(value) = known {
                return value;
            }
            let value = self.make(stem).await;
            let mut made = self.made.lock().unwrap();
            made.insert(stem.to_owned(), value.clone());
            value
        })
    }

    /// The path with every parameter replaced.
    pub async fn fill(&self, path: &str) -> String {
        let mut filled = path.to_owned();
        for parameter in parameters(path) {
            let value = self.value(path, &parameter).await;
            filled = filled.replace(&format!("{{{parameter}}}"), &value);
        }
        filled
    }

    /// A name for something new, which tells whose it is where nobody else may hear of it.
    pub fn label(&self, id: &str) -> String {
        if self.org == self.world.canary_org {
            return format!("{MARK} {}", &id[20..]);
        }
        id[16..].to_owned()
    }

    /// Where running numbers of the organisation start here: those of two organisations must not be the same by chance.
    pub fn first_number(&self) -> i64 {
        if self.org == self.world.canary_org {
            return 500_000;
        }
        if self.org == self.world.side {
            600_000
        } else {
            1
        }
    }

    /// A name that nothing has yet.
    pub fn fresh(&self) -> String {
        let app = &self.world.app;
        app.ids.object(app.clock.now())[16..].to_owned()
    }

    /// What was made so far: stems and values.
    pub fn made(&self) -> Vec<(String, String)> {
        let made = self.made.lock().unwrap();
        made.clone().into_iter().collect()
    }
}

/// The path up to and including a parameter.
fn stem(path: &str, parameter: &str) -> String {
    let name = format!("{{{parameter}}}");
    let (before, _) = path
        .split_once(&name)
        .unwrap_or_else(|| panic!("{path} has no {name}"));
    format!("{before}{name}")
}

/// The names of a path's parameters, in its order.
pub fn parameters(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect()
}
