//! A disk without room, and one that has turned read-only: reading goes on, writing is refused with the reason, and when
//! the disk is well again so is the server, without a restart.

use serde_json::json;

use crate::load::{Told, Write};
use crate::machine::{Installation, Place, until};
use crate::oracle;
use crate::server::{Answer, Caller, Server};
use crate::tools::{SmallDisk, Strace};

/// Creates tasks until one is refused.
fn write_until_refused(caller: &Caller, told: &mut Told, name: &str) -> Answer {
    for number in 0..5_000 {
        let write = Write::create(&format!("{name} {number}"));
        let answer = write.send(caller);
        told.note(write, answer);
        if let Some((_, answer)) = told.refused.last() {
            return answer.clone();
        }
        assert!(told.unknown.is_empty(), "{:?}", told.unknown);
    }
    panic!("5,000 writes and never refused");
}

fn reads_go_on(caller: &Caller, told: &Told) {
    let (_, answer) = told.done.last().unwrap();
    let id = answer.body["data"]["id"].as_str().unwrap();
    let found = caller.get(&format!("tasks/{id}")).unwrap();
    assert_eq!(
        (found.status, &found.body["data"]["title"]),
        (200, &answer.body["data"]["title"])
    );
    assert_eq!(caller.get("me/tasks").unwrap().status, 200);
    assert_eq!(caller.get("/health").unwrap().status, 200);
}

fn writes_again(caller: &Caller, told: &mut Told) {
    let mut number = 0;
    until("writing works again", || {
        number += 1;
        let write = Write::create(&format!("after {number}"));
        let answer = write.send(caller);
        told.note(write, answer);
        assert!(told.unknown.is_empty());
        told.done
            .iter()
            .any(|(write, _)| write.key.contains("after"))
    });
}

#[test]
fn a_full_disk_refuses_writes_until_there_is_room() {
    let disk = SmallDisk::new("3m");
    let mut place = Place::sqlite();
    place.address = format!("sqlite:{}", disk.at.join("tally.db").display());
    let installed = Installation::on(&place.address);
    let server = Server::of(&installed);
    let caller = Caller::new(&server, &installed);
    let mut told = Told::default();
    for round in 0..3 {
        let write = Write::create(&format!("before {round}"));
        let answer = write.send(&caller);
        told.note(write, answer);
        disk.fill();
        let refusal = write_until_refused(&caller, &mut told, &format!("full {round}"));
        assert_eq!(
            (refusal.status, &refusal.body["code"]),
            (507, &json!("STORAGE_FULL")),
            "{refusal:?} {}",
            server.talk()
        );
        reads_go_on(&caller, &told);
        disk.relieve();
        writes_again(&caller, &mut told);
        // The same request that was refused succeeds now: a refusal leaves no key behind.
        for (write, _) in std::mem::take(&mut told.refused) {
            let answer = write.send(&caller);
            told.note(write, answer);
        }
        assert!(told.refused.is_empty(), "{:?}", told.refused);
        reads_go_on(&caller, &told);
    }
    server.stop();
    oracle::kept(&place, &told);
    let server = Server::of(&installed);
    oracle::settled(&server, &place, &caller, &mut told);
    server.stop();
}

#[test]
fn a_full_disk_at_the_start_is_no_damage() {
    let disk = SmallDisk::new("3m");
    let mut place = Place::sqlite();
    place.address = format!("sqlite:{}", disk.at.join("tally.db").display());
    let installed = Installation::on(&place.address);
    let mut told = Told::default();
    let server = Server::of(&installed);
    let caller = Caller::new(&server, &installed);
    let write = Write::create("before");
    let answer = write.send(&caller);
    told.note(write, answer);
    disk.fill();
    server.kill();
    disk.relieve();
    oracle::kept(&place, &told);
}

#[test]
fn a_read_only_disk_refuses_writes_until_it_is_writable() {
    let place = Place::sqlite();
    let installed = Installation::on(&place.address);
    let server = Server::of(&installed);
    let caller = Caller::new(&server, &installed);
    let mut told = Told::default();
    let write = Write::create("before");
    let answer = write.send(&caller);
    told.note(write, answer);
    let strace = Strace::on(server.pid(), "pwrite64", "error=EROFS");
    let refusal = write_until_refused(&caller, &mut told, "read-only");
    assert_eq!(
        (refusal.status, &refusal.body["code"]),
        (503, &json!("STORAGE_READ_ONLY")),
        "{refusal:?} {}",
        server.talk()
    );
    reads_go_on(&caller, &told);
    drop(strace);
    writes_again(&caller, &mut told);
    server.stop();
    oracle::kept(&place, &told);
}

#[test]
fn a_read_only_postgres_refuses_writes_until_it_is_writable() {
    let place = Place::postgres();
    let installed = Installation::on(&place.address);
    let server = Server::of(&installed);
    let caller = Caller::new(&server, &installed);
    let mut told = Told::default();
    let write = Write::create("before");
    let answer = write.send(&caller);
    told.note(write, answer);
    let name = place.address.rsplit('/').next().unwrap().to_owned();
    let others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let set = |value: &str| {
        crate::machine::ask(
            &place.address,
            &format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}"),
        );
        crate::machine::ask(
            &place.address,
            &format!("SELECT pg_terminate_backend(pid) FROM {others}"),
        );
    };
    set("on");
    let refusal = write_until_refused(&caller, &mut told, "read-only");
    assert_eq!(
        (refusal.status, &refusal.body["code"]),
        (503, &json!("STORAGE_READ_ONLY")),
        "{refusal:?} {}",
        server.talk()
    );
    reads_go_on(&caller, &told);
    crate::machine::ask(&place.address, "SET default_transaction_read_only = off");
    let admin = crate::machine::postgres_server();
    crate::machine::ask(
        &admin,
        &format!("ALTER DATABASE {name} RESET default_transaction_read_only"),
    );
    crate::machine::ask(
        &admin,
        &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
    );
    writes_again(&caller, &mut told);
    server.stop();
    place.forgotten_by_postgres();
    oracle::kept(&place, &told);
}
