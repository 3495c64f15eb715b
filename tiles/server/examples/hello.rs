//! Serves 5 KB at port 8080, for measuring what a request costs besides its content:
//! `hello [bare|listen|guard|limited] PORT`. `bare` is the protocol library alone.

#![expect(clippy::print_stdout, reason = "an example's output")]

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use gable_tiles::guard::{Guard, GuardOptions, Token};
use gable_tiles::listen::{ListenOptions, Listener, RequestRate};
use tower::Layer as _;

fn router() -> Router {
    let content = Bytes::from(vec![b'x'; 5 << 10]);
    Router::new().route(
        "/city/tile.glb",
        get(move || async move { Body::from(content) }),
    )
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_else(|| "listen".to_owned());
    let port = arguments.next().map_or(Ok(8080), |port| port.parse())?;
    let mut options = ListenOptions {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        ..ListenOptions::default()
    };
    options.limits.connections_per_address = usize::MAX;
    println!("{what} at {}", options.address);
    match what.as_str() {
        "bare" => bare(options.address).await?,
        "listen" => {
            Listener::bind(options)?
                .run_until_signal(router(), || {})
                .await?;
        }
        "guard" => {
            let guard = Guard::new(GuardOptions::default());
            Listener::bind(options)?
                .run_until_signal(guard.layer(router()), || {})
                .await?;
        }
        _ => {
            options.rate = Some(RequestRate {
                per_second: 1e9,
                burst: 1e9,
                ..RequestRate::default()
            });
            let guard = Guard::new(GuardOptions {
                tokens: vec![Token::new("secret")],
                ..GuardOptions::default()
            });
            Listener::bind(options)?
                .run_until_signal(guard.layer(router()), || {})
                .await?;
        }
    }
    Ok(())
}

async fn bare(address: SocketAddr) -> Result<(), Box<dyn std::error::Error>> {
    use hyper_util::rt::{TokioExecutor, TokioIo};
    let listener = tokio::net::TcpListener::bind(address).await?;
    let service = hyper_util::service::TowerToHyperService::new(router());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = service.clone();
        tokio::spawn(async move {
            let builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            let _ended = builder
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
