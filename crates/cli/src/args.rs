//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// The Tallyfy API on your own machine.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// From nothing to a working server with sample data, for trying out and for test suites
    Demo(Demo),
    /// Create a new, empty database
    Init(Common),
    /// Serve an existing database
    Serve(Serve),
    /// List every setting with its value and where it came from
    Settings(Common),
    /// Look for what is wrong with an installation
    Doctor(Common),
    /// Organisations
    #[command(subcommand)]
    Org(Org),
    /// People
    #[command(subcommand)]
    User(User),
    /// Personal access tokens
    #[command(subcommand)]
    Token(Token),
    /// What was deleted for good in the last thirty days
    #[command(subcommand)]
    Bin(Bin),
}

/// Options of every command that uses the settings.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// Settings file (TOML); else the one named by TALLYSTICK_CONFIG
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite:PATH or postgres://…
    #[arg(long, value_name = "ADDRESS")]
    pub database: Option<String>,
    /// Any setting, as section.name=value; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Address and port; port 0 picks a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Folder of the demo's data; kept between starts
    #[arg(long, default_value = "tallystick-demo")]
    pub data_dir: PathBuf,
    /// Print one line of JSON for programs instead of text for people
    #[arg(long)]
    pub json: bool,
    /// Switch the rate limits of a real server on
    #[arg(long)]
    pub rate_limits: bool,
    /// Any setting, as section.name=value; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    pub common: Common,
    /// Address and port; port 0 picks a free one
    #[arg(long)]
    pub listen: Option<SocketAddr>,
    /// Print one line of JSON with the addresses once the server answers
    #[arg(long)]
    pub json: bool,
}

/// `org …`
#[derive(Debug, Subcommand)]
pub enum Org {
    /// Make an organisation
    Create {
        #[command(flatten)]
        common: Common,
        /// Its name, at most 50 characters
        name: String,
        /// Its time zone
        #[arg(long, default_value = "UTC")]
        timezone: String,
    },
    /// List organisations
    List {
        #[command(flatten)]
        common: Common,
    },
    /// End every credential that is bound to an organisation
    Revoke {
        #[command(flatten)]
        common: Common,
        /// Its id
        organization: String,
    },
}

/// `user …`
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make somebody an active member; a new address makes a new account
    Create {
        #[command(flatten)]
        common: Common,
        /// Organisation id
        #[arg(long)]
        org: String,
        /// E-mail address
        email: String,
        /// First name
        #[arg(long, default_value = "")]
        first_name: String,
        /// Last name
        #[arg(long, default_value = "")]
        last_name: String,
        /// admin, standard or light
        #[arg(long, default_value = "standard")]
        role: String,
    },
    /// Invite somebody by mail; a new address makes a new account
    Invite {
        #[command(flatten)]
        common: Common,
        /// Organisation id
        #[arg(long)]
        org: String,
        /// E-mail address
        email: String,
        /// admin, standard or light
        #[arg(long, default_value = "standard")]
        role: String,
    },
    /// Set somebody's password and end all their sessions and tokens; prints a new one unless it is given
    Password {
        #[command(flatten)]
        common: Common,
        /// E-mail address
        email: String,
        /// Read the password from standard input, one line, instead of making one
        #[arg(long)]
        stdin: bool,
    },
    /// List the members of an organisation
    List {
        #[command(flatten)]
        common: Common,
        /// Organisation id
        #[arg(long)]
        org: String,
    },
    /// Disable a member; their tokens stop working there at once
    Revoke {
        #[command(flatten)]
        common: Common,
        /// Organisation id
        #[arg(long)]
        org: String,
        /// E-mail address
        email: String,
    },
}

/// `token …`
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token for somebody and print it, once
    Create {
        #[command(flatten)]
        common: Common,
        /// Whose, by e-mail address
        email: String,
        /// What it is for
        #[arg(long, default_value = "made by the administrator")]
        name: String,
        /// The only organisation it is to work in
        #[arg(long)]
        org: Option<String>,
        /// Days until it ends; 0 for never
        #[arg(long, default_value_t = 182)]
        days: i64,
        /// What it may do, comma separated
        #[arg(long, default_value = "*")]
        scopes: String,
    },
    /// List somebody's tokens
    List {
        #[command(flatten)]
        common: Common,
        /// Whose, by e-mail address
        email: String,
    },
    /// Revoke a token
    Revoke {
        #[command(flatten)]
        common: Common,
        /// Whose, by e-mail address
        email: String,
        /// Its id, or all
        id: String,
    },
}

/// `bin …`
#[derive(Debug, Subcommand)]
pub enum Bin {
    /// List what is in it
    List {
        #[command(flatten)]
        common: Common,
        /// Organisation id
        #[arg(long)]
        org: String,
    },
    /// Bring a task back
    Restore {
        #[command(flatten)]
        common: Common,
        /// Organisation id
        #[arg(long)]
        org: String,
        /// The task's id
        id: String,
    },
}
