//! POST form uploads: who signed the form's policy, and whether the form keeps to it.
//!
//! What a form is refused for is said twice: in the words that RGW 16 puts into `Message`, and in Amazon's.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::chunk_signer::same;
use crate::claim::{V4_SCHEME, parse_credential};
use crate::date::parse_extended;
use crate::hash::{SigningKey, sign_v2};
use crate::{Scope, sign::Credentials};

/// Fields that a policy need not name, since they carry the signature itself.
const UNCHECKED_FIELDS: [&str; 5] = ["policy", "signature", "awsaccesskeyid", "x-amz-signature", "file"];

/// Why a form was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostError {
    /// A field of the signature is missing. RGW: 400 `InvalidArgument` with this message.
    Missing {
        /// Its name.
        field: &'static str,
        /// RGW's words.
        message: &'static str,
    },
    /// The policy cannot be read. RGW: 400 `InvalidArgument` with the fault's message.
    Invalid(PolicyFault),
    /// The form does not keep to its policy. RGW: 403 `AccessDenied` with the breach's message.
    Refused(PolicyBreach),
    /// The credential has another shape. RGW: 403 `AccessDenied` with an empty message.
    Credential,
    /// The signature is wrong. RGW: 403 `AccessDenied` with an empty message.
    Signature,
    /// The file is longer than the policy allows. RGW: 400 `EntityTooLarge`.
    TooLarge,
    /// The file is shorter than the policy asks. RGW: 400 `EntityTooSmall`.
    TooSmall,
}

/// What is wrong with a policy document. `Display` has RGW's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyFault {
    /// It is not base64.
    Encoding,
    /// It is not JSON.
    Json,
    /// It has no `expiration`.
    NoExpiration,
    /// Its `expiration` is no time: what it is.
    Expiration(String),
    /// It has no `conditions`.
    NoConditions,
    /// Its `conditions` are no list.
    NoList,
    /// One of them is neither a list nor an object.
    NoCondition,
    /// One of them has not three parts: its operator.
    Arguments(String),
    /// One of them has an operator that is not known.
    Operator(String),
    /// A bound of `content-length-range` is no number.
    Range,
}

/// How a form departs from its policy. `Display` has RGW's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyBreach {
    /// It came too late.
    Expired,
    /// A field that `{"name": "value"}` asks for is missing.
    Absent {
        /// The field.
        name: String,
        /// What it should be.
        value: String,
    },
    /// A field that `{"name": "value"}` asks for is another one.
    Other {
        /// The field.
        name: String,
        /// What it should be.
        value: String,
    },
    /// `["eq" or "starts-with", left, right]` does not hold.
    Unmet {
        /// `eq` or `starts-with`.
        operator: &'static str,
        /// Mostly `$` and a field's name.
        left: String,
        /// What it is compared with.
        right: String,
    },
    /// No condition is about this field.
    Extra(String),
}

impl PolicyFault {
    /// Amazon S3's words, as versitygw's tests found them there.
    #[must_use]
    pub fn amazons(&self) -> String {
        let what = match self {
            Self::Encoding => "invalid Base64 encoding.".to_owned(),
            Self::Json | Self::Range => "Invalid JSON.".to_owned(),
            Self::NoExpiration => "Policy missing expiration.".to_owned(),
            Self::Expiration(found) => format!("Invalid 'expiration' value: '{found}'"),
            Self::NoConditions => "Policy missing conditions.".to_owned(),
            Self::NoList => "Invalid 'conditions' value: must be a List.".to_owned(),
            Self::NoCondition => "Invalid condition test: must be a List or Object.".to_owned(),
            Self::Arguments(operator) => format!("Invalid {operator}: wrong number of arguments."),
            Self::Operator(operator) => format!("Invalid Condition: unknown operation '{operator}'."),
        };
        format!("Invalid Policy: {what}")
    }
}

