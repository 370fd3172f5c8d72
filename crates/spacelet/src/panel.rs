//! What the panel is told of the S3 front end, which it cannot see itself: the last requests, and a door for the
//! configuration documents that it writes.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use spacelet_control::{JournalRow, PanelSettings, S3Answer, S3Door};
use spacelet_engine::Secret;
use spacelet_s3::{Connection, JournalEntry, S3Service};

/// The most that is read of an answer, in bytes.
const ANSWER_BYTES_MAX: usize = 256 << 10;

/// The panel's settings over a front end; `code` is that of the sign-in link.
pub(crate) fn settings(service: &S3Service, code: Secret) -> PanelSettings {
    let journal = service.clone();
    PanelSettings {
        code,
        journal: Arc::new(move || journal.journal().into_iter().map(row).collect()),
        s3: door(service.clone()),
    }
}

fn row(entry: JournalEntry) -> JournalRow {
    JournalRow {
        request_id: entry.request_id,
        at: entry.at,
        method: entry.method,
        target: entry.target,
        bucket: entry.bucket,
        edge: entry.edge,
        operation: entry.operation.to_owned(),
        access_key: entry.access_key,
        status: entry.status,
        code: entry.code.map(str::to_owned),
        explanation: entry.explanation,
        canonical_request: entry.canonical_request,
    }
}

/// The request comes from this machine over no wire that anybody could listen on.
fn door(service: S3Service) -> S3Door {
    Arc::new(move |request| {
        let service = service.clone();
        Box::pin(async move {
            let mut request = request.map(|body| Full::new(Bytes::from(body)));
            let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            request.extensions_mut().insert(Connection { peer, tls: true });
            let answer = service.serve(request).await;
            let explanation = answer.headers().get("x-spacelet-explain").and_then(|value| value.to_str().ok());
            let explanation = explanation.unwrap_or_default().to_owned();
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
            S3Answer { status, body, explanation }
        })
    })
}
