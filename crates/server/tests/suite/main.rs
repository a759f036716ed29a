//! The server through its front door, on both engines: real requests to a real listener, one database for each test.
//!
//! `support/` is the harness. The walkers and the access table are fed by the router and its OpenAPI document, so a new
//! endpoint is tested for the common rules before it has a test of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed; helpers are test code too"
)]

mod access;
mod account;
mod account_factor;
mod account_matrix;
mod account_password;
mod activity;
mod contract;
mod custom_field;
mod folder;
mod forms;
mod group;
mod guest;
mod idempotency;
mod inputs;
mod job_title;
mod limits;
mod mail;
mod member;
mod oauth;
mod organisation;
mod pages;
mod pages_account;
mod pages_consent;
mod pages_settings;
mod pipeline;
mod rich_text;
mod search;
mod snippet;
mod statements;
mod support;
mod tag;
mod task;
mod task_counts;
mod task_list;
mod template;
mod template_analysis;
mod thread;
mod thread_places;
mod token;
mod walkers;