impl PolicyBreach {
    /// Amazon S3's words, as versitygw's tests found them there.
    #[must_use]
    pub fn amazons(&self) -> String {
        let what = match self {
            Self::Expired => "Policy expired.".to_owned(),
            Self::Absent { name, value } | Self::Other { name, value } => {
                format!("Policy Condition failed: [\"eq\", \"${name}\", \"{value}\"]")
            }
            Self::Unmet { operator, left, right } => {
                format!("Policy Condition failed: [\"{operator}\", \"{left}\", \"{right}\"]")
            }
            Self::Extra(name) => format!("Extra input fields: {}", name.to_ascii_lowercase()),
        };
        format!("Invalid according to Policy: {what}")
    }
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => f.write_str("Could not decode policy"),
            Self::Json => f.write_str("Malformed JSON"),
            Self::NoExpiration => f.write_str("Policy missing expiration"),
            Self::Expiration(_) => f.write_str("Failed to parse policy expiration"),
            Self::NoConditions => f.write_str("Policy missing conditions"),
            Self::NoList | Self::NoCondition => f.write_str("Failed to parse policy"),
            Self::Arguments(_) => f.write_str("Bad condition array, expecting 3 arguments"),
            Self::Operator(operator) => write!(f, "Invalid condition: {operator}"),
            Self::Range => f.write_str("Bad content-length-range param"),
        }
    }
}

impl fmt::Display for PolicyBreach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("Policy expired"),
            Self::Absent { name, .. } => write!(f, "Policy check failed, variable not found: {name}"),
            Self::Other { name, .. } => write!(f, "Policy check failed, variable not met condition: {name}"),
            Self::Unmet { operator, left, right } => write!(f, "Policy condition failed: {operator}: {left}, {right}"),
            Self::Extra(name) => write!(f, "Policy missing condition: {name}"),
        }
    }
}

impl fmt::Display for PostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { message, .. } => f.write_str(message),
            Self::Invalid(fault) => fault.fmt(f),
            Self::Refused(breach) => breach.fmt(f),
            Self::Credential => {
                f.write_str("the form's credential is not of the form key/YYYYMMDD/region/s3/aws4_request")
            }
            Self::Signature => f.write_str("the signature of the form's policy is wrong"),
            Self::TooLarge => f.write_str("the file is longer than the policy's content-length-range allows"),
            Self::TooSmall => f.write_str("the file is shorter than the policy's content-length-range asks"),
        }
    }
}

impl std::error::Error for PostError {}

/// The fields of a form before its file. Names are compared without regard to case.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    fields: &'a [(String, String)],
}

impl<'a> Form<'a> {
    /// The fields in the order sent.
    #[must_use]
    pub fn new(fields: &'a [(String, String)]) -> Self {
        Self { fields }
    }

    /// A field's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn needed(&self, field: &'static str, message: &'static str) -> Result<&'a str, PostError> {
        self.get(field).ok_or(PostError::Missing { field, message })
    }
}

/// Who signed a form's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormClaim<'a> {
    /// The form has no policy.
    Anonymous,
    /// Signed as V4 does.
    V4 {
        /// The access key's id.
        access_key: String,
        /// The credential's scope, not enforced.
        scope: Scope,
        /// The policy in base64, which is what is signed.
        policy: &'a str,
        /// 64 hexadecimal digits.
        signature: &'a str,
    },
    /// Signed as V2 does.
    V2 {
        /// The access key's id.
        access_key: String,
        /// The policy in base64, which is what is signed.
        policy: &'a str,
        /// Base64.
        signature: &'a str,
    },
}

impl<'a> FormClaim<'a> {
    /// Reads who signed the form.
    ///
    /// # Errors
    /// [`PostError::Missing`] when a field of the signature is missing, [`PostError::Credential`] for a credential of no
    /// known shape.
    pub fn parse(form: &Form<'a>) -> Result<Self, PostError> {
        let Some(policy) = form.get("policy") else { return Ok(Self::Anonymous) };
        if form.get("x-amz-algorithm") == Some(V4_SCHEME) {
            let credential = form.needed("x-amz-credential", "Missing aws4 credentials")?;
            let signature = form.needed("x-amz-signature", "Missing aws4 signature")?;
            form.needed("x-amz-date", "Missing aws4 date")?;
            let (access_key, scope) = parse_credential(credential).or(Err(PostError::Credential))?;
            return Ok(Self::V4 { access_key, scope, policy, signature });
        }
        let access_key = form.needed("AWSAccessKeyId", "Missing aws2 access key")?.to_owned();
        let signature = form.needed("signature", "Missing aws2 signature")?;
        Ok(Self::V2 { access_key, policy, signature })
    }

