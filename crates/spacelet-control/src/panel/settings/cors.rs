//! The CORS rules editor.

use axum::response::Response;
use maud::{Markup, html};
use spacelet_engine::{Bucket, DocumentKind};

use super::super::visit::{PanelError, Visit, go};
use super::documents::put;

const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
/// The longest `MaxAgeSeconds`, in seconds.
const MAX_AGE_S: u32 = 86_400 * 365;

/// A rule as the form has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Rule {
    id: Vec<String>,
    origins: Vec<String>,
    methods: Vec<String>,
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age_s: Vec<String>,
}

impl Rule {
    /// Its elements: tag and texts.
    fn elements(&self) -> [(&'static str, &Vec<String>); 6] {
        [
            ("ID", &self.id),
            ("AllowedMethod", &self.methods),
            ("AllowedOrigin", &self.origins),
            ("AllowedHeader", &self.headers),
            ("ExposeHeader", &self.exposed),
            ("MaxAgeSeconds", &self.max_age_s),
        ]
    }
}

/// The rules that the S3 front end stored: its own writing, without attributes inside rules and without comments.
fn read(document: &str) -> Vec<Rule> {
    let texts = |rule: &str, tag: &str| -> Vec<String> {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        rule.split(&open).skip(1).filter_map(|rest| rest.split_once(&close)).map(|(text, _)| unescaped(text)).collect()
    };
    let rules = document.split("<CORSRule>").skip(1);
    rules
        .map(|rule| Rule {
            id: texts(rule, "ID"),
            origins: texts(rule, "AllowedOrigin"),
            methods: texts(rule, "AllowedMethod"),
            headers: texts(rule, "AllowedHeader"),
            exposed: texts(rule, "ExposeHeader"),
            max_age_s: texts(rule, "MaxAgeSeconds"),
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

fn written(rules: &[Rule]) -> String {
    let markup = rules.iter().fold(String::new(), |mut xml, rule| {
        xml.push_str("<CORSRule>");
        for (tag, texts) in rule.elements() {
            for text in texts {
                let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                xml.push_str(&format!("<{tag}>{text}</{tag}>"));
            }
        }
        xml + "</CORSRule>"
    });
    format!("<CORSConfiguration>{markup}</CORSConfiguration>")
}

fn stored(visit: &Visit, bucket: &Bucket) -> Result<Vec<Rule>, PanelError> {
    let document = visit.world.document(bucket, DocumentKind::Cors, "")?;
    Ok(document.map(|document| read(&String::from_utf8_lossy(&document))).unwrap_or_default())
}

pub(super) fn section(visit: &Visit, bucket: &Bucket) -> Result<Markup, PanelError> {
    let rules = stored(visit, bucket)?;
    let post = format!("/panel/spaces/{}/cors", bucket.name);
    Ok(html! {
        section.card {
            h2 { "CORS rules" }
            p.quiet { "Which pages of other origins may use this Space from a browser." }
            @if !rules.is_empty() {
                table.list {
                    thead { tr { th { "Origins" } th { "Methods" } th { "Headers" } th { "Max age" } th { span.hidden { "Actions" } } } }
                    tbody {
                        @for (at, rule) in rules.iter().enumerate() {
                            tr {
                                td data-name="Origins" { (rule.origins.join(", ")) }
                                td data-name="Methods" { (rule.methods.join(", ")) }
                                td data-name="Headers" { (rule.headers.join(", ")) }
                                td data-name="Max age" { (rule.max_age_s.join("")) }
                                td.acts {
                                    form.inline data-post=(post) {
                                        input type="hidden" name="do" value="remove"; input type="hidden" name="at" value=(at);
                                        button.link.danger type="submit" aria-label={ "Remove the rule for " (rule.origins.join(", ")) } { "Remove" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            details {
                summary { "Add a rule" }
                form data-post=(post) {
                    label for="origins" { "Origins, one a line" }
                    textarea #origins name="origins" rows="2" required placeholder="https://example.com" spellcheck="false" {}
                    fieldset.methods { legend { "Methods" } @for method in METHODS { label.choice { input type="checkbox" name="method" value=(method) checked[method == "GET"]; span { (method) } } } }
                    label for="allowed" { "Allowed headers, one a line" }
                    textarea #allowed name="headers" rows="2" placeholder="*" spellcheck="false" {}
                    label for="exposed" { "Exposed headers, one a line" }
                    textarea #exposed name="exposed" rows="1" placeholder="ETag" spellcheck="false" {}
                    label for="age" { "Max age, seconds" }
                    input #age name="age" type="number" min="0" max=(MAX_AGE_S) value="0";
                    p.error role="alert" hidden {}
                    button type="submit" { "Add rule" }
                }
            }
        }
    })
}

pub(crate) async fn change(visit: Visit) -> Result<Response, PanelError> {
    let bucket = visit.bucket()?;
    let mut rules = stored(&visit, &bucket)?;
    if visit.field("do") == Some("remove") {
        let at = visit.field("at").and_then(|text| text.parse::<usize>().ok()).filter(|at| *at < rules.len());
        rules.remove(at.ok_or_else(|| PanelError::missing("rule"))?);
        if rules.is_empty() {
            visit.world.set_document(&bucket, DocumentKind::Cors, "", None).await?;
            return Ok(go(""));
        }
    } else {
        let lines = |name: &str| -> Vec<String> {
            let lines = visit.field(name).unwrap_or_default().lines().map(str::trim);
            lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        let age = visit.field("age").map(|text| text.parse::<u32>().ok().filter(|age| *age <= MAX_AGE_S));
        let age = age.map(|age| age.ok_or_else(|| PanelError::wrong("Max age is a number of seconds."))).transpose()?;
        rules.push(Rule {
            id: Vec::new(),
            origins: lines("origins"),
            methods: visit.all("method").map(str::to_owned).collect(),
            headers: lines("headers"),
            exposed: lines("exposed"),
            max_age_s: age.map(|age| age.to_string()).into_iter().collect(),
        });
    }
    put(&visit, &bucket, "cors", &written(&rules)).await?;
    Ok(go(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let rule = Rule {
            id: vec!["a".to_owned()],
            origins: vec!["https://a.example".to_owned(), "<b>&amp;".to_owned()],
            methods: vec!["GET".to_owned(), "PUT".to_owned()],
            headers: vec!["*".to_owned()],
            exposed: Vec::new(),
            max_age_s: vec!["60".to_owned()],
        };
        let rules = vec![rule.clone(), Rule { origins: vec!["*".to_owned()], ..Rule::default() }];
        assert_eq!(read(&written(&rules)), rules);
        assert!(read("").is_empty());
    }
}
