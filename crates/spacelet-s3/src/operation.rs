//! TABLE 1, the operations: which request is which operation, what it needs, and what each profile offers.
//!
//! Among the rows of a method and scope whose conditions all hold, the one with the most conditions wins; among equals
//! the earlier one (RGW's order of asking). Unknown query parameters choose nothing, as in RGW.

use std::collections::HashMap;
use std::sync::LazyLock;

use http::{HeaderMap, Method};
use spacelet_engine::access::Need;

use crate::error::{ErrorCode, S3Error, Shape};
use crate::query::Query;

pub(crate) mod digests;
mod notes;
mod rows;
pub(crate) use rows::Operation;
use rows::ROWS;

/// What the target names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `/`.
    Service,
    /// A bucket.
    Bucket,
    /// A key in a bucket.
    Object,
}

/// What a profile does with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It is served.
    Built,
    /// The emulated service does not have it: 501 with the service's words.
    NotOffered,
    /// The emulated service answers 501 with RGW's body.
    NotImplemented,
    /// 405.
    NotAllowed,
    /// The emulated service had it once: there is no such thing any more (404 `NoSuchKey`).
    Withdrawn,
    /// The emulated service does not know the sub-resource and serves the request as if it were not there.
    Ignored,
}

/// A condition of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// The query has the parameter, whatever its value.
    Has(&'static str),
    /// The query has the parameter with a value.
    Set(&'static str),
    /// The query has the parameter with this value.
    Is(&'static str, &'static str),
    /// The header is there.
    Header(&'static str),
    /// The body is a form (`multipart/form-data`).
    Form,
}

/// What the decision and the operation need to have read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Nothing.
    Nothing,
    /// A bucket that is about to be made: its name is checked.
    NewBucket,
    /// The bucket.
    Bucket,
    /// A key in the bucket, there or not.
    Key,
    /// The object (or the version that `versionId` names), which must be there.
    Object,
    /// The object that `x-amz-copy-source` names, and a key in the bucket.
    Copy,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) operation: Operation,
    pub(crate) verb: Verb,
    pub(crate) scope: Scope,
    pub(crate) when: &'static [When],
    pub(crate) need: Need,
    pub(crate) action: &'static str,
    pub(crate) subject: Subject,
    pub(crate) spaces: Status,
    pub(crate) aws: Status,
}

/// The methods that S3 has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    Get,
    Head,
    Put,
    Post,
    Delete,
    Options,
}

impl Verb {
    const ALL: [Self; 6] = [Self::Get, Self::Head, Self::Put, Self::Post, Self::Delete, Self::Options];

    fn of(method: &Method) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == method.as_str())
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

impl When {
    fn holds(self, query: &Query<'_>, headers: &HeaderMap) -> bool {
        match self {
            Self::Has(name) => query.has(name),
            Self::Set(name) => query.get_non_empty(name).is_some(),
            Self::Is(name, value) => query.get(name) == Some(value),
            Self::Header(name) => headers.contains_key(name),
            Self::Form => headers
                .get(http::header::CONTENT_TYPE)
                .is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"multipart/form-data")),
        }
    }
}

type Index = Vec<((Verb, Scope), Vec<&'static Row>)>;

/// Rows by method and scope, those with the most conditions first.
static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Vec::new();
    for verb in Verb::ALL {
        for scope in [Scope::Object, Scope::Bucket, Scope::Service] {
            let mut rows: Vec<&Row> = ROWS.iter().filter(|row| row.verb == verb && row.scope == scope).collect();
            rows.sort_by_key(|row| std::cmp::Reverse(row.when.len()));
            index.push(((verb, scope), rows));
        }
    }
    index
});

/// Rows by scope and the sub-resource that chooses them.
static SUB_RESOURCES: LazyLock<HashMap<(Scope, &str), Vec<&'static Row>>> = LazyLock::new(|| {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in ROWS {
        if let Some(name) = row.sub_resource() {
            found.entry((row.scope, name)).or_default().push(row);
        }
    }
    found
});

/// Which operation a request is. Signatures were not looked at yet, as in RGW.
///
/// # Errors
/// `MethodNotAllowed` where there is no such method on this scope.
pub(crate) fn find(
    is_aws: bool,
    method: &Method,
    scope: Scope,
    query: &Query<'_>,
    headers: &HeaderMap,
) -> Result<&'static Row, S3Error> {
    let row = Verb::of(method).and_then(|verb| {
        let (_, rows) = INDEX.iter().find(|(key, _)| *key == (verb, scope))?;
        rows.iter()
            .find(|row| row.status(is_aws) != Status::Ignored && row.when.iter().all(|w| w.holds(query, headers)))
    });
    let not_allowed =
        || S3Error::new(ErrorCode::MethodNotAllowed, format!("there is no {method} on {}", scope.words()));
    let row = row.copied().ok_or_else(not_allowed)?;
    match row.strays(is_aws, query) {
        None => Ok(row),
        Some(stray) if stray.status(is_aws) == Status::NotOffered => Ok(stray),
        Some(_) => Err(not_allowed()),
    }
}