    /// The access key's id; `None` for an anonymous form.
    #[must_use]
    pub fn access_key(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::V4 { access_key, .. } | Self::V2 { access_key, .. } => Some(access_key),
        }
    }

    /// The policy in base64; `None` for an anonymous form.
    #[must_use]
    pub fn policy(&self) -> Option<&'a str> {
        match self {
            Self::Anonymous => None,
            Self::V4 { policy, .. } | Self::V2 { policy, .. } => Some(policy),
        }
    }

    /// Judges the signature. An anonymous form is always right.
    ///
    /// # Errors
    /// [`PostError::Signature`].
    pub fn verify(&self, secret: &str) -> Result<(), PostError> {
        let right = match self {
            Self::Anonymous => true,
            Self::V4 { scope, policy, signature, .. } => {
                same(&SigningKey::derive(secret, scope).sign(policy.as_bytes()), signature.as_bytes())
            }
            Self::V2 { policy, signature, .. } => {
                same(sign_v2(secret, policy.as_bytes()).as_bytes(), signature.as_bytes())
            }
        };
        if right { Ok(()) } else { Err(PostError::Signature) }
    }
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostPolicy {
    expires_s: i64,
    conditions: Vec<Condition>,
    length_min: u64,
    length_max: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// `{"acl": "private"}`.
    Field { name: String, value: String },
    /// `["eq", "$acl", "private"]`.
    Equal { left: String, right: String },
    /// `["starts-with", "$key", "user/"]`.
    StartsWith { left: String, right: String },
}

impl PostPolicy {
    /// Reads a policy document in base64.
    ///
    /// # Errors
    /// [`PostError::Invalid`].
    pub fn parse(base64: &str) -> Result<Self, PostError> {
        let invalid = PostError::Invalid;
        let json = STANDARD.decode(base64).or(Err(invalid(PolicyFault::Encoding)))?;
        let policy: Value = serde_json::from_slice(&json).or(Err(invalid(PolicyFault::Json)))?;
        let expiration = policy.get("expiration").ok_or(invalid(PolicyFault::NoExpiration))?;
        let expires_s = expiration.as_str().and_then(parse_extended);
        let expires_s = expires_s.ok_or_else(|| invalid(PolicyFault::Expiration(text(expiration))))?;
        let conditions = policy.get("conditions").ok_or(invalid(PolicyFault::NoConditions))?;
        let conditions = conditions.as_array().ok_or(invalid(PolicyFault::NoList))?;
        let mut parsed = Self { expires_s, conditions: Vec::new(), length_min: 0, length_max: u64::MAX };
        for condition in conditions {
            match condition {
                Value::Object(fields) if !fields.is_empty() => {
                    let fields =
                        fields.iter().map(|(name, value)| Condition::Field { name: name.clone(), value: text(value) });
                    parsed.conditions.extend(fields);
                }
                Value::Array(parts) => parsed.add(parts)?,
                Value::Object(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
                    return Err(invalid(PolicyFault::NoCondition));
                }
            }
        }
        Ok(parsed)
    }

    fn add(&mut self, parts: &[Value]) -> Result<(), PostError> {
        let [operator, left, right] = parts else {
            return Err(PostError::Invalid(PolicyFault::Arguments(parts.first().map(text).unwrap_or_default())));
        };
        let (operator, left, right) = (text(operator), text(left), text(right));
        match operator.to_ascii_lowercase().as_str() {
            "eq" => self.conditions.push(Condition::Equal { left, right }),
            "starts-with" => self.conditions.push(Condition::StartsWith { left, right }),
            "content-length-range" => {
                self.length_min = self.length_min.max(length(&left)?);
                self.length_max = self.length_max.min(length(&right)?);
            }
            _ => return Err(PostError::Invalid(PolicyFault::Operator(operator))),
        }
        Ok(())
    }

    /// Whether the form keeps to the policy at a time of the world. `key` is the object's key with `${filename}` put in.
    /// Every field must be named by a condition, but those that carry the signature and `x-ignore-...`.
    ///
    /// # Errors
    /// [`PostError::Refused`].
    pub fn check(&self, form: &Form<'_>, bucket: &str, key: &str, world_s: i64) -> Result<(), PostError> {
        if self.expires_s <= world_s {
            return Err(PostError::Refused(PolicyBreach::Expired));
        }
        let value_of = |name: &str| match name {
            _ if name.eq_ignore_ascii_case("bucket") => Some(bucket),
            _ if name.eq_ignore_ascii_case("key") => Some(key),
            _ => form.get(name),
        };
        // Conditions of the short form come first in RGW, so their message wins when several fail.
        let (short, long): (Vec<_>, Vec<_>) =
            self.conditions.iter().partition(|condition| matches!(condition, Condition::Field { .. }));
        for condition in short.into_iter().chain(long) {
            condition.check(value_of)?;
        }
        let sent = form.fields.iter().map(|(name, _)| name.as_str()).filter(|name| !needs_no_condition(name));
        for name in ["bucket", "key"].into_iter().chain(sent) {
            if !self.conditions.iter().any(|condition| condition.names(name)) {
                return Err(PostError::Refused(PolicyBreach::Extra(name.to_owned())));
            }
        }
        Ok(())
    }

