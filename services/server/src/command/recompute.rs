//! `amends recompute`.

use std::io::IsTerminal;
use std::sync::Arc;

use amends_app::key::local_principal;
use amends_app::recompute::{Progress, Recomputed};
use amends_app::{App, Call, Ids, Settings, SystemClock};
use amends_detect::Detector;
use amends_domain::ShopId;
use amends_domain::event::ActorKind;
use amends_store::shop;
use serde::Serialize;

use super::flags::ServerFlags;
use crate::serve::open;

/// Rebuilds every derived figure from what was said, and compares.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  amends recompute\n  amends recompute --shops blue-bottle --repair\n\nExit code 1 when a difference was found and not repaired."
)]
pub struct Recompute {
    /// Shops, by id; all when absent.
    #[arg(long, value_delimiter = ',')]
    shops: Vec<ShopId>,
    /// Store what is derived in place of what differs.
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    settings: ServerFlags,
}

#[derive(Serialize)]
struct Line {
    shop: String,
    lines: u64,
    reviews: u64,
    difference_count: u64,
    differences: Vec<String>,
    repaired: bool,
}

/// Shops read at a time.
const PAGE: u32 = 200;

pub(super) async fn run(command: Recompute, json: bool) -> anyhow::Result<()> {
    let config = command.settings.config()?;
    let store = open(&config).await?;
    let detector = Arc::new(Detector::embedded()?);
    let app = App::new(store.clone(), detector, Arc::new(SystemClock), Ids::random(), Settings::default());
    let done = all(&app, &command, json).await;
    app.stop();
    store.close().await;
    let left = done?;
    anyhow::ensure!(
        left == 0,
        "{left} value(s) differ from the log; `amends recompute --repair` corrects them"
    );
    Ok(())
}

async fn all(app: &App, command: &Recompute, json: bool) -> anyhow::Result<u64> {
    let shops = if command.shops.is_empty() { every_shop(app).await? } else { command.shops.clone() };
    let (mut left, mut lines) = (0, Vec::new());
    for shop in shops {
        let call = Call {
            principal: local_principal()?,
            request: None,
            trace: None,
            cause: "amends recompute".to_owned(),
            actor: ActorKind::System,
        };
        let found = app.recompute(call, &shop, command.repair, progress(&shop)).await?;
        left += if found.repaired { 0 } else { found.difference_count };
        let line = line(&shop, found);
        if !json {
            print(&line);
        }
        lines.push(line);
    }
    if json {
        println!("{}", serde_json::to_string(&lines)?);
    }
    Ok(left)
}

async fn every_shop(app: &App) -> anyhow::Result<Vec<ShopId>> {
    let (conn, mut all): (_, Vec<ShopId>) = (app.store().reader(), Vec::new());
    loop {
        let page = shop::list(&conn, all.last(), None, PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page.into_iter().map(|shop| shop.id));
    }
}

/// A line that grows on a terminal; nothing where nobody watches.
fn progress(shop: &ShopId) -> Progress {
    let (watched, shop) = (std::io::stderr().is_terminal(), shop.clone());
    Arc::new(move |lines, reviews| {
        if watched {
            eprint!("\r{shop}: {lines} order lines, {reviews} reviews …");
        }
    })
}

fn line(shop: &ShopId, found: Recomputed) -> Line {
    Line {
        shop: shop.to_string(),
        lines: found.lines,
        reviews: found.reviews,
        difference_count: found.difference_count,
        differences: found.differences,
        repaired: found.repaired,
    }
}

fn print(line: &Line) {
    let verdict = match (line.difference_count, line.repaired) {
        (0, _) => "no difference".to_owned(),
        (n, true) => format!("{n} difference(s), repaired"),
        (n, false) => format!("{n} DIFFERENCE(S)"),
    };
    println!("{}: {} order lines, {} reviews: {verdict}", line.shop, line.lines, line.reviews);
    for difference in &line.differences {
        println!("  {difference}");
    }
}