impl Row {
    /// Whether the profile serves it.
    ///
    /// # Errors
    /// `NotImplemented`, `MethodNotAllowed`.
    pub(crate) fn offered(&self, is_aws: bool) -> Result<(), S3Error> {
        let refused = |code, why| Err(S3Error::new(code, why));
        match self.status(is_aws) {
            Status::Ignored | Status::Built => Ok(()),
            Status::NotOffered => {
                let why = format!("Spaces does not offer {}", self.name);
                Err(S3Error::new(ErrorCode::NotImplemented, why).with_shape(Shape::NotOffered))
            }
            Status::NotImplemented => {
                refused(ErrorCode::NotImplemented, format!("the gateway does not implement {}", self.name))
            }
            Status::Withdrawn => refused(ErrorCode::NoSuchKey, format!("S3 no longer has {}", self.name)),
            Status::NotAllowed => {
                let (verb, scope) = (self.verb.as_str(), self.scope.words());
                refused(ErrorCode::MethodNotAllowed, format!("there is no {verb} on {scope}"))
            }
        }
    }

    /// A row of another method for a sub-resource that the query names, where this row looks at none: what is meant for a
    /// part of a bucket must not become a listing or a deletion of all of it. None where RGW, so Spaces, falls through.
    fn strays(&self, is_aws: bool, query: &Query<'_>) -> Option<&'static Row> {
        let looks_at_one = self.when.iter().any(|when| matches!(when, When::Has(_) | When::Set(_)));
        if looks_at_one || self.verb == Verb::Options {
            return None;
        }
        query.pairs().find_map(|(name, _)| {
            let rows = SUB_RESOURCES.get(&(self.scope, name))?;
            let (first, is_a) = (rows.first()?, |wanted| rows.iter().all(|row| row.status(is_aws) == wanted));
            let is_refused = is_a(Status::NotOffered) || is_aws && self.verb != Verb::Head && !is_a(Status::Ignored);
            is_refused.then_some(*first)
        })
    }

    /// The query parameter that chooses the row, where one does by its name alone.
    pub(crate) fn sub_resource(&self) -> Option<&'static str> {
        self.when.iter().find_map(|when| match when {
            When::Has(name) => Some(*name),
            When::Set(_) | When::Is(..) | When::Header(_) | When::Form => None,
        })
    }

    fn status(&self, is_aws: bool) -> Status {
        if is_aws { self.aws } else { self.spaces }
    }
}

impl Scope {
    fn words(self) -> &'static str {
        match self {
            Self::Service => "the service",
            Self::Bucket => "a bucket",
            Self::Object => "an object",
        }
    }
}

/// A row of the operation table, for docs/COMPATIBILITY.md.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRow {
    /// AWS's name of the operation.
    pub name: &'static str,
    /// The method.
    pub method: &'static str,
    /// What the target names.
    pub scope: Scope,
    /// What else chooses it, as text: `?acl`, `?list-type=2`, `x-amz-copy-source:`.
    pub condition: String,
    /// The policy action that it needs.
    pub action: &'static str,
    /// In profile `spaces`.
    pub spaces: Status,
    /// In profile `aws`.
    pub aws: Status,
    /// What a client would notice of it in profile `aws`; empty where it does all that it says.
    pub aws_note: &'static str,
}

/// The whole operation table, in its order.
#[must_use]
pub fn operations() -> Vec<OperationRow> {
    ROWS.iter()
        .map(|row| OperationRow {
            name: row.name,
            method: row.verb.as_str(),
            scope: row.scope,
            condition: row.when.iter().map(|when| when.words()).collect::<Vec<_>>().join(" "),
            action: row.action,
            spaces: row.spaces,
            aws: row.aws,
            aws_note: notes::of(row.name),
        })
        .collect()
}

impl When {
    fn words(self) -> String {
        match self {
            Self::Has(name) => format!("?{name}"),
            Self::Set(name) => format!("?{name}=…"),
            Self::Is(name, value) => format!("?{name}={value}"),
            Self::Header(name) => format!("{name}:"),
            Self::Form => "a form".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