    /// Whether a file of so many bytes is within the policy's `content-length-range`.
    ///
    /// # Errors
    /// [`PostError::TooLarge`] or [`PostError::TooSmall`].
    pub fn check_length(&self, file_bytes: u64) -> Result<(), PostError> {
        if file_bytes > self.length_max {
            return Err(PostError::TooLarge);
        }
        if file_bytes < self.length_min { Err(PostError::TooSmall) } else { Ok(()) }
    }

    /// The longest file that the policy allows, in bytes.
    #[must_use]
    pub fn length_max(&self) -> u64 {
        self.length_max
    }
}

impl Condition {
    fn names(&self, field: &str) -> bool {
        match self {
            Self::Field { name, .. } => name.eq_ignore_ascii_case(field),
            Self::Equal { left, right } | Self::StartsWith { left, right } => [left, right]
                .into_iter()
                .filter_map(|side| side.strip_prefix('$'))
                .any(|name| name.eq_ignore_ascii_case(field)),
        }
    }

    fn check<'v>(&self, value_of: impl Fn(&str) -> Option<&'v str>) -> Result<(), PostError> {
        let side = |text: &str| match text.strip_prefix('$') {
            Some(name) => value_of(name).unwrap_or_default().to_owned(),
            None => text.to_owned(),
        };
        let unmet = |operator, left: &String, right: &String| PolicyBreach::Unmet {
            operator,
            left: left.clone(),
            right: right.clone(),
        };
        let breach = match self {
            Self::Field { name, value } => match value_of(name) {
                None => PolicyBreach::Absent { name: name.clone(), value: value.clone() },
                Some(found) if found != value => PolicyBreach::Other { name: name.clone(), value: value.clone() },
                Some(_) => return Ok(()),
            },
            Self::Equal { left, right } if side(left) != side(right) => unmet("eq", left, right),
            Self::StartsWith { left, right } if !side(left).starts_with(&side(right)) => {
                unmet("starts-with", left, right)
            }
            Self::Equal { .. } | Self::StartsWith { .. } => return Ok(()),
        };
        Err(PostError::Refused(breach))
    }
}

fn needs_no_condition(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    UNCHECKED_FIELDS.contains(&name.as_str()) || name.starts_with("x-ignore-") || name == "bucket" || name == "key"
}

/// A condition's value as text; RGW takes numbers for their digits.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A bound of a length range; RGW takes a negative one, which bounds nothing from below and everything from above.
fn length(text: &str) -> Result<u64, PostError> {
    let number = text.parse::<i64>().or(Err(PostError::Invalid(PolicyFault::Range)))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

/// Signs a policy document (JSON) as V4 does and gives the form's fields. The document must have conditions for
/// `x-amz-algorithm`, `x-amz-credential` and `x-amz-date`, whose values [`v4_fields`] gives.
#[must_use]
pub fn sign_v4(policy: &str, credentials: &Credentials<'_>, unix_s: i64) -> Vec<(String, String)> {
    let scope = scope_at(credentials, unix_s);
    let policy = STANDARD.encode(policy);
    let signature = SigningKey::derive(credentials.secret, &scope).sign(policy.as_bytes());
    let mut fields = v4_fields(credentials, unix_s);
    fields.push(("policy".to_owned(), policy));
    fields.push(("x-amz-signature".to_owned(), signature.iter().copied().map(char::from).collect()));
    fields
}

/// The fields of a V4 form that its policy must name.
#[must_use]
pub fn v4_fields(credentials: &Credentials<'_>, unix_s: i64) -> Vec<(String, String)> {
    let scope = scope_at(credentials, unix_s);
    vec![
        ("x-amz-algorithm".to_owned(), V4_SCHEME.to_owned()),
        ("x-amz-credential".to_owned(), format!("{}/{}", credentials.access_key, scope.as_str())),
        ("x-amz-date".to_owned(), crate::amz_date(unix_s)),
    ]
}

fn scope_at(credentials: &Credentials<'_>, unix_s: i64) -> Scope {
    let date = crate::amz_date(unix_s);
    Scope::new(date.get(..8).unwrap_or_default(), credentials.region, "s3")
}
