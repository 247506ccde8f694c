//! `amends check`.

use super::flags::ServerFlags;
use crate::serve::open;

pub(super) async fn run(flags: &ServerFlags, json: bool) -> anyhow::Result<()> {
    let config = flags.config()?;
    let settings = config.describe();
    let store = open(&config).await?;
    let pending = store.pending().await?;
    store.close().await;
    if json {
        let settings: serde_json::Map<String, serde_json::Value> =
            settings.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        println!("{}", serde_json::json!({ "settings": settings, "pending_migrations": pending }));
        return Ok(());
    }
    let width = settings.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in settings {
        println!("{name:width$}  {value}");
    }
    println!();
    match pending.as_slice() {
        [] => println!("the database answers and its schema is up to date"),
        pending => println!("the database answers; `amends migrate` will apply {}", pending.join(", ")),
    }
    Ok(())
}
