//! Two servers on one file, and a disk that is not mounted.

use std::fs;

use crate::load::{Told, Write};
use crate::machine::{Installation, Place, refused};
use crate::oracle;
use crate::server::{Caller, Server};
use crate::tools::SmallDisk;

#[test]
fn a_second_server_is_refused_and_told_who_is_first() {
    let place = Place::sqlite();
    let installed = Installation::on(&place.address);
    let first = Server::of(&installed);
    let caller = Caller::new(&first, &installed);
    let serve = [
        "serve",
        "--database",
        place.address.as_str(),
        "--listen",
        "127.0.0.1:0",
    ];
    let said = refused(&serve);
    assert!(
        said.contains(&format!("process {}", first.pid())) && said.contains("only one server"),
        "{said}"
    );
    let mut told = Told::default();
    let write = Write::create("still here");
    let answer = write.send(&caller);
    told.note(write, answer);
    // A killed server leaves no lock behind.
    first.kill();
    let next = Server::of(&installed);
    oracle::settled(&next, &place, &caller, &mut told);
}

#[test]
fn a_disk_that_is_not_mounted_is_no_empty_database() {
    let disk = SmallDisk::new("8m");
    let at = disk.at.clone();
    let mut place = Place::sqlite();
    place.address = format!("sqlite:{}", at.join("data/tally.db").display());
    let installed = Installation::on(&place.address);
    drop(disk);
    // The folder above goes with the test's own disk; what a machine shows then is an empty folder.
    fs::create_dir_all(&at).unwrap();
    for command in ["serve", "doctor"] {
        let said = refused(&[command, "--database", &place.address]);
        assert!(
            said.contains("no Tallystick database") && said.contains("mounted"),
            "{said}"
        );
    }
    let said = refused(&[
        "token",
        "create",
        "ida@harbour.example",
        "--database",
        &installed.address,
    ]);
    assert!(said.contains("mounted"), "{said}");
    assert_eq!(
        fs::read_dir(&at).unwrap().count(),
        0,
        "nothing was made in its place"
    );
    fs::remove_dir_all(&at).unwrap();
}
