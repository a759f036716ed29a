//! Opening refuses whatever is not surely ours and sound, in one sentence, and leaves every byte as it was.

#![allow(
    clippy::unwrap_used,
    reason = "a helper may panic as the test itself may"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use support::{NEXT_SCHEMA, Place, SCHEMA, ask, options, read, write};
use tallystick_db::{Address, Db, OpenError, Options, args};

/// The refusal of opening, checked to be a sentence that names what it is about.
fn refusal(address: &Address, exclusive: bool) -> OpenError {
    let opened = Options {
        exclusive,
        ..options()
    };
    let error = Db::open(address, &SCHEMA, opened).err().unwrap();
    sentence(&error);
    error
}

fn sentence(error: &OpenError) {
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() < 400, "{text}");
    assert!(
        text.starts_with(|first: char| first.is_uppercase() || first.is_lowercase()),
        "{text}"
    );
    assert!(!text.contains("password"), "{text}");
}

/// Everything in a folder, byte for byte. A lock file is no data.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| {
            entry.path().is_file() && entry.path().extension().is_none_or(|end| end != "lock")
        })
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// Puts something at a path.
type Maker<'a> = &'a dyn Fn(&Path);

fn folder(place: &Place) -> &Path {
    place.file().parent().unwrap()
}

/// Opening is refused for both a server and a command beside it, and nothing changes.
fn refused_untouched(place: &Place) -> OpenError {
    let before = contents(folder(place));
    let first = refusal(&place.address, false);
    let second = refusal(&place.address, true);
    assert_eq!(first.to_string(), second.to_string());
    assert_eq!(
        contents(folder(place)).keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
    assert!(contents(folder(place)) == before, "the data was touched");
    first
}

/// A database of ours with rows, closed.
fn filled() -> Place {
    let place = Place::sqlite();
    let db = place.db();
    write(&db, |tx| {
        for id in 1..=3_000_i64 {
            tx.run(
                "INSERT INTO things (id, name) VALUES ($1, $2)",
                args![id, format!("{id:0>80}")],
            )?;
        }
        Ok(())
    });
    drop(db);
    settled(&place);
    place
}

/// Brings the write-ahead log home; the writing thread may still be closing when the last handle is gone.
fn settled(place: &Place) {
    support::until("the log is empty", || {
        let done = rusqlite::Connection::open(place.file()).and_then(|beside| {
            beside.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })
        });
        let log = place.file().with_extension("db-wal");
        done.is_ok_and(|busy| busy == 0) && !log.exists()
    });
}

#[test]
fn a_missing_file_is_not_made() {
    let place = Place::sqlite();
    let error = refused_untouched(&place);
    assert!(matches!(error, OpenError::Missing(_)), "{error}");
    assert!(error.to_string().contains("tallystick init"), "{error}");
    assert!(contents(folder(&place)).is_empty());
    let nowhere: Address = "sqlite:/nowhere/at/all/t.db".parse().unwrap();
    assert!(matches!(refusal(&nowhere, true), OpenError::Missing(_)));
}

