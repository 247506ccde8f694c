//! Compiles the contract without protoc: protox parses it, tonic writes the code.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script where to write by the environment")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=amends");
    println!("cargo:rerun-if-changed=build.rs");

    let mut files = fs::read_dir("amends/v1")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "proto"));
    // The order of a directory is not defined; the generated code has to be.
    files.sort();

    // Comments stay in the set, so that reflection can show them too.
    let descriptors = protox::compile(&files, ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("amends.v1.bin"), descriptors.encode_to_vec())?;

    tonic_prost_build::configure().build_client(true).build_server(true).compile_fds(descriptors)?;
    Ok(())
}
