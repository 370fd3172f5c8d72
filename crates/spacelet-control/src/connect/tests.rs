use super::*;

fn connection(bucket: &str) -> Connection {
    Connection {
        endpoint: "http://127.0.0.1:9000".to_owned(),
        control_url: "http://127.0.0.1:9001".to_owned(),
        region: "fra1".to_owned(),
        bucket: bucket.to_owned(),
        access_key: "DO00EXAMPLE".to_owned(),
        secret_key: "an/example+secret".to_owned(),
    }
}

#[test]
fn each_client_has_a_text_that_names_the_space() {
    for client in CLIENTS {
        let text = snippet(client, &connection("media")).map(|snippet| snippet.text).unwrap_or_default();
        assert!(text.contains("media"), "{client}: {text}");
        let knows_port = text.contains(":9000") || text.contains(":9001");
        assert!(knows_port, "{client} is not told where the server is: {text}");
        assert!(!text.contains("{c.") && text.ends_with('\n'), "{client}: {text}");
    }
    assert_eq!(snippet("mc", &connection("media")), None);
}

#[test]
fn terraform_gets_a_name_with_subdomains() {
    let text = snippet("terraform", &connection("media")).map(|snippet| snippet.text).unwrap_or_default();
    assert!(text.contains(r#"spaces_endpoint   = "http://{{.Region}}.localhost:9000""#), "{text}");
}

#[test]
fn a_hostile_name_stays_inside_its_quotes() {
    let shell = snippet("aws-cli", &connection("a'; rm -rf ~ #")).map(|snippet| snippet.text).unwrap_or_default();
    assert!(shell.contains(r"aws s3 ls 's3://a'\''; rm -rf ~ #'"), "{shell}");
    let python = snippet("boto3", &connection("a\", x=\"b\n")).map(|snippet| snippet.text).unwrap_or_default();
    assert!(python.contains(r#"Bucket="a\", x=\"b\n","#), "{python}");
    let ini = snippet("rclone", &connection("a\nendpoint = evil")).map(|snippet| snippet.text).unwrap_or_default();
    assert!(!ini.contains("\nendpoint = evil"), "{ini}");
}
