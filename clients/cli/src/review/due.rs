//! `amends review due`: which reviews should be looked at again.

use amends_proto::v1;
use clap::Args;

use crate::{
    args::Limit,
    connection::Session,
    output::table::{id, or_dash, stars, table, text},
    when::{When, parse_when},
};

/// Which reviews are due.
#[derive(Args)]
pub struct Due {
    /// Also those that fall due until then: 6h (from now), or a time [default: now]
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    by: Option<When>,
    #[command(flatten)]
    limit: Limit,
}

impl Due {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let (output, parent) = (session.output, session.shop().await?);
        let due_by_time = self.by.map(|by| by.ahead(output.now));
        let page = self
            .limit
            .pages(500, async |page_size, page_token| {
                let request = v1::ListObservationsRequest {
                    parent: parent.clone(),
                    page_size,
                    page_token,
                    due_by_time,
                };
                let answer = session.client.call(request).await?;
                Ok((answer.observations, answer.next_page_token))
            })
            .await?;
        output.page("observations", &page, |due| {
            let mut table = table(&["review", "due", "last seen", "stars", "visible", "order"]);
            for one in due {
                table.add_row([
                    id(&one.review),
                    &output.time(one.due_time.as_ref()),
                    &output.time(one.last_observe_time.as_ref()),
                    &stars(one.rating, one.rating),
                    if one.visible { "yes" } else { "no" },
                    or_dash(&one.order_id),
                ]);
            }
            text(&table)
        })
    }
}
