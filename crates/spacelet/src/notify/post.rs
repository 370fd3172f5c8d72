//! One POST over plain HTTP.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::destination::{Destination, is_link_local};

/// From the look-up of the address to the head of the answer.
const TIME_MAX: Duration = Duration::from_secs(5);

/// Sends `body`; a status of 200 to 299 counts as taken, a redirect does not.
///
/// # Errors
/// Why it was not taken.
pub(super) async fn post(destination: &Destination, body: Bytes) -> Result<(), String> {
    match timeout(TIME_MAX, try_post(destination, body)).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(format!("no answer in {} s", TIME_MAX.as_secs())),
    }
}

async fn try_post(destination: &Destination, body: Bytes) -> Result<(), String> {
    let stream = connect(destination).await?;
    let text = |error: hyper::Error| error.to_string();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(text)?;
    let connection = tokio::spawn(connection);
    let host =
        if destination.host.contains(':') { format!("[{}]", destination.host) } else { destination.host.clone() };
    let request = http::Request::post(destination.path.as_str())
        .header(HOST, format!("{host}:{}", destination.port))
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(body))
        .map_err(|error| error.to_string())?;
    let answer = sender.send_request(request).await.map_err(text)?;
    connection.abort();
    match answer.status() {
        status if status.is_success() => Ok(()),
        status => Err(format!("the answer is {status}")),
    }
}

/// The name is looked up each time, and what it means may change: a link-local address is refused here too.
async fn connect(destination: &Destination) -> Result<TcpStream, String> {
    let found = lookup_host((destination.host.as_str(), destination.port)).await.map_err(|error| error.to_string())?;
    let mut last = format!("{} has no address that may be used", destination.host);
    for address in found.filter(|address| !is_link_local(address.ip())) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}
