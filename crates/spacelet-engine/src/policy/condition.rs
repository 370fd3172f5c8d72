//! Conditions: an operator, a key, and the values that are listed for it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::variables::expanded;
use super::wildcard::{Symbol, matches, matches_symbols, plain};
use super::{Dialect, Environment, Variables};

mod fixed;
pub(super) mod known;
mod values;
pub use values::Network;
use values::{as_bool, as_date, as_network, as_number};

/// One condition: all of a statement's must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    operator: Operator,
    /// For keys that have several values.
    set: Set,
    if_exists: bool,
    key: String,
    values: Vec<String>,
}

/// How the several values of a key are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    /// One of them meets it.
    Any,
    /// All of them meet it, also when there is none.
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Text {
        compare: Text,
        is_negated: bool,
    },
    Number(Order),
    Date(Order),
    Bool,
    Binary,
    Ip {
        is_negated: bool,
    },
    /// ARNs, which RGW does not compare.
    Arn {
        is_negated: bool,
    },
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Equal,
    EqualAnyCase,
    Like,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Order {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "Equals" => Self::Equal,
            "NotEquals" => Self::NotEqual,
            "LessThan" => Self::Less,
            "LessThanEquals" => Self::LessEqual,
            "GreaterThan" => Self::Greater,
            "GreaterThanEquals" => Self::GreaterEqual,
            _ => return None,
        })
    }

    fn holds<T: PartialOrd>(self, actual: &T, listed: &T) -> bool {
        match self {
            Self::Equal => actual == listed,
            Self::NotEqual => actual != listed,
            Self::Less => actual < listed,
            Self::LessEqual => actual <= listed,
            Self::Greater => actual > listed,
            Self::GreaterEqual => actual >= listed,
        }
    }
}

/// A listed value, its variables replaced.
enum Listed<'a> {
    Text(Cow<'a, str>),
    /// In which some stars may be no wildcards.
    Pattern(Vec<Symbol>),
}

impl Listed<'_> {
    fn is_like(&self, actual: &str) -> bool {
        match self {
            Self::Text(text) => matches(text, actual),
            Self::Pattern(symbols) => matches_symbols(symbols, actual.as_bytes()),
        }
    }

    /// As it is written; only what asks whether a value is like it has patterns.
    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Pattern(_) => "",
        }
    }
}

impl Operator {
    fn parse(name: &str) -> Option<Self> {
        let text = |compare, is_negated| Some(Self::Text { compare, is_negated });
        match name {
            "StringEquals" => text(Text::Equal, false),
            "StringNotEquals" => text(Text::Equal, true),
            "StringEqualsIgnoreCase" => text(Text::EqualAnyCase, false),
            "StringNotEqualsIgnoreCase" => text(Text::EqualAnyCase, true),
            "StringLike" => text(Text::Like, false),
            "StringNotLike" => text(Text::Like, true),
            "Bool" => Some(Self::Bool),
            "BinaryEquals" => Some(Self::Binary),
            "IpAddress" => Some(Self::Ip { is_negated: false }),
            "NotIpAddress" => Some(Self::Ip { is_negated: true }),
            "ArnEquals" | "ArnLike" => Some(Self::Arn { is_negated: false }),
            "ArnNotEquals" | "ArnNotLike" => Some(Self::Arn { is_negated: true }),
            "Null" => Some(Self::Null),
            _ => match (name.strip_prefix("Numeric"), name.strip_prefix("Date")) {
                (Some(order), _) => Order::parse(order).map(Self::Number),
                (_, Some(order)) => Order::parse(order).map(Self::Date),
                (None, None) => None,
            },
        }
    }

    fn is_negated(self) -> bool {
        match self {
            Self::Text { is_negated, .. } | Self::Ip { is_negated } | Self::Arn { is_negated } => is_negated,
            Self::Number(order) | Self::Date(order) => order == Order::NotEqual,
            Self::Bool | Self::Binary | Self::Null => false,
        }
    }

    /// Whether one value of the request meets one listed value; `None` when either cannot be read.
    fn meets(self, actual: &str, value: &Listed<'_>) -> Option<bool> {
        let listed = value.text();
        Some(match self {
            Self::Text { compare, is_negated } => {
                let is_same = match compare {
                    Text::Equal => actual == listed,
                    Text::EqualAnyCase => actual.eq_ignore_ascii_case(listed),
                    Text::Like => value.is_like(actual),
                };
                is_same != is_negated
            }
            Self::Number(order) => order.holds(&as_number(actual)?, &as_number(listed)?),
            Self::Date(order) => order.holds(&as_date(actual)?, &as_date(listed)?),
            Self::Bool => as_bool(actual) == as_bool(listed),
            Self::Binary => STANDARD.decode(actual).ok()? == STANDARD.decode(listed).ok()?,
            Self::Ip { is_negated } => as_network(actual)?.meets(as_network(listed)?) != is_negated,
            Self::Arn { is_negated } => value.is_like(actual) != is_negated,
            Self::Null => return None,
        })
    }
}

