//! Lifecycle configurations as Amazon S3 takes them, and gives them back: as they were put, with an id for each rule
//! (API reference, "PutBucketLifecycleConfiguration"; the texts of refusals as S3 was seen to give them).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use spacelet_engine::{Due, Expiration, LifecycleRule, StorageClass, new_uuid};

use super::{LifecycleConfiguration, RULES_MAX, WrittenRule, noncurrent};
use crate::error::{ErrorCode, S3Error};
use crate::xml::{Element, FromXml};

/// Kept in the stored document, so that both are replaced at once; answered as a header.
pub(crate) const SMALL_OBJECTS: &str = "TransitionDefaultMinimumObjectSize";
pub(crate) const VARIES: &str = "varies_by_storage_class";
pub(crate) const ALL: &str = "all_storage_classes_128K";

const ID_CHARS_MAX: usize = 255;
/// The greatest size of a filter, as S3 names it.
const BYTES_MAX: u64 = 1_099_511_627_776_000;
/// Days before objects may go into a class for infrequent access.
const INFREQUENT_DAYS_MIN: u32 = 30;
const ACTIONS: [&str; 5] = [
    "Expiration",
    "Transition",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransition",
    "AbortIncompleteMultipartUpload",
];
const PREDICATES: [&str; 5] = ["Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And"];

/// What is stored of a configuration that a client puts. `small`: its header about small objects.
///
/// # Errors
/// `MalformedXML`, `InvalidArgument`, `InvalidRequest`.
pub(crate) fn accept(mut root: Element, small: Option<&str>) -> Result<Element, S3Error> {
    // What was stored may come back as it is.
    let in_body = root.child_text(SMALL_OBJECTS).map(str::to_owned);
    root.children.retain(|child| child.name != SMALL_OBJECTS);
    let small = small.or(in_body.as_deref()).unwrap_or(ALL);
    if ![VARIES, ALL].contains(&small) {
        return Err(request(format!("Invalid TransitionDefaultMinimumObjectSize found: {small}")));
    }
    if let Some(unknown) = root.children.iter().find(|child| child.name != "Rule") {
        return Err(malformed(format!("a configuration has rules, no {}", unknown.name)));
    }
    // Before anything that compares rules with each other.
    if root.children.len() > RULES_MAX {
        return Err(malformed(format!("a configuration has at most {RULES_MAX} rules")));
    }
    for rule in &mut root.children {
        check_shape(rule)?;
        name(rule)?;
    }
    check_forms(&root)?;
    let read = LifecycleConfiguration::from_root(&root).map_err(|error| malformed(error.because))?;
    for (at, WrittenRule { rule, .. }) in read.rules.iter().enumerate() {
        if read.rules.iter().take(at).any(|other| other.rule.id == rule.id) {
            return Err(argument("Rule ID must be unique. Found same ID for more than one rule"));
        }
        check_selection(rule)?;
        check_days(rule)?;
    }
    root.children.push(Element { name: SMALL_OBJECTS.to_owned(), text: small.to_owned(), ..Element::default() });
    Ok(root)
}

/// A stored configuration as it is answered: without what is a header, which comes second.
pub(crate) fn shown(mut root: Element) -> (Element, String) {
    let small = root.child_text(SMALL_OBJECTS).unwrap_or(ALL).to_owned();
    root.children.retain(|child| child.name != SMALL_OBJECTS);
    (root, small)
}

