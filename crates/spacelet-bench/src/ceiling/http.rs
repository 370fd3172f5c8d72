//! A bare hyper server: it answers every GET with the same bytes, or with the same file, and swallows every PUT. No
//! S3 server on hyper can be faster on this machine.

use std::convert::Infallible;
use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::failure::{Failure, Outcome};
use crate::request::Filler;

/// What GET is answered with.
enum Answer {
    Memory(Bytes),
    /// The next block is read while the last is sent.
    File {
        file: Arc<File>,
        bytes: u64,
        block_bytes: u64,
    },
}

/// Serves until the process ends. The address is printed on stderr, as Spacelet prints its own.
pub(crate) async fn serve(address: SocketAddr, bytes: u64, file: Option<PathBuf>, block_bytes: u64) -> Outcome<()> {
    let answer = Arc::new(match file {
        None => Answer::Memory(Filler::new(bytes, false).pieces().flatten().collect()),
        Some(path) => {
            let file = File::open(&path).map_err(|error| Failure::from(error).at(&path.display().to_string()))?;
            let bytes = file.metadata()?.len();
            Answer::File { file: Arc::new(file), bytes, block_bytes: block_bytes.max(1) }
        }
    });
    let listener = TcpListener::bind(address).await.map_err(|error| Failure::from(error).at(&address.to_string()))?;
    eprintln!("API: http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answer = Arc::clone(&answer);
        let service = service_fn(move |request| respond(request, Arc::clone(&answer)));
        // A connection that ends badly is the client's affair.
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

type AnswerBody = Either<Full<Bytes>, FileBody>;

async fn respond(request: Request<Incoming>, answer: Arc<Answer>) -> Result<Response<AnswerBody>, Infallible> {
    let is_get = request.method() == Method::GET;
    let mut body = request.into_body();
    // What arrives is counted and let go; a body that breaks off gets its answer nonetheless.
    while let Some(Ok(frame)) = body.frame().await {
        drop(frame);
    }
    Ok(Response::new(match (&*answer, is_get) {
        (Answer::Memory(bytes), true) => Either::Left(Full::new(bytes.clone())),
        (Answer::File { file, bytes, block_bytes }, true) => {
            Either::Right(FileBody::new(Arc::clone(file), *bytes, *block_bytes))
        }
        (_, false) => Either::Left(Full::default()),
    }))
}

/// A file's bytes, read by the runtime's blocking threads.
struct FileBody {
    file: Arc<File>,
    next: u64,
    left: u64,
    block_bytes: u64,
    reading: Option<JoinHandle<std::io::Result<Bytes>>>,
}

impl FileBody {
    fn new(file: Arc<File>, bytes: u64, block_bytes: u64) -> Self {
        let mut body = Self { file, next: 0, left: bytes, block_bytes, reading: None };
        body.read_ahead(bytes);
        body
    }

    fn read_ahead(&mut self, left: u64) {
        let take = left.min(self.block_bytes);
        if take > 0 {
            let (file, at) = (Arc::clone(&self.file), self.next);
            self.next += take;
            self.reading = Some(tokio::task::spawn_blocking(move || {
                let mut block = vec![0; usize::try_from(take).unwrap_or_default()];
                file.read_exact_at(&mut block, at)?;
                Ok(block.into())
            }));
        }
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let Some(reading) = &mut this.reading else { return Poll::Ready(None) };
        let read = ready!(Pin::new(reading).poll(context));
        this.reading = None;
        let block = read.map_err(std::io::Error::other)??;
        this.left -= block.len() as u64;
        this.read_ahead(this.left);
        Poll::Ready(Some(Ok(Frame::data(block))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
