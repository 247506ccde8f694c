//! `amends migrate`.

use super::flags::ServerFlags;
use crate::serve::open;

pub(super) async fn run(flags: &ServerFlags) -> anyhow::Result<()> {
    let config = flags.config()?;
    let store = open(&config).await?;
    let applied = store.migrate().await?;
    if applied.is_empty() {
        println!("the schema is up to date");
    }
    for name in applied {
        println!("applied {name}");
    }
    store.close().await;
    Ok(())
}
