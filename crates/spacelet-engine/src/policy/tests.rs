#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use proptest::prelude::*;

fn rgw(document: &str) -> Result<Policy, PolicyError> {
    Policy::parse(document.as_bytes(), Dialect::RGW)
}

fn statement(members: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{members}}}]}}"#)
}

const REST: &str = r#""Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*""#;

/// What each dialect says to a policy: `+` takes it, `-` refuses it.
#[test]
fn what_is_a_policy() {
    for (rgw, aws, document) in [
        ('+', '+', statement(REST)),
        ('+', '+', format!(r#"{{"Statement":{{{REST}}}}}"#)),
        ('+', '-', "{}".to_owned()),
        ('-', '-', "[]".to_owned()),
        ('-', '-', "hello".to_owned()),
        ('-', '-', String::new()),
        ('-', '-', statement(REST).replace("2012-10-17", "2025-04-29")),
        ('-', '-', statement(&format!("{REST},\"Foo\":1"))),
        ('-', '-', statement(&format!("{REST},\"Sid\":1"))),
        ('-', '-', statement(&format!("{REST},\"Action\":\"s3:*\""))),
        ('+', '-', statement(r#""Principal":"*","Action":"s3:GetObject","Resource":"*""#)),
        ('+', '-', statement(r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#)),
        ('+', '-', statement(r#""Effect":"Allow","Principal":"*","Action":"s3:GetObject""#)),
        ('-', '-', statement(&REST.replace("Allow", "allow"))),
        ('-', '-', statement(&REST.replace("s3:GetObject", "s3:Dance"))),
        ('-', '-', statement(&REST.replace("s3:GetObject", "s3*"))),
        ('+', '-', statement(&REST.replace("s3:GetObject", "*Object"))),
        ('+', '+', statement(&REST.replace("s3:GetObject", "*:Get*"))),
        ('+', '-', statement(&REST.replace("\"*\"", "\"*a\""))),
        ('+', '+', statement(&REST.replace("s3:GetObject", "S3:get*"))),
        ('-', '-', statement(&REST.replace("\"*\"", "\"7000001\""))),
        ('-', '-', statement(&REST.replace("\"*\"", "[\"*\"]"))),
        ('-', '-', statement(&REST.replace("\"*\"", "{\"Foo\":\"*\"}"))),
        ('+', '-', statement(&REST.replace("\"*\"", "{\"AWS\":\"a:b\"}"))),
        ('+', '+', statement(&REST.replace("\"*\"", "{\"CanonicalUser\":\"7\"}"))),
        ('-', '-', statement(&REST.replace("arn:aws:s3:::b/*", "b/*"))),
        ('-', '-', statement(&REST.replace("arn:aws:s3:::b/*", "arn:aws:s3::123:b/*"))),
        ('-', '+', statement(&REST.replace("b/*", "b/a:b"))),
        ('-', '-', statement(&format!(r#"{REST},"Condition":{{"Foo":{{"a":"b"}}}}"#))),
        ('-', '+', statement(&format!(r#"{REST},"Condition":{{"Bool":{{"a":true}}}}"#))),
        ('-', '-', statement(&format!(r#"{REST},"Condition":{{"Bool":{{"a":null}}}}"#))),
        ('-', '+', statement(&format!(r#"{REST},"Condition":{{"ForAnyValue:ArnLike":{{"a":"b"}}}}"#))),
        ('+', '+', statement(&format!(r#"{REST},"Condition":{{"ForAllValues:StringLike":{{"a":["b",1]}}}}"#))),
        ('+', '+', statement(&format!(r#"{REST},"Condition":{{"NumericLessThanEqualsIfExists":{{"a":5}}}}"#))),
    ] {
        let shown = |dialect| if Policy::parse(document.as_bytes(), dialect).is_ok() { '+' } else { '-' };
        assert_eq!((shown(Dialect::RGW), shown(Dialect::AWS)), (rgw, aws), "{document}");
    }
}

#[test]
fn many_members_take_no_more_than_a_moment() {
    let members: Vec<String> = (0..100_000).map(|number| format!("\"{number}\":1")).collect();
    assert!(rgw(&format!("{{{}}}", members.join(","))).is_err());
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let because = |document: &str| rgw(document).unwrap_err().because;
    assert_eq!(because("{\"Version\""), "the policy is no JSON: no : at byte 10");
    assert_eq!(because(r#"{"Version":"2020-01-01"}"#), "Version is neither 2012-10-17 nor 2008-10-17");
    let bad = statement(&REST.replace("s3:GetObject", "s3:Dance"));
    assert_eq!(because(&bad), "\"s3:Dance\" is no action that is known here");
}

fn ask<'a>(account: Option<&'a AccountId>, action: &'a str, resource: &'a str, env: &'a Environment) -> PolicyAsk<'a> {
    PolicyAsk { account, action, resource, environment: env }
}

fn id(text: &str) -> AccountId {
    AccountId::new(text)
}

#[test]
fn principals() {
    let cases = [
        (r#""Principal":"*""#, "yyyy"),
        (r#""Principal":{"AWS":"*"}"#, "yyyy"),
        (r#""Principal":{"AWS":"arn:aws:iam:::user/a"}"#, ".y.."),
        (r#""Principal":{"AWS":["arn:aws:iam:::user/b","arn:aws:iam:::user/a"]}"#, ".yy."),
        (r#""Principal":{"AWS":"arn:aws:iam::t:user/c"}"#, "...y"),
        (r#""Principal":{"AWS":"arn:aws:iam::t:root"}"#, "...y"),
        (r#""Principal":{"AWS":"t"}"#, "...y"),
        (r#""Principal":{"AWS":"arn:aws:iam:::root"}"#, "yyy."),
        (r#""Principal":{"AWS":"a"}"#, "...."),
        (r#""Principal":{"CanonicalUser":"a"}"#, "...."),
        (r#""NotPrincipal":{"AWS":"arn:aws:iam:::user/a"}"#, "y.yy"),
        (r#""NotPrincipal":"*""#, "...."),
        (r#""Sid":"nobody""#, "...."),
    ];
    let accounts = [None, Some(id("a")), Some(id("b")), Some(id("t$c"))];
    for (principal, expected) in cases {
        let policy = rgw(&statement(&format!(r#"{principal},"Effect":"Allow","Action":"*","Resource":"*""#))).unwrap();
        let env = Environment::default();
        let shown: String = accounts
            .iter()
            .map(|account| match policy.evaluate(&ask(account.as_ref(), "s3:GetObject", "b/k", &env)) {
                Verdict::Allow(_) => 'y',
                Verdict::Pass | Verdict::Deny(_) => '.',
            })
            .collect();
        assert_eq!(shown, expected, "{principal}");
    }
    let account = r#""Principal":{"AWS":"arn:aws:iam::a:root"},"Effect":"Allow","Action":"*","Resource":"*""#;
    let policy = Policy::parse(statement(account).as_bytes(), Dialect::AWS).unwrap();
    let verdict = policy.evaluate(&ask(Some(&id("a")), "s3:GetObject", "b/k", &Environment::default()));
    assert_eq!(verdict, Verdict::Allow(StatementName { number: 1, sid: None }));
}

#[test]
fn conditions() {
    let mut env = Environment::default();
    for (key, value) in [
        ("aws:SourceIp", "10.1.2.3"),
        ("s3:max-keys", "5"),
        ("aws:Referer", "https://a.b/c"),
        ("aws:CurrentTime", "1700000000"),
    ] {
        env.add(key, value);
    }
    for (condition, rgw, aws) in [
        (r#""IpAddress":{"aws:SourceIp":["1.1.1.1","10.0.0.0/8"]}"#, true, true),
        (r#""NotIpAddress":{"aws:SourceIp":["1.1.1.1","10.0.0.0/8"]}"#, false, false),
        (r#""NotIpAddress":{"aws:SourceIp":["1.1.1.1","zz"]}"#, true, true),
        (r#""StringLike":{"aws:Referer":"https://a.b/*"}"#, true, true),
        (r#""StringEquals":{"AWS:referer":"https://a.b/c"}"#, false, true),
        (r#""StringEquals":{"aws:Referer":"https://a.b/*"}"#, false, false),
        (r#""StringNotEquals":{"aws:Referer":["https://a.b/c","x"]}"#, true, false),
        (r#""StringNotEquals":{"aws:Referer":"x"}"#, true, true),
        (r#""StringNotEquals":{"aws:UserAgent":"x"}"#, false, true),
        (r#""StringEqualsIfExists":{"aws:UserAgent":"x"}"#, true, true),
        (r#""StringEquals":{"aws:UserAgent":"x"}"#, false, false),
        (r#""ForAllValues:StringEquals":{"aws:UserAgent":"x"}"#, true, true),
        (r#""ForAnyValue:StringEquals":{"aws:UserAgent":"x"}"#, false, false),
        (r#""NumericLessThanEquals":{"s3:max-keys":5}"#, true, true),
        (r#""NumericLessThan":{"s3:max-keys":"5"}"#, false, false),
        (r#""NumericEquals":{"s3:max-keys":"five"}"#, false, false),
        (r#""DateGreaterThan":{"aws:CurrentTime":"2023-01-01T00:00:00Z"}"#, true, true),
        (r#""DateLessThan":{"aws:CurrentTime":"2023-01-01T00:00:00Z"}"#, false, false),
        (r#""Null":{"aws:UserAgent":"true"}"#, true, true),
        (r#""Null":{"aws:UserAgent":"false"}"#, true, false),
        (r#""Null":{"aws:Referer":"true"}"#, false, false),
        (r#""Null":{"aws:Referer":"false"}"#, false, true),
        (r#""Bool":{"aws:SecureTransport":"false"}"#, false, false),
        (r#""StringEquals":{"s3:max-keys":"5","aws:Referer":"no"}"#, false, false),
        (r#""StringEquals":{"aws:Referer":"https://a.b/c"},"NumericEquals":{"s3:max-keys":5}"#, true, true),
        (r#""ArnLike":{"aws:Referer":"https://*"}"#, false, true),
        (r#""StringEquals":{"aws:Referer":"${aws:Referer}"}"#, true, true),
    ] {
        let holds = |dialect| {
            let document = statement(&format!(r#"{REST},"Condition":{{{condition}}}"#));
            let policy = Policy::parse(document.as_bytes(), dialect).unwrap();
            policy.evaluate(&ask(None, "s3:GetObject", "b/k", &env)) != Verdict::Pass
        };
        assert_eq!((holds(Dialect::RGW), holds(Dialect::AWS)), (rgw, aws), "{condition}");
    }
}

#[test]
fn actions_and_resources() {
    let env = Environment::default();
    let verdict = |members: &str, action: &str, resource: &str, dialect: Dialect| {
        let document = statement(&format!(r#""Effect":"Deny","Principal":"*",{members}"#));
        Policy::parse(document.as_bytes(), dialect).unwrap().evaluate(&ask(None, action, resource, &env))
            != Verdict::Pass
    };
    for (members, action, resource, rgw, aws) in [
        (r#""Action":"s3:Get*","Resource":"*""#, "s3:GetObjectAcl", "b/k", true, true),
        (r#""Action":"s3:Get*","Resource":"*""#, "s3:PutObject", "b/k", false, false),
        (r#""Action":"s3:*","Resource":"*""#, "s3:SomethingNew", "b", true, true),
        (r#""Action":"s3:*","NotAction":"s3:GetObject","Resource":"*""#, "s3:GetObject", "b/k", false, false),
        (r#""NotAction":"s3:GetObject","Resource":"*""#, "s3:PutObject", "b/k", false, true),
        (r#""Action":"*","Resource":"arn:aws:s3:::b""#, "s3:ListBucket", "b", true, true),
        (r#""Action":"*","Resource":"arn:aws:s3:::b""#, "s3:GetObject", "b/k", false, false),
        (r#""Action":"*","Resource":"arn:aws:s3:::b/a/*""#, "s3:GetObject", "b/a/x/y", true, true),
        (r#""Action":"*","NotResource":"arn:aws:s3:::b/a/*""#, "s3:GetObject", "b/a/x", false, false),
        (r#""Action":"*","NotResource":"arn:aws:s3:::b/a/*""#, "s3:GetObject", "b/c", true, true),
        (r#""Action":"*","Resource":"arn:aws-cn:s3:::b/*""#, "s3:GetObject", "b/c", false, false),
        (r#""Action":"*","Resource":"arn:*:*:*:*:b/*""#, "s3:GetObject", "b/c", true, true),
    ] {
        let shown =
            (verdict(members, action, resource, Dialect::RGW), verdict(members, action, resource, Dialect::AWS));
        assert_eq!(shown, (rgw, aws), "{members} {action} {resource}");
    }
}

#[test]
fn public_policies() {
    let is_public = |members: &str| rgw(&statement(members)).unwrap().is_public();
    assert!(is_public(REST));
    assert!(!is_public(&REST.replace("Allow", "Deny")));
    assert!(!is_public(&REST.replace("\"*\"", "{\"AWS\":\"arn:aws:iam:::user/a\"}")));
    assert!(!is_public(&format!(r#"{REST},"Condition":{{"IpAddress":{{"aws:SourceIp":"10.0.0.0/32"}}}}"#)));
    assert!(is_public(&format!(r#"{REST},"Condition":{{"IpAddress":{{"aws:SourceIp":"0.0.0.0/0"}}}}"#)));
}

#[test]
fn public_policies_of_amazon() {
    let is_public = |members: &str| {
        let document = statement(members);
        Policy::parse(document.as_bytes(), Dialect::AWS).unwrap().is_public()
    };
    let under = |condition: &str| is_public(&format!(r#"{REST},"Condition":{{{condition}}}"#));
    assert!(is_public(REST));
    assert!(is_public(&REST.replace("\"*\"", "{\"AWS\":[\"7\",\"*\"]}")));
    assert!(!is_public(&REST.replace("Allow", "Deny")));
    assert!(!is_public(&REST.replace("\"*\"", "{\"AWS\":\"7\"}")));
    assert!(!is_public(&REST.replace("\"*\"", "{\"Service\":\"logging.s3.amazonaws.com\"}")));
    assert!(under(r#""StringEquals":{"aws:Referer":"https://a.example/"}"#));
    assert!(under(r#""StringLike":{"aws:SourceVpc":"vpc-*"}"#));
    assert!(under(r#""Bool":{"aws:SecureTransport":"true"}"#));
    assert!(!under(r#""StringEquals":{"aws:SourceVpc":"vpc-1"}"#));
    assert!(!under(r#""Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}"#));
}

/// Within texts, in the newer version only.
#[test]
fn variables_of_amazon() {
    let mut env = Environment::default();
    env.add("aws:userid", "a");
    env.add("s3:prefix", "home/a/x");
    let holds = |document: &str, resource: &str| {
        let policy = Policy::parse(document.as_bytes(), Dialect::AWS).unwrap();
        policy.evaluate(&ask(None, "s3:GetObject", resource, &env)) != Verdict::Pass
    };
    let home = statement(&REST.replace("b/*", "b/home/${aws:userid}/*"));
    assert!(holds(&home, "b/home/a/k") && !holds(&home, "b/home/b/k"));
    let nameless = home.replace("aws:userid", "aws:username");
    assert!(!holds(&nameless, "b/home/a/k"));
    assert!(holds(&nameless.replace("aws:username", "aws:username, 'a'"), "b/home/a/k"));
    let older = home.replace("2012-10-17", "2008-10-17");
    assert!(!holds(&older, "b/home/a/k") && holds(&older, "b/home/${aws:userid}/k"));
    for (expected, condition) in [
        (true, r#""StringLike":{"s3:prefix":"home/${aws:userid}/*"}"#),
        (false, r#""StringLike":{"s3:prefix":"home/${aws:userid}${*}"}"#),
        (true, r#""StringEquals":{"s3:prefix":"home/${aws:userid}/x"}"#),
        (true, r#""StringNotLike":{"s3:prefix":"${aws:username}/*"}"#),
    ] {
        let document = statement(&format!(r#"{REST},"Condition":{{{condition}}}"#));
        assert_eq!(holds(&document, "b/k"), expected, "{condition}");
    }
}

#[test]
fn remarks_name_what_has_no_effect() {
    let document = statement(r#""Sid":"x","Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*""#);
    assert_eq!(
        rgw(&document).unwrap().remarks(),
        ["statement 1 (x): without Action it never applies; on RGW NotAction only takes away from Action"]
    );
    assert!(rgw(&statement(REST)).unwrap().remarks().is_empty());
}

/// A statement out of few words, so that statements meet.
fn any_statement() -> impl Strategy<Value = String> {
    let principal = prop_oneof![
        Just(r#""Principal":"*""#),
        Just(r#""Principal":{"AWS":"arn:aws:iam:::user/a"}"#),
        Just(r#""NotPrincipal":{"AWS":"arn:aws:iam:::user/a"}"#),
    ];
    let action = prop_oneof![Just("s3:*"), Just("s3:GetObject"), Just("s3:Put*"), Just("s3:ListBucket")];
    let resource = prop_oneof![Just("*"), Just("arn:aws:s3:::b"), Just("arn:aws:s3:::b/*"), Just("arn:aws:s3:::b/a*")];
    let condition = prop_oneof![
        Just(""),
        Just(r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#),
        Just(r#","Condition":{"StringNotLike":{"aws:Referer":"https://*"}}"#),
    ];
    (principal, action, resource, condition).prop_map(|(principal, action, resource, condition)| {
        format!(r#"{principal},"Action":"{action}","Resource":"{resource}"{condition}"#)
    })
}

fn with_effect(is_deny: bool, statement: &str) -> String {
    format!(r#"{{"Effect":"{}",{statement}}}"#, if is_deny { "Deny" } else { "Allow" })
}

fn verdict_of(statements: &[String], account: Option<&AccountId>, action: &str, resource: &str) -> Verdict {
    let policy = rgw(&format!(r#"{{"Statement":[{}]}}"#, statements.join(","))).unwrap();
    let mut env = Environment::default();
    env.add("aws:SourceIp", "10.1.1.1");
    env.add("aws:Referer", "http://x");
    policy.evaluate(&ask(account, action, resource, &env))
}

fn kind(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Deny(_) => 0,
        Verdict::Pass => 1,
        Verdict::Allow(_) => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_wins_an_allow_takes_nothing_and_order_does_not_matter(
        given in proptest::collection::vec((any::<bool>(), any_statement()), 0..6),
        more in any_statement(),
        signs in any::<bool>(),
        asked in prop_oneof![
            Just(("s3:GetObject", "b/a1")), Just(("s3:PutObject", "b/z")), Just(("s3:ListBucket", "b"))
        ],
        turn in 0_usize..6,
    ) {
        let account = signs.then(|| id("a"));
        let (action, resource) = asked;
        let statements: Vec<String> = given.iter().map(|(is_deny, text)| with_effect(*is_deny, text)).collect();
        let ruling = |statements: &[String]| kind(&verdict_of(statements, account.as_ref(), action, resource));
        let before = ruling(&statements);

        // A deny wins: whoever denies alone denies in company.
        let denied = statements.iter().any(|one| ruling(std::slice::from_ref(one)) == 0);
        prop_assert_eq!(before == 0, denied);

        // Another allow never takes access away, another deny never gives it.
        let mut with_allow = statements.clone();
        with_allow.push(with_effect(false, &more));
        prop_assert!(ruling(&with_allow) >= before);
        let mut with_deny = statements.clone();
        with_deny.push(with_effect(true, &more));
        prop_assert!(ruling(&with_deny) <= before);

        // Order does not matter.
        let mut turned = statements.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(ruling(&turned), before);
        turned.reverse();
        prop_assert_eq!(ruling(&turned), before);
    }
}
