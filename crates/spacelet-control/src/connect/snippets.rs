//! The texts, a function each.

use super::Connection;

/// Title, language, text.
type Text = (&'static str, &'static str, String);

pub(super) fn of(client: &str, connection: &Connection) -> Option<Text> {
    Some(match client {
        "aws-cli" => aws_cli(connection),
        "boto3" => boto3(connection),
        "s3cmd" => s3cmd(connection),
        "rclone" => rclone(connection),
        "terraform" => terraform(connection),
        "doctl" => doctl(connection),
        "javascript" => javascript(connection),
        "go" => go(connection),
        "java" => java(connection),
        "rust" => rust(connection),
        _ => return None,
    })
}

/// A word for a shell, in single quotes where it needs them.
fn shell(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string of JSON, which Python, JavaScript, Go, Java, Rust and Terraform read the same for what is printable ASCII.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A value of an INI file: it ends with its line.
fn line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn aws_cli(c: &Connection) -> Text {
    let text = format!(
        "export AWS_ACCESS_KEY_ID={}\n\
         export AWS_SECRET_ACCESS_KEY={}\n\
         export AWS_DEFAULT_REGION={}\n\
         export AWS_ENDPOINT_URL={}\n\
         aws s3 ls {}\n\
         # aws-cli before 2.13 does not read AWS_ENDPOINT_URL: aws --endpoint-url \"$AWS_ENDPOINT_URL\" s3 ls\n",
        shell(&c.access_key),
        shell(&c.secret_key),
        shell(&c.region),
        shell(&c.endpoint),
        shell(&format!("s3://{}", c.bucket)),
    );
    ("AWS CLI", "sh", text)
}

fn boto3(c: &Connection) -> Text {
    let text = format!(
        "import boto3\n\n\
         client = boto3.client(\n    \"s3\",\n    endpoint_url={},\n    region_name={},\n    aws_access_key_id={},\n    \
         aws_secret_access_key={},\n)\n\
         client.put_object(Bucket={bucket}, Key=\"hello.txt\", Body=b\"Hello!\")\n\
         print(client.get_object(Bucket={bucket}, Key=\"hello.txt\")[\"Body\"].read())\n",
        quoted(&c.endpoint),
        quoted(&c.region),
        quoted(&c.access_key),
        quoted(&c.secret_key),
        bucket = quoted(&c.bucket),
    );
    ("boto3 (Python)", "python", text)
}

fn s3cmd(c: &Connection) -> Text {
    let text = format!(
        "# ~/.s3cfg, then: s3cmd ls s3://{}\n[default]\naccess_key = {}\nsecret_key = {}\nhost_base = {host}\n\
         host_bucket = {host}\nbucket_location = {}\nuse_https = {}\nsignature_v2 = False\n",
        line(&c.bucket),
        line(&c.access_key),
        line(&c.secret_key),
        line(&c.region),
        if c.is_https() { "True" } else { "False" },
        host = line(c.host()),
    );
    ("s3cmd (~/.s3cfg)", "ini", text)
}

fn rclone(c: &Connection) -> Text {
    let text = format!(
        "# ~/.config/rclone/rclone.conf, then: rclone lsf spacelet:{}\n[spacelet]\ntype = s3\n\
         provider = DigitalOcean\naccess_key_id = {}\nsecret_access_key = {}\nendpoint = {}\nregion = {}\n\
         acl = private\nforce_path_style = true\n",
        line(&c.bucket),
        line(&c.access_key),
        line(&c.secret_key),
        line(&c.endpoint),
        line(&c.region),
    );
    ("rclone (rclone.conf)", "ini", text)
}

/// The provider puts the bucket before the host, so that a name with subdomains is needed.
fn terraform(c: &Connection) -> Text {
    let scheme = if c.is_https() { "https" } else { "http" };
    let text = format!(
        "# The control API's token: export DIGITALOCEAN_TOKEN=...\n\
         terraform {{\n  required_providers {{\n    digitalocean = {{\n      source = \"digitalocean/digitalocean\"\n    \
         }}\n  }}\n}}\n\n\
         provider \"digitalocean\" {{\n  api_endpoint      = {}\n  spaces_endpoint   = {}\n  spaces_access_id  = {}\n  \
         spaces_secret_key = {}\n}}\n\n\
         resource \"digitalocean_spaces_bucket\" \"space\" {{\n  name   = {}\n  region = {}\n}}\n",
        quoted(&c.control_url),
        quoted(&format!("{scheme}://{{{{.Region}}}}.{}", c.domain())),
        quoted(&c.access_key),
        quoted(&c.secret_key),
        quoted(&c.bucket),
        quoted(&c.region),
    );
    ("Terraform", "hcl", text)
}

fn doctl(c: &Connection) -> Text {
    let text = format!(
        "# The control API's token: export DIGITALOCEAN_ACCESS_TOKEN=...\n\
         export DIGITALOCEAN_API_URL={}\n\
         doctl spaces keys create my-key --grants {}\n",
        shell(&c.control_url),
        shell(&format!("bucket={};permission=readwrite", c.bucket)),
    );
    ("doctl", "sh", text)
}

fn javascript(c: &Connection) -> Text {
    let text = format!(
        "import {{ S3Client, PutObjectCommand }} from \"@aws-sdk/client-s3\";\n\n\
         const client = new S3Client({{\n  endpoint: {},\n  region: {},\n  forcePathStyle: true,\n  credentials: {{ \
         accessKeyId: {}, secretAccessKey: {} }},\n}});\n\
         await client.send(new PutObjectCommand({{ Bucket: {}, Key: \"hello.txt\", Body: \"Hello!\" }}));\n",
        quoted(&c.endpoint),
        quoted(&c.region),
        quoted(&c.access_key),
        quoted(&c.secret_key),
        quoted(&c.bucket),
    );
    ("JavaScript (@aws-sdk/client-s3)", "javascript", text)
}

fn go(c: &Connection) -> Text {
    let text = format!(
        "// go get github.com/aws/aws-sdk-go-v2/service/s3 github.com/aws/aws-sdk-go-v2/credentials\n\
         client := s3.New(s3.Options{{\n\tBaseEndpoint: aws.String({}),\n\tRegion:       {},\n\tUsePathStyle: true,\n\t\
         Credentials:  credentials.NewStaticCredentialsProvider({}, {}, \"\"),\n}})\n\
         _, err := client.PutObject(ctx, &s3.PutObjectInput{{\n\tBucket: aws.String({}),\n\tKey:    \
         aws.String(\"hello.txt\"),\n\tBody:   strings.NewReader(\"Hello!\"),\n}})\n",
        quoted(&c.endpoint),
        quoted(&c.region),
        quoted(&c.access_key),
        quoted(&c.secret_key),
        quoted(&c.bucket),
    );
    ("Go (aws-sdk-go-v2)", "go", text)
}

fn java(c: &Connection) -> Text {
    let text = format!(
        "// software.amazon.awssdk:s3\n\
         S3Client client = S3Client.builder()\n    .endpointOverride(URI.create({}))\n    .region(Region.of({}))\n    \
         .forcePathStyle(true)\n    .credentialsProvider(StaticCredentialsProvider.create(\n        \
         AwsBasicCredentials.create({}, {})))\n    .build();\n\
         client.putObject(request -> request.bucket({}).key(\"hello.txt\"), RequestBody.fromString(\"Hello!\"));\n",
        quoted(&c.endpoint),
        quoted(&c.region),
        quoted(&c.access_key),
        quoted(&c.secret_key),
        quoted(&c.bucket),
    );
    ("Java (AWS SDK 2)", "java", text)
}

fn rust(c: &Connection) -> Text {
    let text = format!(
        "// cargo add aws-sdk-s3 --features behavior-version-latest\n\
         use aws_sdk_s3::config::{{Builder, Credentials, Region}};\n\n\
         let config = Builder::new()\n    .behavior_version_latest()\n    .endpoint_url({})\n    \
         .region(Region::new({}))\n    .force_path_style(true)\n    .credentials_provider(Credentials::new({}, {}, \
         None, None, \"static\"))\n    .build();\n\
         let client = aws_sdk_s3::Client::from_conf(config);\n\
         client.put_object().bucket({}).key(\"hello.txt\").body(b\"Hello!\".to_vec().into()).send().await?;\n",
        quoted(&c.endpoint),
        quoted(&c.region),
        quoted(&c.access_key),
        quoted(&c.secret_key),
        quoted(&c.bucket),
    );
    ("Rust (aws-sdk-s3)", "rust", text)
}
