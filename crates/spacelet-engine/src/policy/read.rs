//! From JSON to a policy: which members there may be, and what they may hold (as RGW's parser takes them).

use std::collections::BTreeSet;

use super::action::ActionSet;
use super::arn::ResourcePattern;
use super::condition::Condition;
use super::fault::refuse;
use super::json::{self, Json};
use super::principal::Principal;
use super::{Dialect, Effect, Policy, PolicyError, PolicyFault as Fault, Statement, Variables, variables};

/// Statements of one policy; its size is bounded by whoever reads the document.
const STATEMENTS_MAX: usize = 4_096;
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

/// Reads a document.
pub(super) fn policy(document: &[u8], dialect: Dialect) -> Result<Policy, PolicyError> {
    let Json::Object(members) = json::read(document)? else {
        return refuse(Fault::Json, "the policy is no JSON object");
    };
    once(&members, "the policy")?;
    let dialect = of_version(&members, dialect);
    let mut statements = Vec::new();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("Version", Json::Text(version)) if VERSIONS.contains(&version.as_str()) => {}
            ("Version", _) => return refuse(Fault::Version, "Version is neither 2012-10-17 nor 2008-10-17"),
            ("Id", Json::Text(_)) => {}
            ("Statement", value) => {
                for value in several(value) {
                    let Json::Object(members) = value else { return refuse(Fault::Syntax, "a Statement is no object") };
                    statements.push(statement(members, dialect)?);
                }
            }
            (name, _) => return refuse_member(name, &["Id"], "a policy"),
        }
    }
    if statements.len() > STATEMENTS_MAX {
        return refuse(Fault::Syntax, "there are too many statements");
    }
    if dialect.wants_whole_statements && statements.is_empty() {
        return refuse(Fault::Missing("Statement"), "there is no Statement");
    }
    Ok(Policy { dialect, statements })
}

fn statement(members: Vec<(String, Json)>, dialect: Dialect) -> Result<Statement, PolicyError> {
    once(&members, "a statement")?;
    let mut effect = None;
    let mut kinds = Vec::new();
    let mut statement = Statement {
        sid: None,
        effect: Effect::Deny,
        principals: None,
        not_principals: None,
        actions: None,
        action_names: Vec::new(),
        not_actions: None,
        resources: Vec::new(),
        not_resources: Vec::new(),
        conditions: Vec::new(),
    };
    for (name, value) in members {
        match (name.as_str(), value) {
            ("Sid", Json::Text(sid)) => statement.sid = Some(sid),
            ("Effect", Json::Text(word)) if word == "Allow" => effect = Some(Effect::Allow),
            ("Effect", Json::Text(word)) if word == "Deny" => effect = Some(Effect::Deny),
            ("Effect", value) => {
                let word = if let Json::Text(word) = value { word } else { String::new() };
                return refuse(Fault::Effect(word), "Effect is neither Allow nor Deny");
            }
            ("Principal", value) => statement.principals = principals(value, &mut kinds, dialect)?,
            ("NotPrincipal", value) => statement.not_principals = principals(value, &mut kinds, dialect)?,
            ("Action", value) => {
                let names = actions(value, dialect)?;
                statement.actions = all_of(&names);
                statement.action_names = names;
            }
            ("NotAction", value) => statement.not_actions = all_of(&actions(value, dialect)?),
            ("Resource", value) => statement.resources = resources(value, dialect)?,
            ("NotResource", value) => statement.not_resources = resources(value, dialect)?,
            ("Condition", value) => statement.conditions = conditions(value, dialect)?,
            (name, _) => return refuse_member(name, &["Sid"], "a statement"),
        }
    }
    if dialect.wants_whole_statements {
        whole(&statement, effect)?;
    }
    // RGW takes one without Effect for a denial.
    statement.effect = effect.unwrap_or(Effect::Deny);
    Ok(statement)
}

fn whole(statement: &Statement, effect: Option<Effect>) -> Result<(), PolicyError> {
    if effect.is_none() {
        return refuse(Fault::Missing("Effect"), "a statement has no Effect");
    }
    if statement.principals.is_none() && statement.not_principals.is_none() {
        return refuse(Fault::Missing("Principal"), "a statement has no valid Principal");
    }
    if statement.not_principals.is_some() && effect == Some(Effect::Allow) {
        return refuse(Fault::AllowsAllOthers, "NotPrincipal goes with Effect Deny only");
    }
    if statement.actions.is_none() && statement.not_actions.is_none() {
        return refuse(Fault::Missing("Action"), "a statement has no Action");
    }
    if statement.resources.is_empty() && statement.not_resources.is_empty() {
        return refuse(Fault::Missing("Resource"), "a statement has no Resource");
    }
    Ok(())
}

/// `None` when nothing of it is understood: then it names nobody.
fn principals(value: Json, kinds: &mut Vec<String>, dialect: Dialect) -> Result<Option<Vec<Principal>>, PolicyError> {
    let members = match value {
        // RGW looks at the first character only.
        Json::Text(word) if word == "*" || (word.starts_with('*') && !dialect.wants_whole_statements) => {
            return Ok(Some(vec![Principal::Everyone]));
        }
        Json::Object(members) => members,
        Json::Word(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
            return refuse(Fault::Principal, "a principal is neither \"*\" nor an object such as {\"AWS\": …}");
        }
    };
    let mut found = Vec::new();
    for (kind, value) in members {
        if !["AWS", "Federated", "Service", "CanonicalUser"].contains(&kind.as_str()) {
            return refuse(Fault::Principal, format!("{} is no kind of principal", shown(&kind)));
        }
        for name in texts(value, "a principal")? {
            match Principal::parse(&kind, &name, dialect.names_accounts) {
                Some(principal) => found.push(principal),
                None if dialect.wants_whole_statements => {
                    return refuse(Fault::Principal, format!("the principal {} is not understood", shown(&name)));
                }
                None => {}
            }
        }
        if kinds.contains(&kind) {
            return refuse(Fault::Principal, format!("{kind} is there twice in one statement"));
        }
        kinds.push(kind);
    }
    Ok(Some(found).filter(|found| !found.is_empty()))
}

