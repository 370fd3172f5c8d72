//! Bucket policies as a real RGW 16.2.15 decided them: tests/policy/decisions.json, recorded by tests/policy/record.py,
//! asked again here. `SPACELET_GOLDEN_ENDPOINT` is not read: record.py itself asks other servers.

use crate::server::Server;
use crate::sign;
use crate::support::Call;
use crate::wire::Answer;
use std::collections::BTreeSet;
use std::path::Path;

/// Decisions that are another's on purpose: case, request and who asks, with the reason and its source.
const DIFFERENT: &[(&str, &str)] = &[(
    "delete-many-allow-bucket: POST /policy-cases?delete as A",
    "RGW 16 forgets the owner's ACL once the policy allows the deletion in the bucket; each key is judged on its own \
     (AWS API reference, DeleteObjects)",
)];

#[test]
fn rgw_decides_the_same() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policy/decisions.json");
    let recorded: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let server = Server::start();
    for step in recorded["set_up"].as_array().unwrap() {
        assert_eq!(ask(&server, step).status, 200, "{step}");
    }
    let (mut decisions, mut different, mut faults) = (0, BTreeSet::new(), Vec::new());
    for case in recorded["cases"].as_array().unwrap() {
        let name = case["case"].as_str().unwrap();
        for request in [
            "DELETE /policy-cases?policy",
            "PUT /policy-cases?acl\nx-amz-acl: private",
            "PUT /policy-cases/open\n\nopen",
            "DELETE /policy-cases/new",
        ] {
            server.send(request);
        }
        let put = Call::new("PUT /policy-cases?policy").body(case["policy"].to_string()).send(&server);
        decisions += 1;
        if u64::from(put.status) != case["put"].as_u64().unwrap() {
            faults.push(format!("{name}: the policy: {} instead of {}", put.status, case["put"]));
        }
        for asked in case["asked"].as_array().unwrap() {
            decisions += 1;
            let (decided, expected) = (outcome(&ask(&server, asked)), asked["answer"].as_str().unwrap());
            if decided == expected {
                continue;
            }
            let what = format!("{name}: {} as {}", asked["request"].as_str().unwrap(), asked["as"].as_str().unwrap());
            if !DIFFERENT.iter().any(|(case, _)| *case == what) {
                faults.push(format!("{what}: {decided} instead of {expected}; {}", asked["headers"]));
            }
            different.insert(what);
        }
    }
    assert_eq!(decisions, 973);
    assert!(faults.is_empty(), "{} of {decisions} decisions:\n{}", faults.len(), faults.join("\n"));
    let agreeing: Vec<_> = DIFFERENT.iter().filter(|(case, _)| !different.contains(*case)).collect();
    assert!(agreeing.is_empty(), "listed as different and the same: {agreeing:?}");
}

fn ask(server: &Server, step: &serde_json::Value) -> Answer {
    let mut call = Call::new(&format!("{} as {}", step["request"].as_str().unwrap(), step["as"].as_str().unwrap()));
    for (name, value) in step["headers"].as_object().unwrap() {
        call = call.header(name, value.as_str().unwrap());
    }
    let body = step["body"].as_str().unwrap();
    if call.query == "delete" {
        call = call.header("Content-MD5", &sign::md5_base64(body.as_bytes()));
    }
    call.body(body).send(server)
}

/// As record.py writes it: the status, and how many keys of a deletion were refused.
fn outcome(answer: &Answer) -> String {
    match answer.text().matches("<Error><Key>").count() {
        0 => answer.status.to_string(),
        refused => format!("{} {refused}", answer.status),
    }
}