impl Condition {
    /// `None` when there is no such operator.
    pub(super) fn new(operator: &str, key: String, values: Vec<String>, dialect: Dialect) -> Option<Self> {
        let (name, if_exists) = match operator.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (operator, false),
        };
        let (set, name) = match (name.strip_prefix("ForAllValues:"), name.strip_prefix("ForAnyValue:")) {
            (Some(name), _) => (Set::All, name),
            (_, Some(name)) => (Set::Any, name),
            (None, None) => (Set::Any, name),
        };
        let is_for_sets = operator.starts_with("For");
        let known = Operator::parse(name)?;
        let has_set_form = matches!(known, Operator::Text { is_negated: false, .. });
        if is_for_sets && !has_set_form && !dialect.has_all_operators {
            return None;
        }
        Some(Self { operator: known, set, if_exists, key, values })
    }

    /// What it looks at.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the request meets it.
    pub(super) fn holds(&self, environment: &Environment, dialect: Dialect) -> bool {
        let actual: Vec<&str> = environment.values(&self.key, dialect).collect();
        if self.operator == Operator::Null {
            let wants_absent = !dialect.null_reads_its_value || self.values.iter().any(|value| as_bool(value));
            return actual.is_empty() == wants_absent;
        }
        if actual.is_empty() {
            let is_met = self.operator.is_negated() && dialect.negation_is_none_of;
            return self.if_exists || self.set == Set::All || is_met;
        }
        if matches!(self.operator, Operator::Arn { .. }) && !dialect.has_all_operators {
            return false;
        }
        let listed = self.listed(environment, dialect);
        match self.set {
            Set::Any => actual.iter().any(|value| self.value_holds(value, &listed, dialect)),
            Set::All => actual.iter().all(|value| self.value_holds(value, &listed, dialect)),
        }
    }

    fn value_holds(&self, actual: &str, listed: &[Listed<'_>], dialect: Dialect) -> bool {
        let is_none_of = match self.operator {
            Operator::Ip { is_negated } => is_negated,
            Operator::Text { .. }
            | Operator::Number(_)
            | Operator::Date(_)
            | Operator::Bool
            | Operator::Binary
            | Operator::Arn { .. }
            | Operator::Null => self.operator.is_negated() && dialect.negation_is_none_of,
        };
        let mut met = listed.iter().filter_map(|value| self.operator.meets(actual, value));
        if !is_none_of {
            return met.any(|is_met| is_met);
        }
        let is_readable = !matches!(self.operator, Operator::Ip { .. }) || as_network(actual).is_some();
        is_readable && met.all(|is_met| is_met)
    }

    /// The listed values. To RGW `${key}` alone stands for the request's values of that key; what names a variable
    /// without a value is left out.
    fn listed<'a>(&'a self, environment: &'a Environment, dialect: Dialect) -> Vec<Listed<'a>> {
        let whole = |value: &'a str| value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let as_is = |value| Listed::Text(Cow::Borrowed(value));
        let mut listed = Vec::new();
        for value in &self.values {
            match (dialect.variables, whole(value)) {
                (Variables::Whole, Some(key)) => listed.extend(environment.values(key, dialect).map(as_is)),
                (Variables::Within, _) if value.contains("${") => {
                    listed.extend(expanded(value, environment, dialect).map(|symbols| self.replaced(symbols)));
                }
                _ => listed.push(as_is(value)),
            }
        }
        listed
    }

    fn replaced(&self, symbols: Vec<Symbol>) -> Listed<'static> {
        match matches!(self.operator, Operator::Text { compare: Text::Like, .. } | Operator::Arn { .. }) {
            true => Listed::Pattern(symbols),
            false => Listed::Text(Cow::Owned(String::from_utf8_lossy(&plain(&symbols)).into_owned())),
        }
    }

    /// What in it does not do what it seems to say.
    pub(super) fn remark(&self, dialect: Dialect) -> Option<&'static str> {
        let asks_presence = self.values.iter().any(|value| value == "false");
        if self.operator == Operator::Null && asks_presence && !dialect.null_reads_its_value {
            return Some("Null asks for an absent key whatever its value, on RGW");
        }
        if matches!(self.operator, Operator::Arn { .. }) && !dialect.has_all_operators {
            return Some("conditions on ARNs never hold on RGW");
        }
        let is_any = self.operator.is_negated() && !dialect.negation_is_none_of && self.values.len() > 1;
        if is_any && !matches!(self.operator, Operator::Ip { .. }) {
            return Some("a negated condition holds as soon as one of its values does not match, on RGW");
        }
        None
    }
}