/// What each name stands for.
fn actions(value: Json, dialect: Dialect) -> Result<Vec<ActionSet>, PolicyError> {
    let read = |name: String| {
        let mut set = ActionSet::default();
        match set.add(&name, dialect.has_all_operators) {
            true => Ok(set),
            false => refuse(Fault::Action, format!("{} is no action that is known here", shown(&name))),
        }
    };
    texts(value, "an action")?.into_iter().map(read).collect()
}

fn all_of(names: &[ActionSet]) -> Option<ActionSet> {
    let all = names.iter().fold(ActionSet::default(), |all, name| all.or(*name));
    Some(all).filter(|all| *all != ActionSet::default())
}

/// Only policies of the newer version have variables, on AWS.
fn of_version(members: &[(String, Json)], dialect: Dialect) -> Dialect {
    let is_newer = |(name, value): &(String, Json)| {
        name == "Version" && matches!(value, Json::Text(version) if version == VERSIONS[0])
    };
    match dialect.variables {
        Variables::Within if !members.iter().any(is_newer) => Dialect { variables: Variables::Nowhere, ..dialect },
        Variables::Within | Variables::Whole | Variables::Nowhere => dialect,
    }
}

/// A member that there is not, or one whose value is not text.
fn refuse_member<T>(name: &str, texts: &[&str], of: &str) -> Result<T, PolicyError> {
    let fault = if texts.contains(&name) { Fault::Syntax } else { Fault::UnknownField(name.to_owned()) };
    refuse(fault, format!("{} is no member of {of}, or not of this form", shown(name)))
}

fn resources(value: Json, dialect: Dialect) -> Result<Vec<ResourcePattern>, PolicyError> {
    let read = |name: String| {
        ResourcePattern::parse(&name, dialect.has_all_operators).ok_or_else(|| PolicyError {
            fault: Fault::Resource,
            because: format!("the resource {} is neither * nor of the form arn:aws:s3:::bucket/key", shown(&name)),
        })
    };
    texts(value, "a resource")?.into_iter().map(read).collect()
}

fn conditions(value: Json, dialect: Dialect) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for block in several(value) {
        let Json::Object(operators) = block else { return refuse(Fault::Syntax, "a Condition is no object") };
        for (operator, keys) in operators {
            for keys in several(keys) {
                let Json::Object(keys) = keys else {
                    return refuse(Fault::Syntax, format!("the condition {} holds no object", shown(&operator)));
                };
                for (key, values) in keys {
                    conditions.push(condition(&operator, key, values, dialect)?);
                }
            }
        }
    }
    Ok(conditions)
}

fn condition(operator: &str, key: String, values: Json, dialect: Dialect) -> Result<Condition, PolicyError> {
    let mut texts = Vec::new();
    for value in several(values) {
        match value {
            Json::Text(text) | Json::Number(text) => texts.push(text),
            Json::Word(word @ ("true" | "false")) if dialect.has_all_operators => texts.push(word.to_owned()),
            Json::Word(_) | Json::List(_) | Json::Object(_) => {
                let why = format!("a value of the condition key {} is neither text nor number", shown(&key));
                return refuse(Fault::Syntax, why);
            }
        }
    }
    let is_broken = |text: &String| match dialect.variables {
        Variables::Whole => text.starts_with('$') && !(text.starts_with("${") && text.ends_with('}')),
        Variables::Within => !variables::are_whole(text),
        Variables::Nowhere => false,
    };
    if let Some(text) = texts.iter().find(|text| is_broken(text)) {
        return refuse(Fault::Syntax, format!("{} begins like a variable and is none", shown(text)));
    }
    match Condition::new(operator, key, texts, dialect) {
        Some(condition) => Ok(condition),
        None => refuse(Fault::Operator(operator.to_owned()), format!("{} is no condition operator", shown(operator))),
    }
}

/// A list's values, or the one value.
fn several(value: Json) -> Vec<Json> {
    match value {
        Json::List(values) => values,
        one @ (Json::Word(_) | Json::Number(_) | Json::Text(_) | Json::Object(_)) => vec![one],
    }
}

fn texts(value: Json, what: &str) -> Result<Vec<String>, PolicyError> {
    several(value)
        .into_iter()
        .map(|value| match value {
            Json::Text(text) => Ok(text),
            Json::Word(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => {
                refuse(Fault::Syntax, format!("{what} is not text"))
            }
        })
        .collect()
}

fn once(members: &[(String, Json)], whose: &str) -> Result<(), PolicyError> {
    let mut seen = BTreeSet::new();
    for (name, _) in members {
        if !seen.insert(name.as_str()) {
            return refuse(Fault::Syntax, format!("{} is there twice in {whose}", shown(name)));
        }
    }
    Ok(())
}

/// What a document says, cut to a length that an explanation can carry.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(64).collect();
    if short.len() < text.len() {
        short.push_str("...");
    }
    format!("\"{short}\"")
}
