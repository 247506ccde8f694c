# Shortcuts for the people who work on it; everything here is a plain command too.

# What CI runs.
ci:
    bash .ci/run

# Tests on SQLite; set AMENDS_TEST_POSTGRES_URL for PostgreSQL as well.
test:
    cargo test --workspace

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# The main job, played to its report.
demo:
    cargo run --release -- demo

# Throughput and latency of ingest, with a server of its own.
load *FLAGS:
    cargo run --release -- load --serve {{FLAGS}}
