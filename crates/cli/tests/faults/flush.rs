//! A flush to the disk that fails: the kernel says so only once, so the process must not go on.

use crate::load::under_load;
use crate::machine::{Installation, Place, until};
use crate::oracle;
use crate::server::{Caller, Server};
use crate::tools::{Strace, any};

#[test]
fn a_failed_flush_ends_the_process_and_nothing_acknowledged_is_lost() {
    for _ in 0..2 {
        let place = Place::sqlite();
        let installed = Installation::on(&place.address);
        let mut server = Server::of(&installed);
        let caller = Caller::new(&server, &installed);
        let fault = format!("error=EIO:when={}", 1 + any(10));
        let strace = Strace::on(server.pid(), "fsync,fdatasync", &fault);
        let mut told = under_load(&caller, |_| {
            until("the server has given up", || {
                server.process.try_wait().unwrap().is_some()
            });
        });
        assert_eq!(server.end(), Some(74), "{}", server.talk());
        drop(strace);
        assert!(
            server.talk().contains("outcome is unknown"),
            "{}",
            server.talk()
        );
        assert!(!told.unknown.is_empty());
        for (write, answer) in &told.refused {
            // Those that waited behind the failed commit were told that nothing happened.
            assert_eq!(answer.status, 503, "{write:?} {answer:?}");
        }
        oracle::kept(&place, &told);
        let server = Server::of(&installed);
        oracle::settled(&server, &place, &caller, &mut told);
        server.stop();
    }
}
