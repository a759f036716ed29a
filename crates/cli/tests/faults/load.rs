//! Sixteen clients that write, and remember what they were told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::server::{Answer, Caller};

pub const CLIENTS: usize = 16;

/// One request that changes something.
#[derive(Debug, Clone)]
pub struct Write {
    pub key: String,
    pub path: &'static str,
    pub body: Value,
}

impl Write {
    pub fn create(title: &str) -> Self {
        Self {
            key: format!("create {title}"),
            path: "tasks",
            body: json!({"title": title}),
        }
    }

    pub fn complete(task: &str) -> Self {
        Self {
            key: format!("complete {task}"),
            path: "completed-tasks",
            body: json!({"task_id": task}),
        }
    }

    pub fn send(&self, caller: &Caller) -> reqwest::Result<Answer> {
        caller.post(self.path, &self.key, &self.body)
    }
}

/// What the clients were told.
#[derive(Default)]
pub struct Told {
    /// Acknowledged, with the answer.
    pub done: Vec<(Write, Answer)>,
    /// Refused: nothing of it may be there.
    pub refused: Vec<(Write, Answer)>,
    /// Not answered, or answered with "unknown".
    pub unknown: Vec<Write>,
}

impl Told {
    pub fn note(&mut self, write: Write, answer: reqwest::Result<Answer>) {
        match answer {
            Ok(answer) if answer.status < 300 => self.done.push((write, answer)),
            Ok(answer) if answer.body["code"] != "OUTCOME_UNKNOWN" => {
                self.refused.push((write, answer))
            }
            _ => self.unknown.push(write),
        }
    }

    pub fn add(&mut self, other: Self) {
        self.done.extend(other.done);
        self.refused.extend(other.refused);
        self.unknown.extend(other.unknown);
    }
}

/// Clients create tasks and complete every other one, each until something is not acknowledged. `meanwhile` runs
/// beside them and gets to see how many writes are acknowledged; it makes the fault.
pub fn under_load(caller: &Caller, meanwhile: impl FnOnce(&dyn Fn() -> usize)) -> Told {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let told = Mutex::new(Told::default());
    let acknowledged = AtomicUsize::new(0);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let caller = Caller::at(&caller.api, &caller.organization, &caller.token);
                while !over.load(Ordering::Relaxed) {
                    let number = NEXT.fetch_add(1, Ordering::Relaxed);
                    let create = Write::create(&format!("load {number}"));
                    let answer = create.send(&caller);
                    let id = answer
                        .as_ref()
                        .ok()
                        .filter(|answer| answer.status == 201)
                        .and_then(|answer| answer.body["data"]["id"].as_str().map(str::to_owned));
                    told.lock().unwrap().note(create, answer);
                    let Some(id) = id else { break };
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                    if number.is_multiple_of(2) {
                        let complete = Write::complete(&id);
                        let answer = complete.send(&caller);
                        let good = answer.as_ref().is_ok_and(|answer| answer.status == 200);
                        told.lock().unwrap().note(complete, answer);
                        if !good {
                            break;
                        }
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        meanwhile(&|| acknowledged.load(Ordering::Relaxed));
        over.store(true, Ordering::Relaxed);
    });
    told.into_inner().unwrap()
}
