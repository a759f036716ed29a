//! kill -9 in the middle of sixteen clients writing.

use std::time::Instant;

use crate::load::{Told, under_load};
use crate::machine::{Installation, Place, until};
use crate::oracle;
use crate::server::{Caller, Server};
use crate::tools::any;

fn killed_again_and_again(place: &Place, rounds: usize) {
    let installed = Installation::on(&place.address);
    let mut told = Told::default();
    for round in 1..=rounds {
        let mut server = Server::of(&installed);
        let caller = Caller::new(&server, &installed);
        let enough = 30 + any(250);
        let seen = under_load(&caller, |acknowledged| {
            until("there are enough writes", || acknowledged() >= enough);
            server.process.kill().unwrap();
        });
        server.end();
        assert!(
            seen.refused.is_empty(),
            "round {round}: {:?}",
            seen.refused.first()
        );
        assert!(
            !seen.unknown.is_empty(),
            "round {round}: nobody was interrupted"
        );
        told.add(seen);

        place.forgotten_by_postgres();
        let began = Instant::now();
        oracle::kept(place, &told);
        let server = Server::of(&installed);
        oracle::settled(&server, place, &caller, &mut told);
        server.stop();
        oracle::kept(place, &told);
        assert!(
            began.elapsed().as_secs() < 60,
            "back after {:?}",
            began.elapsed()
        );
    }
}

#[test]
fn sqlite_keeps_what_was_acknowledged() {
    killed_again_and_again(&Place::sqlite(), 4);
}

#[test]
fn postgres_keeps_what_was_acknowledged() {
    killed_again_and_again(&Place::postgres(), 3);
}

#[test]
fn a_kill_while_stopping_loses_nothing() {
    for place in Place::both() {
        let installed = Installation::on(&place.address);
        let mut server = Server::of(&installed);
        let caller = Caller::new(&server, &installed);
        let mut told = under_load(&caller, |acknowledged| {
            until("there are some writes", || acknowledged() >= 50);
            server.signal("TERM");
            for _ in 0..any(200) {
                std::thread::yield_now();
            }
            // It may have come to its end already.
            let _ = server.process.kill();
        });
        server.end();
        place.forgotten_by_postgres();
        oracle::kept(&place, &told);
        let server = Server::of(&installed);
        oracle::settled(&server, &place, &caller, &mut told);
    }
}
