//! Why a document is no policy.

/// What is wrong in it; the wire has words for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyFault {
    /// It is no JSON object.
    Json,
    /// A member has a value of a wrong form.
    Syntax,
    /// `Version` is none that there is.
    Version,
    /// A member that there is not.
    UnknownField(String),
    /// A member is not there, or empty.
    Missing(&'static str),
    /// `Effect` is this.
    Effect(String),
    /// A principal is not understood.
    Principal,
    /// `NotPrincipal` stands in a statement that allows.
    AllowsAllOthers,
    /// An action is not known.
    Action,
    /// A resource is none of S3's, or of another bucket.
    Resource,
    /// There is no such condition operator.
    Operator(String),
    /// There is no such condition key.
    ConditionKey,
    /// Two statements have the same `Sid`.
    SidTwice,
    /// An action is about nothing that the statement names.
    ActionElsewhere,
    /// An action does not know a condition's key.
    ConditionElsewhere,
}

/// Why a document is no policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// What is wrong.
    pub fault: PolicyFault,
    /// In plain words, for the explanation.
    pub because: String,
}

pub(super) fn refuse<T>(fault: PolicyFault, because: impl Into<String>) -> Result<T, PolicyError> {
    Err(PolicyError { fault, because: because.into() })
}
