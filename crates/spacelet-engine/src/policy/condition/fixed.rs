//! Whether a condition lets in fixed values only (S3 user guide, "Blocking public access to your Amazon S3 storage",
//! "The meaning of public").

use super::values::as_network;
use super::{Condition, Operator, Set, Text};

/// What a value must be, to be fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fixed {
    /// Without a wildcard or a variable.
    Whole,
    /// A network that is not too broad.
    Network,
    /// Whole, and of no role's session.
    UserId,
    /// Its account is whole.
    AccessPoint,
}

/// The keys that may say who is let in.
const KEYS: [(&str, Fixed); 14] = [
    ("aws:SourceIp", Fixed::Network),
    ("aws:SourceArn", Fixed::Whole),
    ("aws:SourceVpc", Fixed::Whole),
    ("aws:SourceVpce", Fixed::Whole),
    ("aws:SourceOwner", Fixed::Whole),
    ("aws:SourceAccount", Fixed::Whole),
    ("aws:SourceOrgID", Fixed::Whole),
    ("aws:PrincipalArn", Fixed::Whole),
    ("aws:PrincipalAccount", Fixed::Whole),
    ("aws:PrincipalOrgID", Fixed::Whole),
    ("aws:PrincipalOrgPaths", Fixed::Whole),
    ("aws:userid", Fixed::UserId),
    ("s3:DataAccessPointArn", Fixed::AccessPoint),
    ("s3:DataAccessPointAccount", Fixed::Whole),
];
/// A network of fewer bits is too broad.
const V4_BITS_MIN: u32 = 8;
const V6_BITS_MIN: u32 = 32;

impl Condition {
    /// Whether it holds for fixed values of one of these keys, and for nobody else.
    pub(in crate::policy) fn is_fixed(&self) -> bool {
        let Some((_, kind)) = KEYS.iter().find(|(key, _)| key.eq_ignore_ascii_case(&self.key)) else { return false };
        // Whoever lacks the key would be let in.
        let lets_in_the_others = self.if_exists || self.set == Set::All;
        !lets_in_the_others && kind.suits(self.operator) && self.values.iter().all(|value| kind.is_met(value))
    }
}

impl Fixed {
    fn suits(self, operator: Operator) -> bool {
        match operator {
            Operator::Ip { is_negated: false } => self == Self::Network,
            Operator::Text { compare: Text::Equal | Text::EqualAnyCase | Text::Like, is_negated: false }
            | Operator::Arn { is_negated: false } => self != Self::Network,
            Operator::Ip { .. }
            | Operator::Text { .. }
            | Operator::Arn { .. }
            | Operator::Number(_)
            | Operator::Date(_)
            | Operator::Bool
            | Operator::Binary
            | Operator::Null => false,
        }
    }

    fn is_met(self, value: &str) -> bool {
        let is_whole = |text: &str| !text.contains(['*', '?']) && !text.contains("${");
        match self {
            Self::Whole => is_whole(value),
            Self::UserId => is_whole(value) && !value.contains(':'),
            Self::Network => as_network(value).is_some_and(|network| network.has_bits(V4_BITS_MIN, V6_BITS_MIN)),
            Self::AccessPoint => {
                value.split(':').nth(4).is_some_and(|account| !account.is_empty() && is_whole(account))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Dialect;
    use super::*;

    fn is_fixed(operator: &str, key: &str, values: &[&str]) -> bool {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Condition::new(operator, key.to_owned(), values, Dialect::AWS).is_some_and(|condition| condition.is_fixed())
    }

    /// The examples of "The meaning of public", and what is near them.
    #[test]
    fn fixed_values() {
        let point = "arn:aws:s3:us-west-2:123456789012:accesspoint/*";
        for (expected, operator, key, values) in [
            (true, "StringEquals", "aws:SourceVpc", &["vpc-91237329"][..]),
            (true, "StringLike", "AWS:sourcevpc", &["vpc-91237329"]),
            (true, "ForAnyValue:StringEquals", "aws:PrincipalOrgID", &["o-1", "o-2"]),
            (true, "ArnLike", "aws:SourceArn", &["arn:aws:sns:us-east-1:1:t"]),
            (true, "StringEquals", "aws:userid", &["AIDA1"]),
            (true, "ArnLike", "s3:DataAccessPointArn", &[point]),
            (false, "StringLike", "aws:SourceVpc", &["vpc-*"]),
            (false, "StringEquals", "aws:SourceVpc", &["vpc-1", "vpc-?"]),
            (false, "StringEquals", "aws:SourceVpc", &["${aws:SourceVpc}"]),
            (false, "StringNotEquals", "aws:SourceVpc", &["vpc-1"]),
            (false, "StringEqualsIfExists", "aws:PrincipalOrgID", &["o-1"]),
            (false, "ForAllValues:StringEquals", "aws:PrincipalOrgID", &["o-1"]),
            (false, "Null", "aws:PrincipalOrgID", &["false"]),
            (false, "StringLike", "aws:userid", &["AROAEXAMPLE:*"]),
            (false, "StringEquals", "aws:userid", &["AROAEXAMPLE:session"]),
            (false, "ArnLike", "s3:DataAccessPointArn", &["arn:aws:s3:us-west-2:*:accesspoint/mine"]),
            (false, "ArnLike", "s3:DataAccessPointArn", &["*"]),
            (false, "StringLike", "aws:Referer", &["https://a.example/"]),
            (false, "Bool", "aws:SecureTransport", &["true"]),
        ] {
            assert_eq!(is_fixed(operator, key, values), expected, "{operator} {key} {values:?}");
        }
    }

    #[test]
    fn broad_networks_are_not_fixed() {
        for (expected, network) in [
            (true, "203.0.113.0/24"),
            (true, "10.0.0.0/8"),
            (true, "8.8.8.8"),
            (true, "2001:db8::/32"),
            (false, "10.0.0.0/7"),
            (false, "0.0.0.0/0"),
            (false, "0.0.0.0/1"),
            (false, "2001::/31"),
            (false, "::/0"),
            (false, "anywhere"),
        ] {
            assert_eq!(is_fixed("IpAddress", "aws:SourceIp", &["192.0.2.1", network]), expected, "{network}");
        }
        assert!(!is_fixed("NotIpAddress", "aws:SourceIp", &["192.0.2.1"]));
        assert!(!is_fixed("StringEquals", "aws:SourceIp", &["192.0.2.1"]));
    }
}
