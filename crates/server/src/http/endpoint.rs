//! An endpoint: verb, path, who may call it with which scope, its documentation, its handler.
//!
//! The verb, path and documentation come from the `#[utoipa::path]` on the handler. Who may call it is an
//! argument that cannot be left out, and decides the type of caller the handler gets.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::Method;
use utoipa::__dev::SchemaReferences;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{HttpMethod, RefOr};

use crate::app::App;
use crate::http::access::{Family, Roles, Scope};
use crate::http::call::{Answer, Call};
use crate::http::caller::{Application, Member, User};
use crate::http::request::Request;

/// A handler for any person with a credential.
pub type UserHandler = fn(&mut Call<'_, '_, User>) -> Answer;
/// A handler for an active member of the organisation in the path.
pub type MemberHandler = fn(&mut Call<'_, '_, Member>) -> Answer;
/// A handler for an application with its own token, in its own organisation.
pub type ApplicationHandler = fn(&mut Call<'_, '_, Application>) -> Answer;
/// A handler that hashes a password between transactions of its own: no transaction may wait for that.
pub type OpenHandler = fn(App, Arc<Request>) -> BoxFuture<'static, Answer>;
/// The same for a member, who was authenticated in a transaction before.
pub type SlowMemberHandler = fn(App, Arc<Request>, Member) -> BoxFuture<'static, Answer>;

/// Whether a handler writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Runs on a snapshot.
    Read,
    /// Runs in a transaction that is committed before the answer.
    Write,
    /// Opens transactions of its own, around work that takes long.
    Slow,
}

/// Who may call, with the handler that gets such a caller.
#[derive(Clone, Copy)]
pub enum Who {
    /// Anybody: nothing but the request decides.
    Anyone(OpenHandler),
    /// Any person with a credential of theirs.
    User(UserHandler),
    /// An active member with one of these roles.
    Member(Roles, MemberHandler),
    /// The same, with a handler that takes its time.
    SlowMember(Roles, SlowMemberHandler),
    /// An application with its own token.
    Application(ApplicationHandler),
}

/// One route of the API.
pub struct Endpoint {
    /// The verb.
    pub method: Method,
    /// Other verbs that do the same (contract: auth, section 2.4).
    pub also: Vec<Method>,
    /// The path below the prefix, with `{parameters}`.
    pub path: String,
    /// Who may call it, and what is run.
    pub who: Who,
    /// Whether it writes.
    pub mode: Mode,
    /// What a token must be allowed; none where no token is asked for.
    pub scope: Option<Scope>,
    /// Whether a credential that a person gave to an application is taken too. Where credentials are made and ended it is
    /// not: what an application holds must not outlive the permission it was given.
    pub for_applications: bool,
    /// Its documentation.
    pub operation: Operation,
    /// Collects the shapes that the documentation refers to.
    pub schemas: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Endpoint {
    /// An endpoint whose documentation is `P`, the type that `#[utoipa::path]` made beside the handler.
    #[must_use]
    pub fn new<P: utoipa::Path + SchemaReferences>(mode: Mode, family: Family, who: Who) -> Self {
        let method = match P::methods().first() {
            Some(HttpMethod::Post) => Method::POST,
            Some(HttpMethod::Put) => Method::PUT,
            Some(HttpMethod::Delete) => Method::DELETE,
            Some(HttpMethod::Patch) => Method::PATCH,
            _ => Method::GET,
        };
        let scope = Scope {
            family,
            write: mode != Mode::Read,
        };
        Self {
            method,
            also: Vec::new(),
            path: P::path(),
            who,
            mode,
            scope: Some(scope),
            for_applications: true,
            operation: P::operation(),
            schemas: P::schemas,
        }
    }

    /// An endpoint that asks for no credential.
    #[must_use]
    pub fn open<P: utoipa::Path + SchemaReferences>(handler: OpenHandler) -> Self {
        Self {
            scope: None,
            ..Self::new::<P>(Mode::Slow, Family::Org, Who::Anyone(handler))
        }
    }

    /// The same, closed to credentials that a person gave to an application.
    #[must_use]
    pub const fn own_credentials_only(mut self) -> Self {
        self.for_applications = false;
        self
    }

    /// The same under another verb.
    #[must_use]
    pub fn also(mut self, method: Method) -> Self {
        self.also.push(method);
        self
    }

    /// Who may call it, in words.
    #[must_use]
    pub const fn callers(&self) -> &'static str {
        match self.who {
            Who::Anyone(_) => "anybody, without a credential",
            Who::User(_) => "any person with an access token",
            Who::Member(roles, _) | Who::SlowMember(roles, _) => roles.describe(),
            Who::Application(_) => "an application, with its own access token",
        }
    }
}

/// Lists an endpoint: `endpoint!(read, Tasks, member(ANY), http::list_mine)`.
#[macro_export]
macro_rules! endpoint {
    (@mode read) => { $crate::http::endpoint::Mode::Read };
    (@mode write) => { $crate::http::endpoint::Mode::Write };
    (@who application, $handler:expr) => { $crate::http::endpoint::Who::Application($handler) };
    (@who user, $handler:expr) => { $crate::http::endpoint::Who::User($handler) };
    (@who member($roles:ident), $handler:expr) => {
        $crate::http::endpoint::Who::Member($crate::http::access::Roles::$roles, $handler)
    };
    (open, $module:ident :: $handler:ident) => {
        pastey::paste! {
            $crate::http::endpoint::Endpoint::open::<$module::[<__path_ $handler>]>($module::$handler)
        }
    };
    (slow, $family:ident, member($roles:ident), $module:ident :: $handler:ident) => {
        pastey::paste! {
            $crate::http::endpoint::Endpoint::new::<$module::[<__path_ $handler>]>(
                $crate::http::endpoint::Mode::Slow,
                $crate::http::access::Family::$family,
                $crate::http::endpoint::Who::SlowMember($crate::http::access::Roles::$roles, $module::$handler),
            )
        }
    };
    ($mode:ident, $family:ident, $who:ident $(($roles:ident))?, $module:ident :: $handler:ident) => {
        pastey::paste! {
            $crate::http::endpoint::Endpoint::new::<$module::[<__path_ $handler>]>(
                $crate::endpoint!(@mode $mode),
                $crate::http::access::Family::$family,
                $crate::endpoint!(@who $who $(($roles))?, $module::$handler),
            )
        }
    };
}
