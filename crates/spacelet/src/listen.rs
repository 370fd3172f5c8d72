//! Sockets: binding, accepting, bounded connections, limits on request heads, and an orderly end. It knows nothing of
//! what a service answers.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{Either, Empty};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use spacelet_s3::Connection;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::timeout;
use tower::{Service, ServiceExt};

/// How long accepting pauses after the system refused a socket (too many open files), unless a connection ends before.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// h2 streams of one connection.
const STREAMS_MAX: u32 = 256;

/// The limits of a listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListenLimits {
    /// Connections served at once; further ones wait in the system's queue.
    pub(crate) connections_max: u32,
    /// Bytes of a request's target and headers.
    pub(crate) header_bytes_max: u32,
    /// How long a head may take, and how long a connection may idle.
    pub(crate) header_timeout: Duration,
    /// How long requests in flight may take once the server stops.
    pub(crate) stop_timeout: Duration,
}

/// Serves connections until `stop` changes or its sender is gone; then finishes requests in flight.
pub(crate) async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    limits: ListenLimits,
    mut stop: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let room = Arc::new(Room { seats: Arc::new(Semaphore::new(limits.connections_max as usize)), left: Notify::new() });
    let graceful = GracefulShutdown::new();
    let builder = Arc::new(builder(limits));
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.changed() => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let Some((stream, peer, seat)) = accepted else { break };
        let watcher = graceful.watcher();
        let (service, builder, room) = (service.clone(), Arc::clone(&builder), Arc::clone(&room));
        tokio::spawn(async move {
            converse(stream, peer, service, &builder, limits, watcher).await;
            drop(seat);
            room.left.notify_one();
        });
    }
    drop(listener);
    if timeout(limits.stop_timeout, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight after {:?} and are cut", limits.stop_timeout);
    }
}

/// How many connections there may be, and a word when one has ended.
struct Room {
    seats: Arc<Semaphore>,
    left: Notify,
}

type Seat = tokio::sync::OwnedSemaphorePermit;

/// The next connection, once there is room for it; `None` when the semaphore is closed, which never happens.
async fn accept(listener: &TcpListener, room: &Room) -> Option<(TcpStream, SocketAddr, Seat)> {
    let seat = Arc::clone(&room.seats).acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Some((stream, peer, seat)),
            Err(error) if of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections for the moment");
                let _ = timeout(ACCEPT_PAUSE, room.left.notified()).await;
            }
        }
    }
}

/// Errors that concern the connection that was to be accepted and not the listener.
fn of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn builder(limits: ListenLimits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .half_close(true)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(limits.header_bytes_max)
        .keep_alive_interval(limits.header_timeout)
        .keep_alive_timeout(limits.header_timeout);
    builder
}

/// One connection from its first byte to its last.
async fn converse<S, B>(
    stream: TcpStream,
    peer: SocketAddr,
    service: S,
    builder: &auto::Builder<TokioExecutor>,
    limits: ListenLimits,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "cannot turn Nagle's algorithm off");
    }
    let spoke = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&spoke);
    let connection = builder.serve_connection(
        TokioIo::new(stream),
        service_fn(move |mut request: Request<Incoming>| {
            heard.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(Connection { peer, tls: false });
            let too_long = head_bytes(&request) > limits.header_bytes_max as usize;
            let answer = (!too_long).then(|| service.clone().oneshot(request));
            async move {
                Ok::<_, Infallible>(match answer {
                    Some(answer) => match answer.await {
                        Ok(response) => response.map(Either::Left),
                        Err(never) => match never {},
                    },
                    None => head_too_long().map(Either::Right),
                })
            }
        }),
    );
    let mut connection = std::pin::pin!(watcher.watch(connection));
    // hyper's own timer starts only once it knows which HTTP a connection speaks: this one covers the silent ones.
    let ended = match timeout(limits.header_timeout, &mut connection).await {
        Ok(ended) => ended,
        Err(_elapsed) if spoke.load(Ordering::Relaxed) => connection.await,
        Err(_elapsed) => return tracing::debug!(%peer, "no request came in time"),
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, error, "the connection ended early");
    }
}

/// Bytes of the request's line and headers, without the `: ` and line ends.
fn head_bytes<B>(request: &Request<B>) -> usize {
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    target + authority + headers.sum::<usize>()
}

/// What RGW's HTTP parser answers: 400 without a body, and the end of the connection.
fn head_too_long() -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
