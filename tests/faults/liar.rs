//! An upstream server that can do everything wrong: a proxy before a right one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It takes requests and says nothing.
    Silent,
    /// It ends connections at once.
    Closed,
    /// A page for people, with status 200.
    Page,
    /// Status 500.
    Fails,
    /// Status 404, whatever is asked.
    Missing,
    /// One bit is wrong.
    Flipped,
    /// The body ends in the middle.
    Truncated,
    /// The body ends in the middle, and its length says so.
    Short,
    /// A body without end.
    Endless,
    /// 256 MB of zeros, coded.
    Bomb,
    /// No HTTP.
    Garbage,
}

/// The proxy.
pub(crate) struct Liar {
    /// `http://127.0.0.1:PORT`.
    pub(crate) base: String,
    fault: Arc<Mutex<Fault>>,
}

impl Liar {
    pub(crate) fn before(origin: &str, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let fault = Arc::new(Mutex::new(fault));
        let (origin, now) = (origin.to_owned(), fault.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (origin, now) = (origin.clone(), now.clone());
                std::thread::spawn(move || {
                    let fault = *now.lock().expect("no panic");
                    // The client may go away when it likes.
                    let _gone = answer(stream, &origin, fault);
                });
            }
        });
        Self { base, fault }
    }

    pub(crate) fn set(&self, fault: Fault) {
        *self.fault.lock().expect("no panic") = fault;
    }
}

/// 256 MB of zeros in some hundred bytes.
fn bomb() -> Vec<u8> {
    let mut packed = Vec::new();
    let zeros = std::io::repeat(0).take(256 << 20);
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 1,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut BufReader::new(zeros), &mut packed, &parameters).expect("memory");
    packed
}

/// What a request says.
#[derive(Default)]
struct Asked {
    first: String,
    coding: String,
    digest: String,
}

fn read(stream: &TcpStream) -> std::io::Result<Asked> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut asked = Asked {
        first: lines.next().unwrap_or_else(|| Ok(String::new()))?,
        ..Asked::default()
    };
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("accept-encoding: ") {
            asked.coding = value.to_owned();
        }
        if let Some(value) = line.strip_prefix("want-content-digest: ") {
            asked.digest = value.to_owned();
        }
        if line.is_empty() {
            break;
        }
    }
    Ok(asked)
}

fn answer(mut stream: TcpStream, origin: &str, fault: Fault) -> std::io::Result<()> {
    let Asked {
        first,
        coding,
        digest,
    } = read(&stream)?;
    let path = first.split(' ').nth(1).unwrap_or_default();
    let end = "\r\nconnection: close\r\n\r\n";
    match fault {
        Fault::Silent => {
            // Until the client gives up.
            return stream.read(&mut [0; 16]).map(|_| ());
        }
        Fault::Closed => return Ok(()),
        Fault::Garbage => return stream.write_all(b"\x16\x03\x01 no such thing\r\n\r\n"),
        Fault::Page => {
            return write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 18{end}<h1>It works!</h1>"
            );
        }
        Fault::Fails => return write!(stream, "HTTP/1.1 500 Oh\r\ncontent-length: 0{end}"),
        Fault::Missing => {
            return write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0{end}");
        }
        Fault::Endless => {
            write!(stream, "HTTP/1.1 200 OK{end}")?;
            loop {
                stream.write_all(&[b' '; 65_536])?;
            }
        }
        Fault::Bomb if coding.contains("br") => {
            let body = bomb();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: {}{end}",
                body.len()
            )?;
            return stream.write_all(&body);
        }
        Fault::None | Fault::Flipped | Fault::Truncated | Fault::Short | Fault::Bomb => {}
    }
    let response = ureq::get(format!("{origin}{path}"))
        .config()
        .http_status_as_error(false)
        .build()
        .header("accept-encoding", coding)
        .header("want-content-digest", digest)
        .call();
    let Ok(mut response) = response else {
        return Ok(());
    };
    let mut body = response.body_mut().read_to_vec().unwrap_or_default();
    let length = body.len();
    match fault {
        Fault::Flipped if length > 0 => body[length / 2] ^= 1,
        Fault::Truncated | Fault::Short => body.truncate(length / 2),
        _ => {}
    }
    let claimed = if fault == Fault::Short {
        body.len()
    } else {
        length
    };
    pass_on(&mut stream, &response, claimed)?;
    write!(stream, "{end}")?;
    stream.write_all(&body)
}

/// Status and headers as they came, with another length.
fn pass_on(
    stream: &mut TcpStream,
    response: &ureq::http::Response<ureq::Body>,
    claimed: usize,
) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {} x\r\ncontent-length: {claimed}",
        response.status().as_u16()
    )?;
    for name in [
        "content-type",
        "content-encoding",
        "etag",
        "cache-status",
        "content-digest",
    ] {
        if let Some(value) = response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
        {
            write!(stream, "\r\n{name}: {value}")?;
        }
    }
    Ok(())
}