#[test]
fn files_of_others_are_left_alone() {
    let foreign_sqlite = |path: &Path| {
        let other = rusqlite::Connection::open(path).unwrap();
        other.execute_batch("CREATE TABLE refinery_schema_history (version INTEGER); INSERT INTO refinery_schema_history VALUES (1)").unwrap();
    };
    let makers: [(&str, Maker<'_>); 5] = [
        ("empty", &|path| fs::write(path, "").unwrap()),
        ("text", &|path| {
            fs::write(path, "Dear diary,\n".repeat(1_000)).unwrap()
        }),
        ("short", &|path| fs::write(path, "SQLite").unwrap()),
        ("zeros", &|path| fs::write(path, vec![0; 8_192]).unwrap()),
        ("SQLite of another program", &foreign_sqlite),
    ];
    for (what, make) in makers {
        let place = Place::sqlite();
        make(place.file());
        let error = refused_untouched(&place);
        assert!(matches!(error, OpenError::Foreign(_)), "{what}: {error}");
        let made = Db::create(&place.address, &SCHEMA);
        assert!(matches!(made, Err(OpenError::Exists(_))), "{what}");
    }
}

#[test]
fn a_folder_is_no_database() {
    let place = Place::sqlite();
    fs::create_dir(place.file()).unwrap();
    let error = refused_untouched(&place);
    assert!(matches!(error, OpenError::Foreign(_)), "{error}");
}

#[test]
fn making_never_replaces() {
    let place = filled();
    let before = contents(folder(&place));
    let error = Db::create(&place.address, &SCHEMA).err().unwrap();
    assert!(matches!(error, OpenError::Exists(_)), "{error}");
    sentence(&error);
    assert!(contents(folder(&place)) == before);
}

#[test]
fn a_killed_init_is_begun_anew() {
    let place = Place::sqlite();
    fs::write(place.file().with_extension("unfinished"), "half a database").unwrap();
    drop(place.db());
    let left: Vec<_> = contents(folder(&place))
        .into_keys()
        .filter(|name| name.contains("unfinished"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_newer_schema_needs_the_newer_release() {
    let place = filled();
    let db = Db::open(&place.address, &NEXT_SCHEMA, options()).unwrap();
    let colours = "SELECT count(*) FROM things WHERE colour = 'grey'";
    assert_eq!(
        read(&db, |tx| tx.one(colours, args![], |row| row.take::<i64>())),
        3_000
    );
    drop(db);
    settled(&place);
    let error = refused_untouched(&place);
    assert!(
        matches!(
            error,
            OpenError::Newer {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );

    let place = Place::postgres();
    drop(place.db());
    drop(Db::open(&place.address, &NEXT_SCHEMA, options()).unwrap());
    let error = refusal(&place.address, true);
    assert!(
        matches!(
            error,
            OpenError::Newer {
                found: 2,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(
        ask(
            place.url(),
            "SELECT max(version) FROM refinery_schema_history"
        )
        .as_deref(),
        Some("2")
    );
}

#[test]
fn damage_is_found_or_does_no_harm() {
    let sound = filled();
    let image = fs::read(sound.file()).unwrap();
    let pages = image.len() / 4_096;
    assert!(pages > 50, "{pages} pages");
    let mut found = 0;
    // The first bytes of a page say what it is and where its cells are.
    for page in [1, 2, 3, pages / 3, pages / 2, pages - 1] {
        let place = Place::sqlite();
        let mut damaged = image.clone();
        for byte in &mut damaged[page * 4_096..page * 4_096 + 64] {
            *byte ^= 0x5A;
        }
        fs::write(place.file(), &damaged).unwrap();
        match Db::open(&place.address, &SCHEMA, options()) {
            Err(error @ OpenError::Damaged { .. }) => {
                sentence(&error);
                assert!(error.to_string().contains("backup"), "{error}");
                found += 1;
            }
            Err(other) => panic!("page {page}: {other}"),
            // What the quick look did not find in its time, the thorough one does.
            Ok(db) => assert!(
                !db.examine().unwrap().is_empty(),
                "page {page} is damaged and nobody noticed"
            ),
        }
        settled_or_untouched(&place, &damaged);
    }
    assert!(found > 0, "no damage is found at the door");
    assert!(sound.open().examine().unwrap().is_empty());
}

fn settled_or_untouched(place: &Place, bytes: &[u8]) {
    assert!(
        fs::read(place.file()).unwrap() == bytes,
        "the damaged file was written to"
    );
}

#[test]
fn a_cut_off_file_is_not_served() {
    let sound = filled();
    let image = fs::read(sound.file()).unwrap();
    for keep in [4_096, 4_096 * 20, image.len() - 1_000] {
        let place = Place::sqlite();
        fs::write(place.file(), &image[..keep]).unwrap();
        let error = refused_untouched(&place);
        assert!(
            matches!(error, OpenError::Damaged { .. } | OpenError::Foreign(_)),
            "{keep}: {error}"
        );
    }
}

#[test]
fn only_one_server_has_the_file() {
    let place = filled();
    let server = || Options {
        exclusive: true,
        ..options()
    };
    let first = Db::open(&place.address, &SCHEMA, server()).unwrap();
    let error = refusal(&place.address, true);
    assert!(matches!(error, OpenError::InUse(_)), "{error}");
    assert!(
        error.to_string().contains(&std::process::id().to_string()),
        "{error}"
    );
    // A command beside it is welcome.
    let beside = place.open();
    write(&beside, |tx| {
        tx.run("INSERT INTO things (id) VALUES (9001)", args![])
    });
    let seen = read(&first, |tx| {
        tx.maybe("SELECT id FROM things WHERE id = 9001", args![], |row| {
            row.take::<i64>()
        })
    });
    assert_eq!(seen, Some(9_001));
    drop((first, beside));
    Db::open(&place.address, &SCHEMA, server()).unwrap();
}

#[test]
fn a_read_only_folder_is_said_to_be_one() {
    // Root may write everywhere, so another user tries.
    let place = filled();
    assert!(
        rustix::process::geteuid().is_root(),
        "this test gives its files to another user, which takes root"
    );
    let bytes = fs::read(place.file()).unwrap();
    let open_to_all =
        |mode| fs::set_permissions(folder(&place), fs::Permissions::from_mode(mode)).unwrap();
    open_to_all(0o555);
    fs::set_permissions(place.file(), fs::Permissions::from_mode(0o444)).unwrap();
    let said = as_nobody(&place);
    open_to_all(0o755);
    assert!(
        said.contains("cannot be used") || said.contains("cannot be written"),
        "{said}"
    );
    assert!(fs::read(place.file()).unwrap() == bytes);
}

/// Opens as a user who owns nothing, in a thread, because Linux keeps the acting user for each thread.
fn as_nobody(place: &Place) -> String {
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let nobody = rustix::process::Uid::from_raw(65_534);
                rustix::thread::set_thread_res_uid(nobody, nobody, nobody).unwrap();
                refusal(&place.address, true).to_string()
            })
            .join()
            .unwrap()
    })
}

#[test]
fn postgres_of_the_wrong_kind_is_refused() {
    let place = Place::postgres();
    let error = refusal(&place.address, true);
    assert!(matches!(error, OpenError::Missing(_)), "{error}");

    ask(place.url(), "CREATE TABLE customers (id INTEGER)");
    let error = refusal(&place.address, true);
    assert!(matches!(error, OpenError::Missing(_)), "{error}");
    let error = Db::create(&place.address, &SCHEMA).err().unwrap();
    assert!(matches!(error, OpenError::Foreign(_)), "{error}");
    sentence(&error);
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(ask(place.url(), tables).as_deref(), Some("1"));

    let place = Place::postgres();
    drop(place.db());
    let error = Db::create(&place.address, &SCHEMA).err().unwrap();
    assert!(matches!(error, OpenError::Exists(_)), "{error}");
}

#[test]
fn postgres_that_sorts_another_way_is_refused() {
    let place = Place::postgres_with("LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C'");
    for error in [
        refusal(&place.address, true),
        Db::create(&place.address, &SCHEMA).err().unwrap(),
    ] {
        let text = error.to_string();
        assert!(text.contains("LOCALE 'C'"), "{text}");
    }
}

#[test]
fn postgres_that_does_not_answer_is_named_without_its_password() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address: Address = format!("postgres://someone:s3cret@127.0.0.1:{port}/tally")
        .parse()
        .unwrap();
    let server = support::postgres_server();
    let (server, _) = server.rsplit_once('/').unwrap();
    let no_database: Address = format!("{server}/no_such_database").parse().unwrap();
    for (address, named) in [(address, "127.0.0.1"), (no_database, "no_such_database")] {
        let text = refusal(&address, true).to_string();
        assert!(text.contains(named), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}
