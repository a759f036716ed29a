//! The server: rooms of the product, and the pipeline that every request passes.
//!
//! Start reading at [`router`], which lists the rooms, then at any room (`task/` is the fullest): its
//! `mod.rs` lists endpoints, `http.rs` holds handlers, `rules.rs` decides, `store.rs` has the SQL.

pub mod account;
pub mod activity;
pub mod app;
pub mod application;
pub mod audit;
pub mod bin;
pub mod clock;
pub mod custom_field;
pub mod demo;
mod draft;
pub mod fixture;
pub mod folder;
pub mod group;
pub mod guest;
pub mod health;
pub mod http;
pub mod ids;
pub mod in_list;
pub mod instance;
pub mod mail;
pub mod member;
pub mod metrics;
pub mod oauth;
pub mod organisation;
pub mod rich_text;
pub mod router;
pub mod schema;
pub mod search;
pub mod secret_key;
pub mod serve;
pub mod settings;
pub mod tag;
pub mod task;
pub mod template;
pub mod thread;
pub mod token;
pub mod usage;
pub mod web;