/// What a schema would say of a rule.
fn check_shape(rule: &Element) -> Result<(), S3Error> {
    let known = |child: &Element| {
        ["ID", "Status", "Filter", "Prefix"].contains(&child.name.as_str()) || ACTIONS.contains(&child.name.as_str())
    };
    if let Some(unknown) = rule.children.iter().find(|child| !known(child)) {
        return Err(malformed(format!("a rule has no {}", unknown.name)));
    }
    if rule.child("Filter").is_some() == rule.child("Prefix").is_some() {
        return Err(malformed("a rule has either a Filter or a Prefix"));
    }
    if let Some(filter) = rule.child("Filter") {
        check_filter(filter)?;
    }
    if !ACTIONS.iter().any(|action| rule.child(action).is_some()) {
        return Err(request("At least one action needs to be specified in a rule"));
    }
    if rule.child("NoncurrentVersionExpiration").is_some_and(|action| action.child("NoncurrentDays").is_none()) {
        return Err(malformed("a NoncurrentVersionExpiration has NoncurrentDays"));
    }
    for action in rule.children.iter().filter(|child| child.name.ends_with("Transition")) {
        let class = action.child_text("StorageClass").unwrap_or_default().trim();
        let class = StorageClass::named(class).filter(|class| StorageClass::Standard.may_become(*class));
        if class.is_none() || action.name != "Transition" && noncurrent(action).is_err() {
            return Err(malformed("a transition has days and the StorageClass that it leads to"));
        }
    }
    let dates = rule.children.iter().filter_map(|action| action.child_text("Date"));
    dates.map(str::trim).try_for_each(check_date)
}

/// A date that is one, but at another time of day, has its own refusal.
fn check_date(date: &str) -> Result<(), S3Error> {
    let day = date.split('T').next().unwrap_or_default();
    match super::midnight(date) {
        Err(_) if day.len() < date.len() && super::midnight(day).is_ok() => {
            Err(argument("'Date' must be at midnight GMT"))
        }
        _ => Ok(()),
    }
}

/// One predicate, or none; `And` has two or more.
fn check_filter(filter: &Element) -> Result<(), S3Error> {
    if filter.children.len() > 1 {
        return Err(malformed("a Filter has one predicate; several stand in an And"));
    }
    let and = filter.child("And");
    if and.is_some_and(|and| and.children.len() < 2 || and.child("And").is_some()) {
        return Err(malformed("an And has two predicates or more"));
    }
    let predicates = filter.children.iter().chain(and.into_iter().flat_map(|and| &and.children));
    for predicate in predicates {
        if !PREDICATES.contains(&predicate.name.as_str()) {
            return Err(malformed(format!("a Filter has no {}", predicate.name)));
        }
        if predicate.name == "Tag" && predicate.child_text("Key").unwrap_or_default().is_empty() {
            return Err(malformed("a Tag has a Key"));
        }
    }
    Ok(())
}

/// Rules of the older form (a prefix of their own) and of the newer one do not go together.
fn check_forms(root: &Element) -> Result<(), S3Error> {
    let is_new = |rule: &Element| rule.child("Filter").is_some();
    let first_is_new = root.children.first().is_some_and(is_new);
    for rule in &root.children {
        match (first_is_new, is_new(rule)) {
            (false, true) => return Err(request("Filter element can only be used in Lifecycle V2.")),
            (true, false) => {
                let why =
                    "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.";
                return Err(request(why));
            }
            (false, false) if rule.children.iter().any(|action| action.child("NewerNoncurrentVersions").is_some()) => {
                return Err(request("NewerNoncurrentVersions element can only be used in Lifecycle V2."));
            }
            (true, true) | (false, false) => {}
        }
    }
    if first_is_new { Ok(()) } else { check_prefixes(&root.children) }
}

/// In the older form no two rules of one action have prefixes of which one begins with the other.
fn check_prefixes(rules: &[Element]) -> Result<(), S3Error> {
    let prefix = |rule: &Element| rule.child_text("Prefix").unwrap_or_default().to_owned();
    for (at, rule) in rules.iter().enumerate() {
        for other in rules.iter().take(at) {
            let (one, two) = (prefix(other), prefix(rule));
            let both = |action: &&&str| rule.child(action).is_some() && other.child(action).is_some();
            let overlap = one.starts_with(&two) || two.starts_with(&one);
            if let Some(action) = ACTIONS.iter().find(both).filter(|_| overlap) {
                let why = format!("Found overlapping prefixes '{one}' and '{two}' for same action type '{action}'");
                return Err(request(why));
            }
        }
    }
    Ok(())
}

/// Gives an id to a rule without one: a UUID in Base64, as S3 does.
fn name(rule: &mut Element) -> Result<(), S3Error> {
    let is_named = rule.child_text("ID").is_some_and(|id| !id.is_empty());
    if rule.child_text("ID").is_some_and(|id| id.chars().count() > ID_CHARS_MAX) {
        return Err(argument("ID length should not exceed allowed limit of 255"));
    }
    if !is_named {
        let id = STANDARD.encode(new_uuid());
        rule.children.retain(|child| child.name != "ID");
        rule.children.insert(0, Element { name: "ID".to_owned(), text: id, ..Element::default() });
    }
    Ok(())
}

