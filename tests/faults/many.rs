//! Clients by the thousand, and clients that take their time.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::requests::connect;
use crate::server::wait_until;
use crate::subject::{GRAMMAR, Subject, world};

/// What is tried; limits of the machine may allow less.
const CONNECTIONS: usize = 10_000;
const ARGUMENTS: [&str; 3] = ["lots.toml", "--connections-per-address", "20000"];

/// As many connections as there can be, up to a number.
fn crowd(subject: &Subject, number: usize, greeting: impl Fn(usize) -> Vec<u8>) -> Vec<TcpStream> {
    let address = subject.server.base.trim_start_matches("http://").to_owned();
    let mut crowd = Vec::new();
    for member in 0..number {
        let Ok(mut stream) = TcpStream::connect(&address) else {
            break;
        };
        if stream.write_all(&greeting(member)).is_err() {
            break;
        }
        crowd.push(stream);
    }
    crowd
}

#[test]
fn ten_thousand_who_say_nothing_keep_nobody_out() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let subject = Subject::start(folder.path(), &ARGUMENTS);
    let crowd = crowd(&subject, CONNECTIONS, |_| Vec::new());
    // A system may give less descriptors than this to a process.
    assert!(crowd.len() > 900, "{}", crowd.len());
    wait_until("all are in", || {
        subject.count("gable_connections") as usize >= crowd.len()
    });
    let layer = subject.server.layer("lots", "lots");
    let answer = subject
        .server
        .get(&format!("{layer}/content/3/0/0.glb"), &[]);
    assert_eq!(answer.status, 200);
    assert!(
        subject.peak() < 700 << 20,
        "{} bytes for {} connections",
        subject.peak(),
        crowd.len()
    );
    drop(crowd);
    wait_until("all have gone", || subject.count("gable_connections") < 10);
    subject.is_well();
}

#[test]
fn headers_that_never_end_and_answers_that_nobody_reads_keep_nobody_out() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let subject = Subject::start(folder.path(), &ARGUMENTS);
    let layer = subject.server.layer("lots", "lots");
    let path = format!("{layer}/content/0/0/0.glb");
    let mut slow = crowd(&subject, 300, |_| {
        b"GET /healthz HTTP/1.1\r\nhost: a\r\nx: ".to_vec()
    });
    // Each asks for much and reads none of it.
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: a\r\naccept-encoding: identity\r\n\r\n").repeat(200);
    let deaf = crowd(&subject, 50, |_| request.clone().into_bytes());
    assert_eq!((slow.len(), deaf.len()), (300, 50));
    for _ in 0..20 {
        for stream in &mut slow {
            // A byte at a time; the server may have had enough.
            let _sent = stream.write_all(b"x");
        }
        assert_eq!(subject.server.get(&path, &[]).status, 200);
    }
    wait_until("endless headers are cut off", || {
        slow.iter_mut().all(|stream| {
            let _sent = stream.write_all(b"x");
            stream
                .set_read_timeout(Some(Duration::from_millis(1)))
                .expect("a time");
            match stream.read(&mut [0; 512]) {
                // An answer of any length, or the end.
                Ok(0..) => true,
                Err(error) => !matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ),
            }
        })
    });
    assert!(subject.peak() < 700 << 20, "{}", subject.peak());
    drop(deaf);
    subject.is_well();
}

#[test]
fn one_client_cannot_take_all_connections() {
    let folder = tempfile::tempdir().expect("a folder");
    world(folder.path(), GRAMMAR);
    let subject = Subject::start(
        folder.path(),
        &["lots.toml", "--connections-per-address", "8"],
    );
    let mut crowd = crowd(&subject, 7, |_| Vec::new());
    wait_until("all are in", || subject.count("gable_connections") >= 7);
    crowd.extend((0..8).map(|_| connect(&subject)));
    let mut told = String::new();
    let _closed = crowd.last_mut().expect("some").read_to_string(&mut told);
    assert!(
        told.is_empty() || told.starts_with("HTTP/1.1 503") || told.starts_with("HTTP/1.1 429"),
        "{told}"
    );
    drop(crowd);
    wait_until("there is room again", || {
        let mut stream = connect(&subject);
        let _sent =
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let mut told = String::new();
        let _closed = stream.read_to_string(&mut told);
        told.starts_with("HTTP/1.1 200")
    });
    subject.is_well();
}
