//! `amends template …`

use amends_client::Error;
use amends_proto::v1;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::{
    args::Limit,
    connection::Session,
    output::table::{id, table, text},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends template set delay --language en \"Order {order_id} is late; it is with the carrier as {tracking}.\"
  amends template set delay --language de \"Bestellung {order_id} kommt später.\"
  amends template list
  amends template preview delay --case case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --set tracking=JX123
  amends case reply case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --template delay --set tracking=JX123

Placeholders: {order_id}, {product}, {tracking}, {amount}, {date}, {agent}. A brace
itself is written twice.";

/// What can be done with templates.
#[derive(Subcommand)]
pub enum Template {
    /// List templates with their words
    List(List),
    /// Set the words of a template in one language; makes the template if there is none (supervisors)
    Set(Set),
    /// Show what a template becomes on a case, and what is missing
    Preview(Preview),
}

/// How many to list.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    limit: Limit,
}

/// Words in a language.
#[derive(Args)]
pub struct Set {
    /// The template
    template: String,
    /// Language, such as de or pt-BR
    #[arg(long)]
    language: String,
    /// The words; empty takes the language out
    text: String,
}

/// Which template on which case.
#[derive(Args)]
pub struct Preview {
    /// The template
    template: String,
    /// The case
    #[arg(long)]
    case: String,
    /// Language, such as de or pt-BR [default: the case's]
    #[arg(long)]
    language: Option<String>,
    #[command(flatten)]
    values: Values,
}

/// Facts for placeholders.
#[derive(Args)]
pub(crate) struct Values {
    /// What stands for a placeholder, such as tracking=JX123; may be repeated
    #[arg(long = "set", value_name = "PLACEHOLDER=VALUE", value_parser = parse_value)]
    values: Vec<(String, String)>,
}

fn parse_value(text: &str) -> Result<(String, String), String> {
    let (place, value) = text.split_once('=').ok_or("write a placeholder and a value, as tracking=JX123")?;
    let place = place.trim_matches(['{', '}']);
    if place.is_empty() || value.is_empty() {
        return Err("write a placeholder and a value, as tracking=JX123".to_owned());
    }
    Ok((place.to_owned(), value.to_owned()))
}

impl Values {
    /// A template with these values.
    pub(crate) async fn used(self, session: &Session, template: &str) -> anyhow::Result<v1::TemplateUse> {
        let value = |(placeholder, value)| v1::TemplateValue { placeholder, value };
        Ok(v1::TemplateUse {
            template: session.name("templates", template).await?,
            values: self.values.into_iter().map(value).collect(),
        })
    }
}

impl Template {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(args) => list(session, args.limit).await,
            Self::Set(args) => args.run(session).await,
            Self::Preview(args) => args.run(session).await,
        }
    }
}

async fn list(session: &Session, limit: Limit) -> anyhow::Result<()> {
    let parent = session.shop().await?;
    let page = limit
        .pages(200, async |page_size, page_token| {
            let request = v1::ListTemplatesRequest { parent: parent.clone(), page_size, page_token };
            let answer = session.client.call(request).await?;
            Ok((answer.templates, answer.next_page_token))
        })
        .await?;
    session.output.page("templates", &page, |templates| {
        let mut table = table(&["template", "language", "text"]);
        for template in templates {
            for one in &template.texts {
                table.add_row([id(&template.name), &one.language, &one.text]);
            }
        }
        text(&table)
    })
}

/// The template as it is stored; none if there is none.
async fn stored(session: &Session, name: &str) -> Result<Option<v1::ReplyTemplate>, Error> {
    let parent = name.split("/templates/").next().unwrap_or_default().to_owned();
    let mut page_token = String::new();
    loop {
        let request = v1::ListTemplatesRequest { parent: parent.clone(), page_size: 200, page_token };
        let page = session.client.call(request).await?;
        if let Some(found) = page.templates.into_iter().find(|template| template.name == name) {
            return Ok(Some(found));
        }
        if page.next_page_token.is_empty() {
            return Ok(None);
        }
        page_token = page.next_page_token;
    }
}

impl Set {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("templates", &self.template).await?;
        let words = v1::TemplateText { language: self.language.clone(), text: self.text.clone() };
        let template = match stored(session, &name).await? {
            None => {
                let parent = name.split("/templates/").next().unwrap_or_default().to_owned();
                let request = v1::CreateTemplateRequest {
                    parent,
                    template_id: id(&name).to_owned(),
                    template: Some(v1::ReplyTemplate { texts: vec![words], ..Default::default() }),
                    ..Default::default()
                };
                session.client.call(request).await?.template
            }
            Some(mut template) => {
                template.texts.retain(|one| !one.language.eq_ignore_ascii_case(&self.language));
                if !self.text.is_empty() {
                    template.texts.push(words);
                }
                if template.texts.is_empty() {
                    bail!("A template keeps the words of one language at least.");
                }
                let request = v1::UpdateTemplateRequest { template: Some(template), ..Default::default() };
                session.client.call(request).await?.template
            }
        };
        let template = template.context("The server answered without the template.")?;
        session.output.one(&template, || {
            let languages: Vec<_> = template.texts.iter().map(|one| one.language.as_str()).collect();
            format!("{} has words in {}", id(&template.name), languages.join(", "))
        })
    }
}

impl Preview {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let request = v1::PreviewTemplateRequest {
            template: Some(self.values.used(session, &self.template).await?),
            case: session.name("cases", &self.case).await?,
            language: self.language.unwrap_or_default(),
        };
        let preview = session.client.call(request).await?;
        session.output.one(&preview, || {
            let mut text = format!("{} ({})", preview.text, preview.language);
            for place in &preview.missing {
                text.push_str(&format!("\nMissing: {{{place}}}; give it with --set {place}=VALUE"));
            }
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_given_with_or_without_braces() {
        let tracking = Ok(("tracking".to_owned(), "J=1".to_owned()));
        assert_eq!(parse_value("tracking=J=1"), tracking);
        assert_eq!(parse_value("{tracking}=J=1"), tracking);
        assert!(parse_value("tracking").is_err() && parse_value("=x").is_err() && parse_value("x=").is_err());
    }
}
