//! Writing to the buyer.

use amends_proto::v1;
use anyhow::{Context, bail};
use clap::Args;

use crate::{args::Stamp, connection::Session, reply::changed, template::Values};

/// What to write to the buyer.
#[derive(Args)]
pub struct Reply {
    /// The case
    case: String,
    /// What it says
    #[arg(required_unless_present = "template", conflicts_with = "template")]
    text: Option<String>,
    /// A template in place of the text
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    #[command(flatten)]
    values: Values,
    /// Language, such as de or pt-BR [default: the case's]
    #[arg(long)]
    language: Option<String>,
    /// Answer below the review, where everybody reads it
    #[arg(long)]
    public: bool,
    /// Only write it down; `reply queue` hands it over
    #[arg(long)]
    draft: bool,
    #[command(flatten)]
    stamp: Stamp,
}

impl Reply {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let case = session.name("cases", &self.case).await?;
        let version = self.stamp.of(session, &case).await?;
        let content = match (self.text, self.template) {
            (Some(text), _) => v1::draft_reply_request::Content::Text(text),
            (None, Some(template)) => {
                v1::draft_reply_request::Content::Template(self.values.used(session, &template).await?)
            }
            (None, None) => bail!("Say what to write, or name a template."),
        };
        let request = v1::DraftReplyRequest {
            case,
            etag: version.etag,
            fence: version.fence,
            content: Some(content),
            language: self.language.unwrap_or_default(),
            public_reply: self.public,
            ..Default::default()
        };
        let drafted = session.client.call(request).await?;
        if self.draft {
            return changed(session, drafted.reply, drafted.case);
        }
        let reply = drafted.reply.context("The server answered without the reply.")?;
        // Between the two writes stands what the first one answered: whoever came in between is not overlooked.
        let request = v1::QueueReplyRequest {
            name: reply.name.clone(),
            etag: reply.etag,
            fence: version.fence,
            ..Default::default()
        };
        let name = reply.name;
        let queued = session.client.call(request).await;
        let queued = queued.with_context(|| format!("{name} was written but not queued"))?;
        changed(session, queued.reply, queued.case)
    }
}
