//! Bucket policies: JSON in, a verdict with its reason out. Pure, in the words of Ceph RGW's `rgw_iam_policy` and of
//! AWS, "Policies and permissions in Amazon S3"; where the two disagree, [`Dialect`] says which.
//!
//! An explicit deny wins over every allow, whatever the order of statements. What no statement speaks of is
//! [`Verdict::Pass`]: then ACLs decide ([`crate::access`]).

mod action;
mod arn;
mod condition;
mod fault;
mod fit;
mod json;
mod principal;
mod read;
mod variables;
mod wildcard;

use std::fmt;

use crate::AccountId;
use action::ActionSet;
use arn::ResourcePattern;
use condition::Condition;
use principal::Principal;

pub use action::versioned as versioned_action;
pub use condition::Network;
pub use fault::{PolicyError, PolicyFault};

/// Where implementations of policies disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// `NotAction` without `Action` applies to all other actions. (RGW: such a statement never applies.)
    pub not_action_stands_alone: bool,
    /// `Null` reads its value: `"false"` asks for a key that is there. (RGW: it always asks for an absent one.)
    pub null_reads_its_value: bool,
    /// `StringNotEquals` and its kin hold when no listed value matches, and when the key is absent.
    /// (RGW: when any listed value does not match; never for an absent key.)
    pub negation_is_none_of: bool,
    /// `ArnLike` and its kin are compared, and every operator may be `ForAllValues:` or `ForAnyValue:`. (RGW: the
    /// former never hold, the latter exist for positive string operators.)
    pub has_all_operators: bool,
    /// A bare account id, `arn:aws:iam::ID:root` and `CanonicalUser` name an account. (RGW: they name a tenant, and
    /// accounts are `arn:aws:iam:::user/ID`.)
    pub names_accounts: bool,
    /// The case of condition keys does not count. (RGW: it does.)
    pub keys_ignore_case: bool,
    /// Each statement must have `Effect`, a principal, an action and a resource, and a principal must be understood.
    /// (RGW: a statement that lacks one never applies; without `Effect` it denies.)
    pub wants_whole_statements: bool,
    /// What is allowed to everybody is public unless a condition lets in fixed values only. (RGW: if an unsigned request
    /// from 1.1.1.1 meets the conditions.)
    pub public_unless_fixed: bool,
    /// What is allowed counts for other accounts' objects in the bucket too. (AWS: for its owner's only; what is denied
    /// counts for all.)
    pub reaches_others_objects: bool,
    /// Where variables are replaced.
    pub variables: Variables,
}

/// Where the request's values stand for the name of their key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variables {
    /// Nowhere: AWS, in policies of another `Version` than 2012-10-17.
    Nowhere,
    /// In conditions, where a value is a variable and nothing else (RGW).
    Whole,
    /// Anywhere in resources and in the values of conditions (AWS).
    Within,
}

impl Dialect {
    /// Ceph RGW 16, so Spaces.
    pub const RGW: Self = Self {
        not_action_stands_alone: false,
        null_reads_its_value: false,
        negation_is_none_of: false,
        has_all_operators: false,
        names_accounts: false,
        keys_ignore_case: false,
        wants_whole_statements: false,
        public_unless_fixed: false,
        reaches_others_objects: true,
        variables: Variables::Whole,
    };

    /// Amazon S3.
    pub const AWS: Self = Self {
        not_action_stands_alone: true,
        null_reads_its_value: true,
        negation_is_none_of: true,
        has_all_operators: true,
        names_accounts: true,
        keys_ignore_case: true,
        wants_whole_statements: true,
        public_unless_fixed: true,
        reaches_others_objects: false,
        variables: Variables::Within,
    };
}

/// A policy that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    dialect: Dialect,
    statements: Vec<Statement>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    sid: Option<String>,
    effect: Effect,
    principals: Option<Vec<Principal>>,
    not_principals: Option<Vec<Principal>>,
    actions: Option<ActionSet>,
    /// What each name of `Action` stands for.
    action_names: Vec<ActionSet>,
    not_actions: Option<ActionSet>,
    resources: Vec<ResourcePattern>,
    not_resources: Vec<ResourcePattern>,
    conditions: Vec<Condition>,
}

/// What conditions look at: keys (`aws:SourceIp`) with their values. A key may have several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment(Vec<(String, String)>);

impl Environment {
    /// Adds a value.
    pub fn add(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.push((key.into(), value.into()));
    }

    /// The values of a key.
    fn values<'a>(&'a self, key: &'a str, dialect: Dialect) -> impl Iterator<Item = &'a str> {
        let is_it = move |known: &str| match dialect.keys_ignore_case {
            true => known.eq_ignore_ascii_case(key),
            false => known == key,
        };
        self.0.iter().filter(move |(known, _)| is_it(known)).map(|(_, value)| value.as_str())
    }
}

/// One question to a policy.
#[derive(Debug, Clone, Copy)]
pub struct PolicyAsk<'a> {
    /// Who asks; `None`: nobody signed.
    pub account: Option<&'a AccountId>,
    /// The policy action, such as `s3:GetObject`.
    pub action: &'a str,
    /// `bucket`, or `bucket/key`.
    pub resource: &'a str,
    /// What conditions look at.
    pub environment: &'a Environment,
}

