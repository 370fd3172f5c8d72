//! From a recipe to bytes on a socket, signed now.

use super::recipe::{Body, Chunks, Field, FieldValue, Piece, RawPart, Request, Signing, Step};
use crate::sign::{self, Key, Scope, Signed};
use crate::wire::{self, Answer, Connection, End};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// Where a server listens, and the values saved from its answers so far.
pub(crate) struct Player {
    address: SocketAddr,
    /// The server that allows SSE-C over plain HTTP.
    sse_address: SocketAddr,
    values: BTreeMap<String, String>,
}

/// A request's method, target, headers and body, before they are written down.
struct Draft {
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Player {
    pub(crate) fn new(address: SocketAddr, sse_address: SocketAddr) -> Self {
        Self { address, sse_address, values: BTreeMap::new() }
    }

    /// Sends a step; None for one that is no request. A connection that fails counts as status 0.
    pub(crate) fn play(&mut self, step: &Step) -> Option<Answer> {
        let answer = match (&step.request, &step.raw) {
            (Some(request), _) => {
                let address = if request.server.is_some() { self.sse_address } else { self.address };
                self.set_place(address);
                wire::exchange(address, &self.request_bytes(request)).unwrap_or_default()
            }
            (None, Some(parts)) => {
                self.set_place(self.address);
                self.play_raw(parts)
            }
            (None, None) => return None,
        };
        for (name, from) in &step.save {
            self.values.insert(name.clone(), saved_value(&answer, from));
        }
        Some(answer)
    }

    fn set_place(&mut self, address: SocketAddr) {
        self.values.insert("host".to_owned(), format!("localhost:{}", address.port()));
        self.values.insert("port".to_owned(), address.port().to_string());
    }

    fn request_bytes(&self, request: &Request) -> Vec<u8> {
        let (mut head, body) = self.head_and_body(request);
        head.extend_from_slice(&body);
        head
    }

    fn head_and_body(&self, request: &Request) -> (Vec<u8>, Vec<u8>) {
        let draft = self.draft(request);
        let query = if draft.query.is_empty() { String::new() } else { format!("?{}", draft.query) };
        let version = request.version.as_deref().unwrap_or("HTTP/1.1");
        let mut head = format!("{} {}{query} {version}\r\n", request.method, request.path);
        for (name, value) in &draft.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        (head.into_bytes(), draft.body)
    }

    fn draft(&self, request: &Request) -> Draft {
        let body = self.body_of(request);
        let host = self.fill(request.host.as_deref().unwrap_or("<<host>>"), false);
        let mut headers = vec![("Host".to_owned(), host)];
        for (name, value) in &request.headers {
            let value = value.replace("<<body-md5>>", &sign::md5_base64(&body));
            headers.push((name.clone(), self.fill(&value, false)));
        }
        let query = self.fill(&request.query, true);
        let mut draft = Draft { query, headers, body };
        if request.chunks.is_none() {
            add_length(request, &mut draft);
        }
        self.sign(request, &mut draft);
        draft
    }

    fn sign(&self, request: &Request, draft: &mut Draft) {
        let Some(how) = &request.sign else { return };
        let mut scope = Scope::now(how.skew_s);
        scope.region = how.region.clone().unwrap_or(scope.region);
        scope.service = how.service.clone().unwrap_or(scope.service);
        if let Some(name) = &how.v4 {
            sign_v4(&key(name), &scope, how, request, draft);
        } else if let Some(name) = &how.v2 {
            sign_v2(&key(name), &scope, how, request, draft);
        } else if let Some(name) = &how.presign_v4 {
            draft.query = presigned_v4(&key(name), &scope, how, request, &draft.headers);
        } else if let Some(name) = &how.presign_v2 {
            let expires = scope.at.unix_timestamp() + how.expires_in_s;
            draft.query = sign::presign_v2(&key(name), &request.method, &request.path, expires);
        }
    }

    fn body_of(&self, request: &Request) -> Vec<u8> {
        match (&request.body, &request.form) {
            (Some(Body::Text(text)), _) => self.fill(text, false).into_bytes(),
            (Some(Body::Pieces(pieces)), _) => pieces.iter().flat_map(|p| self.piece(p)).collect(),
            (None, Some(fields)) => self.form(fields),
            (None, None) => Vec::new(),
        }
    }

    fn piece(&self, piece: &Piece) -> Vec<u8> {
        match piece {
            Piece::Text(text) => self.fill(text, false).into_bytes(),
            Piece::Repeat { repeat, times } => repeat.repeat(*times).into_bytes(),
            Piece::Each { each, times } => {
                (0..*times).flat_map(|i| each.replace("<<i>>", &i.to_string()).into_bytes()).collect()
            }
        }
    }

    /// A multipart form, with its policy made and signed now.
    fn form(&self, fields: &[Field]) -> Vec<u8> {
        let scope = Scope::now(0);
        let dated = |text: &str| text.replace("<<amz-date>>", &scope.amz_date()).replace("<<date>>", &scope.date());
        let owner = key("A");
        let mut policy = String::new();
        let mut out = Vec::new();
        for field in fields {
            let value = match &field.value {
                FieldValue::Text(text) => self.fill(&dated(text), false),
                FieldValue::Policy { expires_in_s, conditions } => {
                    let conditions = dated(&conditions.to_string());
                    policy = policy_text(*expires_in_s, &conditions);
                    policy.clone()
                }
                FieldValue::Signature { sign } if sign == "v2" => sign::v2_of(&owner, &policy),
                FieldValue::Signature { .. } => sign::hex(&sign::hmac256(&scope.signing_key(&owner.secret), &policy)),
            };
            let file = field.filename.as_ref().map(|f| format!("; filename=\"{f}\"")).unwrap_or_default();
            let kind = field.kind.as_ref().map(|k| format!("\r\nContent-Type: {k}")).unwrap_or_default();
            let head = format!(
                "--BOUNDARY123\r\nContent-Disposition: form-data; name=\"{}\"{file}{kind}\r\n\r\n{value}\r\n",
                field.field
            );
            out.extend_from_slice(head.as_bytes());
        }
        out.extend_from_slice(b"--BOUNDARY123--\r\n");
        out
    }

    /// Literal bytes; the whole literal reply becomes the answer's body, as the recording has it.
    fn play_raw(&self, parts: &[RawPart]) -> Answer {
        let Ok(mut connection) = Connection::open(self.address) else { return Answer::default() };
        let mut out = Vec::new();
        for part in parts {
            let bytes = match part {
                RawPart::Text(text) => self.fill(text, false).into_bytes(),
                RawPart::Repeat { repeat, times } => repeat.repeat(*times).into_bytes(),
                RawPart::Signed { signed_head } => self.head_and_body(signed_head).0,
                RawPart::Wait { wait_s } => {
                    match connection.read_some(Duration::from_secs_f64(*wait_s)) {
                        Ok(block) => out.extend([b"<<recv after pause>>".as_slice(), &block].concat()),
                        Err(_) => out.extend_from_slice(b"<<nothing>>"),
                    }
                    continue;
                }
            };
            if connection.send(&bytes).is_err() {
                break;
            }
        }
        let (rest, end) = connection.read_to_end(Duration::from_secs(1));
        out.extend(rest);
        out.extend_from_slice(match end {
            End::Closed => b"<<closed by server>>".as_slice(),
            End::Quiet => b"<<TimeoutError>>",
            End::Reset => b"<<ConnectionResetError>>",
            End::Failed => b"<<OSError>>",
        });
        let text = String::from_utf8_lossy(&out);
        let status = text.strip_prefix("HTTP/").and_then(|t| t.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        Answer { status, body: out, ..Answer::default() }
    }

    /// Puts values in the place of `<<name>>`; in a query they are escaped.
    fn fill(&self, text: &str, escaped: bool) -> String {
        let mut out = text.to_owned();
        for (name, value) in &self.values {
            let value = if escaped { sign::escape(value) } else { value.clone() };
            out = out.replace(&format!("<<{name}>>"), &value);
        }
        out
    }
}

/// The keys that the recipes name.
pub(crate) fn key(name: &str) -> Key {
    match name {
        "A" => Key::new("DO00TESTKEYAAAAAAAAA", "dosecretdosecretdosecretdosecretdosecret123"),
        "B" => Key::new("DO00OTHERKEYBBBBBBBB", "othersecretothersecretothersecretother12345"),
        "C" => Key::new("DO00EMPTYKEYCCCCCCCC", "emptysecretemptysecretemptysecretempty1234"),
        "A-wrong-secret" => Key::new("DO00TESTKEYAAAAAAAAA", "wrong"),
        "unknown" => Key::new("DO00NOSUCHKEYXXXXXXX", "wrong"),
        other => panic!("no key is called {other}"),
    }
}

fn add_length(request: &Request, draft: &mut Draft) {
    let framed = draft
        .headers
        .iter()
        .any(|(n, _)| n.eq_ignore_ascii_case("content-length") || n.eq_ignore_ascii_case("transfer-encoding"));
    let wanted = !draft.body.is_empty() || matches!(request.method.as_str(), "PUT" | "POST");
    if wanted && !framed && !request.no_length {
        draft.headers.push(("Content-Length".to_owned(), draft.body.len().to_string()));
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

fn sign_v4(key: &Key, scope: &Scope, how: &Signing, request: &Request, draft: &mut Draft) {
    let hash = match header(&draft.headers, "x-amz-content-sha256") {
        Some(given) => given.to_owned(),
        None => {
            let hash = sign::sha256_hex(&draft.body);
            if how.hash_header != Some(false) {
                draft.headers.push(("x-amz-content-sha256".to_owned(), hash.clone()));
            }
            hash
        }
    };
    if header(&draft.headers, "x-amz-date").or(header(&draft.headers, "date")).is_none() {
        draft.headers.push(("x-amz-date".to_owned(), scope.amz_date()));
    }
    let made = sign::v4(
        key,
        scope,
        &Signed {
            method: &request.method,
            path: &request.path,
            query: &draft.query,
            headers: &draft.headers,
            names: how.signed_headers.as_deref(),
            payload_hash: &hash,
        },
    );
    if let Some(chunks) = &request.chunks {
        draft.body = chunked(chunks, &scope.signing_key(&key.secret), scope, &made.signature);
        draft.headers.push(("Content-Length".to_owned(), draft.body.len().to_string()));
    }
    let authorization = match &how.authorization {
        None => sign::authorization(key, scope, &made),
        Some(template) => template
            .replace("<<key>>", &key.id)
            .replace("<<date>>", &scope.date())
            .replace("<<region>>", &scope.region)
            .replace("<<service>>", &scope.service)
            .replace("<<signed>>", &made.names)
            .replace("<<signature>>", &made.signature),
    };
    draft.headers.push(("Authorization".to_owned(), authorization));
}

fn sign_v2(key: &Key, scope: &Scope, how: &Signing, request: &Request, draft: &mut Draft) {
    if header(&draft.headers, "date").is_none() {
        draft.headers.push(("Date".to_owned(), httpdate::fmt_http_date(scope.at.into())));
    }
    let signature = sign::v2(key, &request.method, &request.path, &draft.query, &draft.headers);
    let usual = format!("AWS {}:{signature}", key.id);
    draft.headers.push(("Authorization".to_owned(), how.authorization.clone().unwrap_or(usual)));
}

fn presigned_v4(key: &Key, scope: &Scope, how: &Signing, request: &Request, headers: &[(String, String)]) -> String {
    let mut signed = vec![("host".to_owned(), header(headers, "host").unwrap_or_default().to_owned())];
    signed.extend(how.signed_values.iter().cloned());
    let method = how.method.as_deref().unwrap_or(&request.method);
    let expires = how.expires.as_deref().unwrap_or("3600");
    let mut query = sign::presign_v4(key, scope, method, &request.path, &how.query, expires, &signed);
    if let Some(name) = &how.drop {
        let kept: Vec<&str> = query.split('&').filter(|p| p.split('=').next() != Some(name)).collect();
        query = kept.join("&");
    }
    if how.lowercase {
        query = query.replace("X-Amz-", "x-amz-");
    }
    query + &how.append
}

/// The aws-chunked framing of a body, each chunk signed after the one before it.
fn chunked(chunks: &Chunks, signing_key: &[u8], scope: &Scope, seed: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut previous = seed.to_owned();
    let data = chunks.data.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone().into_bytes(),
        Piece::Repeat { repeat, times } | Piece::Each { each: repeat, times } => repeat.repeat(*times).into_bytes(),
    });
    for (number, data) in data.chain(chunks.ended.then(Vec::new)).enumerate() {
        previous = sign::chunk(signing_key, scope, &previous, &data);
        let shown = if chunks.bad == Some(number) { "0".repeat(64) } else { previous.clone() };
        out.extend_from_slice(format!("{:x};chunk-signature={shown}\r\n", data.len()).as_bytes());
        out.extend_from_slice(&data);
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn policy_text(expires_in_s: i64, conditions: &str) -> String {
    let at = Scope::now(expires_in_s).at;
    let expiration = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    );
    STANDARD.encode(format!("{{\"expiration\": \"{expiration}\", \"conditions\": {conditions}}}"))
}

/// A value for later steps; `absent` where the answer lacks it, so that a poor server still gets the later cases.
fn saved_value(answer: &Answer, from: &str) -> String {
    let found = match from.split_once(':') {
        Some(("xml", tag)) => answer.xml(tag),
        Some(("header", name)) => answer.header(name).map(|v| v.trim_matches('"').to_owned()),
        _ => panic!("a value is saved from xml: or header:, not {from}"),
    };
    found.unwrap_or_else(|| "absent".to_owned())
}
