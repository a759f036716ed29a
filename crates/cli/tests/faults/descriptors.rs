//! Five hundred clients, and descriptors for sixty.

use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::load::{Told, Write};
use crate::machine::{Installation, Place, until};
use crate::oracle;
use crate::server::{Caller, Server};

#[test]
fn without_descriptors_it_serves_on() {
    for place in Place::both() {
        let installed = Installation::on(&place.address);
        let plain = Server::command(&installed);
        let mut limited = Command::new("prlimit");
        limited
            .arg("--nofile=64")
            .arg(plain.get_program())
            .args(plain.get_args());
        let server = Server::start(limited);
        let caller = Caller::new(&server, &installed);
        assert_eq!(caller.get("/me").unwrap().status, 200);

        let host = server.word("web_url").strip_prefix("http://").unwrap();
        let host: SocketAddr = host.parse().unwrap();
        // Those who find the queue in front of the door full do not wait: they have made their point.
        let crowd: Vec<TcpStream> = (0..500)
            .filter_map(|_| TcpStream::connect_timeout(&host, Duration::from_millis(10)).ok())
            .collect();
        assert!(crowd.len() > 100, "only {} came through", crowd.len());
        until("the descriptors are used up", || {
            server.talk().contains("could not be accepted")
        });
        // Who is in already is served as ever.
        let mut told = Told::default();
        for number in 0..50 {
            let write = Write::create(&format!("crowded {number}"));
            let answer = write.send(&caller);
            told.note(write, answer);
            assert_eq!(caller.get("me/tasks").unwrap().status, 200);
        }
        assert_eq!(told.done.len(), 50, "{:?} {:?}", told.refused, told.unknown);
        drop(crowd);
        until("newcomers are served again", || {
            Caller::new(&server, &installed)
                .get("/me")
                .is_ok_and(|answer| answer.status == 200)
        });
        server.stop();
        oracle::kept(&place, &told);
    }
}