/// What a policy says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: no statement applies.
    Pass,
    /// Yes, by this statement.
    Allow(StatementName),
    /// No, by this statement, whatever others say.
    Deny(StatementName),
}

/// Which statement: its place, from 1, and its `Sid` if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementName {
    /// From 1.
    pub number: usize,
    /// `Sid`.
    pub sid: Option<String>,
}

impl fmt::Display for StatementName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(out, "statement {} ({sid})", self.number),
            None => write!(out, "statement {}", self.number),
        }
    }
}

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    /// [`PolicyError`] says what is wrong in it.
    pub fn parse(document: &[u8], dialect: Dialect) -> Result<Self, PolicyError> {
        read::policy(document, dialect)
    }

    /// What the policy says: the first deny that applies, else the first allow, else nothing.
    #[must_use]
    pub fn evaluate(&self, ask: &PolicyAsk<'_>) -> Verdict {
        let mut verdict = Verdict::Pass;
        for (at, statement) in self.statements.iter().enumerate() {
            if verdict != Verdict::Pass && statement.effect == Effect::Allow {
                continue;
            }
            if !statement.applies(ask, self.dialect) {
                continue;
            }
            let name = StatementName { number: at + 1, sid: statement.sid.clone() };
            match statement.effect {
                Effect::Deny => return Verdict::Deny(name),
                Effect::Allow => verdict = Verdict::Allow(name),
            }
        }
        verdict
    }

    /// Whether what it allows counts for other accounts' objects too.
    #[must_use]
    pub fn reaches_others_objects(&self) -> bool {
        self.dialect.reaches_others_objects
    }

    /// Whether a statement allows something to everybody, without a condition that only some meet (RGW's
    /// `IsPublicStatement`; S3 user guide, "The meaning of public").
    #[must_use]
    pub fn is_public(&self) -> bool {
        let mut anyone = Environment::default();
        anyone.add("aws:SourceIp", "1.1.1.1");
        anyone.add("aws:UserId", "anonymous");
        let is_open = |conditions: &[Condition]| match self.dialect.public_unless_fixed {
            true => !conditions.iter().any(Condition::is_fixed),
            false => conditions.iter().all(|condition| condition.holds(&anyone, self.dialect)),
        };
        let is_wild = |list: &[Principal]| list.contains(&Principal::Everyone);
        self.statements.iter().filter(|statement| statement.effect == Effect::Allow).any(|statement| {
            if statement.principals.as_deref().is_some_and(is_wild) {
                return is_open(&statement.conditions);
            }
            statement.not_principals.as_deref().is_some_and(|list| !is_wild(list))
        })
    }

    /// What in the policy does not do what it seems to say, for its author: RGW stores it without a word.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for (at, statement) in self.statements.iter().enumerate() {
            for remark in statement.remarks(self.dialect) {
                remarks.push(format!("{}: {remark}", StatementName { number: at + 1, sid: statement.sid.clone() }));
            }
        }
        remarks
    }
}

impl Statement {
    fn applies(&self, ask: &PolicyAsk<'_>, dialect: Dialect) -> bool {
        self.is_about_principal(ask.account)
            && self.is_about_resource(ask, dialect)
            && self.is_about_action(ask.action, dialect)
            && self.conditions.iter().all(|condition| condition.holds(ask.environment, dialect))
    }

    /// A statement that names nobody is about nobody.
    fn is_about_principal(&self, account: Option<&AccountId>) -> bool {
        let named = |list: &[Principal]| list.iter().any(|principal| principal.is(account));
        let (principals, others) = (self.principals.as_deref(), self.not_principals.as_deref());
        (principals.is_some() || others.is_some()) && principals.is_none_or(named) && !others.is_some_and(named)
    }

    /// `NotResource` counts only where there is no `Resource`, as in RGW.
    fn is_about_resource(&self, ask: &PolicyAsk<'_>, dialect: Dialect) -> bool {
        let named = |patterns: &[ResourcePattern]| {
            patterns.iter().any(|pattern| pattern.matches(ask.resource, ask.environment, dialect))
        };
        match (self.resources.as_slice(), self.not_resources.as_slice()) {
            ([], []) => false,
            ([], others) => !named(others),
            (patterns, _) => named(patterns),
        }
    }

    fn is_about_action(&self, action: &str, dialect: Dialect) -> bool {
        let excepted = self.not_actions.is_some_and(|set| set.contains(action));
        match self.actions {
            Some(set) => set.contains(action) && !excepted,
            None => dialect.not_action_stands_alone && self.not_actions.is_some() && !excepted,
        }
    }

    fn remarks(&self, dialect: Dialect) -> Vec<&'static str> {
        let mut remarks = Vec::new();
        if self.actions.is_none() && !dialect.not_action_stands_alone {
            remarks.push("without Action it never applies; on RGW NotAction only takes away from Action");
        }
        if self.principals.is_none() && self.not_principals.is_none() {
            remarks.push("it names no principal that is understood, so it never applies");
        }
        if self.resources.is_empty() && self.not_resources.is_empty() {
            remarks.push("it names no resource, so it never applies");
        }
        remarks.extend(self.conditions.iter().filter_map(|condition| condition.remark(dialect)));
        remarks
    }
}

#[cfg(test)]
#[path = "policy/tests.rs"]
mod tests;
