//! A server that stands before another one and does to some of its answers what servers should not do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// What is done to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Some of its bytes are others.
    Damaged,
    /// Half of it comes, then the connection ends.
    CutOff,
    /// It never ends.
    Endless,
    /// It does not come.
    Silent,
    /// It comes a few bytes at a time.
    Slow,
    /// It says that it is something else.
    Mislabelled,
}

/// Which answers are dealt with, by their paths.
pub(crate) type Which = fn(&str) -> bool;

/// Pages of all origins may ask and read.
const ANY_PAGE: &str = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n\
    Access-Control-Expose-Headers: *\r\n";

/// Stands before a server, as long as the process lives; gives its address.
pub(crate) fn before(base: &str, fault: Fault, which: Which) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let base: Arc<str> = base.into();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let base = base.clone();
            std::thread::spawn(move || serve(&stream, &base, fault, which));
        }
    });
    format!("http://{address}")
}

fn serve(mut stream: &TcpStream, base: &str, fault: Fault, which: Which) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut request = ureq::get(format!("{base}{path}"))
        .config()
        .http_status_as_error(false)
        .build();
    loop {
        let mut field = String::new();
        reader.read_line(&mut field).ok()?;
        let Some((name, value)) = field.trim().split_once(':') else {
            break;
        };
        if ["accept", "gable-client", "if-none-match"].contains(&name.to_ascii_lowercase().as_str())
        {
            request = request.header(name, value.trim());
        }
    }
    if method == "OPTIONS" {
        let head = format!("HTTP/1.1 204 X\r\nConnection: close\r\n{ANY_PAGE}\r\n");
        return stream.write_all(head.as_bytes()).ok();
    }
    let mut response = request.call().ok()?;
    let status = response.status();
    let mut body = Vec::new();
    response
        .body_mut()
        .as_reader()
        .read_to_end(&mut body)
        .ok()?;
    let is_meant = which(&path) && status == 200;
    let status_code = status.as_u16();
    let mut head = format!("HTTP/1.1 {status_code} X\r\nConnection: close\r\n{ANY_PAGE}");
    for name in ["content-type", "etag", "gable-placement"] {
        if let Some(value) = response.headers().get(name) {
            let value = value.to_str().ok()?;
            let is_other = is_meant && fault == Fault::Mislabelled && name == "content-type";
            let value = if is_other { "text/html" } else { value };
            head += &format!("{name}: {value}\r\n");
        }
    }
    if !(is_meant && fault == Fault::Endless) {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    if is_meant {
        return misbehave(stream, fault, &head, body);
    }
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

fn misbehave(mut stream: &TcpStream, fault: Fault, head: &str, mut body: Vec<u8>) -> Option<()> {
    match fault {
        Fault::Silent => loop {
            std::thread::sleep(Duration::from_secs(1));
        },
        Fault::Damaged => body
            .iter_mut()
            .skip(8)
            .step_by(7)
            .for_each(|byte| *byte ^= 0x55),
        Fault::CutOff => body.truncate(body.len() / 2),
        Fault::Endless | Fault::Slow | Fault::Mislabelled => {}
    }
    stream.write_all(head.as_bytes()).ok()?;
    match fault {
        Fault::Endless => loop {
            stream.write_all(&[0; 1 << 16]).ok()?;
        },
        Fault::Slow => {
            for piece in body.chunks(16) {
                stream.write_all(piece).ok()?;
                std::thread::sleep(Duration::from_millis(200));
            }
            Some(())
        }
        _ => stream.write_all(&body).ok(),
    }
}
