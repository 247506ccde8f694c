//! How much of the work was judged, and how it came out.

use amends_proto::v1;
use clap::Args;

use crate::codes::code;
use crate::connection::Session;
use crate::metrics::days::Days;
use crate::metrics::form::Form;
use crate::metrics::quality::{sheet, shown};

/// Which weeks.
#[derive(Args)]
pub struct Scores {
    #[command(flatten)]
    days: Days,
    /// All shops you may read together
    #[arg(long)]
    all_shops: bool,
    /// How time is cut
    #[arg(long, value_parser = code::<v1::TimeBucket>())]
    bucket: Option<v1::TimeBucket>,
    #[command(flatten)]
    form: Form,
}

impl Scores {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let asked = self.days.range(session).await?;
        let request = v1::GetQualityScoresRequest {
            parent: if self.all_shops { "shops/-".to_owned() } else { session.shop().await? },
            days: Some(asked.clone()),
            bucket: self.bucket.map(Into::into),
        };
        let answer = session.client.call(request).await?;
        let output = session.output;
        self.form.tell(&output, &answer, || sheet(&answer), || shown(&output, &answer, asked, self.bucket))
    }
}
