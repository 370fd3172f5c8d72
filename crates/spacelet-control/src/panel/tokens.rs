//! API tokens on the API page: what DigitalOcean's tools send as `Authorization: Bearer`.

use axum::response::Response;
use maud::{Markup, html};
use spacelet_engine::{EngineError, NewApiToken, Secret};

use super::files::dialog_end;
use super::sessions::Once;
use super::text::time;
use super::visit::{PanelError, Visit, go};
use crate::routes::{ROUTES, is_scope};
use crate::tokens::{NAME_CHARS_MAX, TOKENS_MAX};

/// Each scope once, `*` first.
fn scopes() -> Vec<&'static str> {
    let mut scopes: Vec<_> = ROUTES.iter().map(|route| route.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

pub(crate) fn section(visit: &Visit) -> Result<Markup, PanelError> {
    let tokens = visit.world.tokens_of(&visit.account)?;
    Ok(html! {
        div.head {
            h2 { "API tokens" }
            button type="button" data-open="new-token" { "Generate New Token" }
        }
        p.quiet { "Tokens are for DigitalOcean’s API and tools (doctl, Terraform, pydo). The one that the server was started with is not listed." }
        @if !tokens.is_empty() {
            table.list {
                thead { tr { th { "Name" } th { "Scopes" } th { "Created (UTC)" } th { span.hidden { "Actions" } } } }
                tbody {
                    @for token in &tokens {
                        tr {
                            td.strong data-name="Name" { (token.name) }
                            td data-name="Scopes" { @for scope in &token.scopes { span.tag { (scope) } " " } }
                            td data-name="Created" { (time(token.created)) }
                            td.acts {
                                form.inline data-post="/panel/do/delete-token" data-confirm="Delete this token? What uses it is refused from then on." {
                                    input type="hidden" name="id" value=(token.id);
                                    button.link.danger type="submit" aria-label={ "Delete token " (token.name) } { "Delete" }
                                }
                            }
                        }
                    }
                }
            }
        }
    })
}

pub(crate) fn new_token(name: &str, token: &Secret) -> Markup {
    html! {
        section.card.fresh aria-labelledby="fresh-title" {
            h2 #fresh-title { "Token “" (name) "” is ready" }
            p { "It is shown only now. Copy it: it cannot be shown again." }
            dl.facts { dt { "Token" } dd { code #fresh-token { (token.reveal()) } button type="button" data-copy=(token.reveal()) { "Copy token" } } }
        }
    }
}

pub(crate) fn dialog() -> Markup {
    html! {
        dialog #new-token aria-labelledby="new-token-title" {
            form data-post="/panel/do/create-token" {
                h2 #new-token-title { "Generate New Token" }
                label for="token-name" { "Name" }
                input #token-name name="name" required maxlength="255" autocomplete="off";
                fieldset {
                    legend { "Scopes" }
                    div.scopes {
                        @for scope in scopes() {
                            label.choice { input type="checkbox" name="scope" value=(scope) checked[scope == "*"]; span { @if scope == "*" { b { "Everything" } } @else { (scope) } } }
                        }
                    }
                }
                (dialog_end("Generate New Token", false))
            }
        }
    }
}

pub(crate) async fn create(visit: Visit) -> Result<Response, PanelError> {
    let name = visit.field("name").unwrap_or_default().trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(PanelError::wrong(format!("A name has 1 to {NAME_CHARS_MAX} characters.")));
    }
    let wanted: Vec<String> = visit.all("scope").map(str::to_owned).collect();
    if wanted.is_empty() || !wanted.iter().all(|scope| is_scope(scope)) {
        return Err(PanelError::wrong("Choose at least one scope."));
    }
    let token = NewApiToken { account: visit.account.clone(), name: name.clone(), scopes: wanted };
    match visit.world.create_token(token, TOKENS_MAX).await {
        Ok((_, secret)) => visit.panel.sessions().keep(&visit.session.id, Once::Token(name, secret)),
        Err(EngineError::TooManyKeys) => {
            return Err(PanelError::wrong(format!("There are {TOKENS_MAX} tokens, the most there may be.")));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(go("/panel/api"))
}

pub(crate) async fn delete(visit: Visit) -> Result<Response, PanelError> {
    visit.world.delete_token(&visit.account, visit.field("id").unwrap_or_default()).await?;
    Ok(go("/panel/api"))
}