fn check_selection(rule: &LifecycleRule) -> Result<(), S3Error> {
    for (at, (key, _)) in rule.tags.iter().enumerate() {
        if rule.tags.iter().take(at).any(|(other, _)| other == key) {
            return Err(request("Duplicate Tag Keys are not allowed."));
        }
    }
    if rule.bytes_under.is_some_and(|bytes| !(1..=BYTES_MAX).contains(&bytes)) {
        return Err(request("'ObjectSizeLessThan' should be between 1 and 1099511627776000."));
    }
    if rule.bytes_over.is_some_and(|bytes| bytes > BYTES_MAX) {
        return Err(request("'ObjectSizeGreaterThan' should be between 0 and 1099511627776000."));
    }
    if rule.bytes_over.zip(rule.bytes_under).is_some_and(|(over, under)| under <= over) {
        return Err(request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'."));
    }
    let by = [(!rule.tags.is_empty(), "Tags"), (rule.bytes_over.or(rule.bytes_under).is_some(), "Object Size")];
    let actions = [
        (rule.abort_upload_days.is_some(), "AbortIncompleteMultipartUpload"),
        (rule.expiration == Some(Expiration::LoneMarkers), "ExpiredObjectDeleteMarker"),
    ];
    for (_, action) in actions.into_iter().filter(|(is_there, _)| *is_there) {
        if let Some((_, what)) = by.into_iter().find(|(is_there, _)| *is_there) {
            return Err(request(format!("{action} cannot be specified with {what}.")));
        }
    }
    Ok(())
}

fn check_days(rule: &LifecycleRule) -> Result<(), S3Error> {
    let none = [
        (rule.expiration == Some(Expiration::Days(0)), "'Days' for Expiration"),
        (rule.noncurrent.is_some_and(|it| it.days == 0), "'NoncurrentDays' for NoncurrentVersionExpiration"),
        (rule.abort_upload_days == Some(0), "'DaysAfterInitiation' for AbortIncompleteMultipartUpload"),
    ];
    if let Some((_, what)) = none.into_iter().find(|(is_none, _)| *is_none) {
        return Err(argument(format!("{what} action must be a positive integer")));
    }
    let of_rule = format!("filter '(prefix={})'", rule.prefix);
    for (at, transition) in rule.transitions.iter().enumerate() {
        if rule.transitions.iter().take(at).any(|other| other.class == transition.class) {
            return Err(argument(format!(
                "'StorageClass' must be different for 'Transition' actions in same 'Rule' with {of_rule}"
            )));
        }
        let is_infrequent = matches!(transition.class, StorageClass::StandardIa | StorageClass::OnezoneIa);
        if is_infrequent && matches!(transition.due, Due::Days(days) if days < INFREQUENT_DAYS_MIN) {
            return Err(argument(format!(
                "'Days' in Transition action must be greater than or equal to 30 for storageClass '{}'",
                transition.class.name()
            )));
        }
        match (rule.expiration, transition.due) {
            (Some(Expiration::Days(expired)), Due::Days(moved)) if expired <= moved => {
                return Err(argument(format!(
                    "'Days' in the Expiration action for {of_rule} must be greater than 'Days' in the Transition action"
                )));
            }
            (Some(Expiration::Days(_)), Due::Date(_)) | (Some(Expiration::Date(_)), Due::Days(_)) => {
                return Err(request(format!(
                    "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for {of_rule}"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn malformed(why: impl Into<String>) -> S3Error {
    S3Error::new(ErrorCode::MalformedXML, why.into())
}

fn argument(message: impl Into<String>) -> S3Error {
    let message = message.into();
    S3Error::new(ErrorCode::InvalidArgument, message.clone()).with_message(message)
}

fn request(message: impl Into<String>) -> S3Error {
    let message = message.into();
    S3Error::new(ErrorCode::InvalidRequest, message.clone()).with_message(message)
}
