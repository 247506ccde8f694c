//! Any bytes at all as a model: it is refused or it judges, and nothing panics.
//!
//! The checksum would refuse nearly everything that a fuzzer thinks of, so that most kinds
//! of input are sealed with one that fits. The first byte names the kind.
#![no_main]

use amends_detect::{Detector, Input};
use libfuzzer_sys::fuzz_target;

const EMBEDDED: &[u8] = include_bytes!("../../model/embedded.bin");
const MAGIC: &[u8] = b"amends model 1\n";
const TEXT: &str = "made-up: the lid was broken, please take it back";

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    match kind {
        b'c' => refuse_changed(data),
        b's' => try_model(&seal(data)),
        b'p' => try_model(&with_body(data)),
        b'b' => try_model(&with_body(&miniz_oxide::deflate::compress_to_vec(&body(data), 1))),
        _ => try_model(data),
    }
});

fn try_model(bytes: &[u8]) {
    if let Ok(detector) = Detector::from_model("fuzzed", bytes) {
        // Numbers of any size are a sound model, if a foolish one.
        let _ = detector.detect(&Input::review(TEXT, Some(5)));
    }
}

/// The embedded model with a few bytes changed, then perhaps cut: each edit is three bytes of
/// place and one that is flipped in; what is left over is the number of bytes cut off.
fn refuse_changed(data: &[u8]) {
    let mut model = EMBEDDED.to_vec();
    let (edits, rest) = data.as_chunks::<4>();
    for [high, middle, low, flip] in edits {
        let place = u32::from_be_bytes([0, *high, *middle, *low]) as usize % model.len();
        model[place] ^= flip;
    }
    let cut = rest.iter().fold(0, |cut, byte| cut << 8 | usize::from(*byte));
    model.truncate(model.len().saturating_sub(cut));
    if model != EMBEDDED {
        assert!(Detector::from_model("changed", &model).is_err(), "a changed model is believed: {data:?}");
    }
}

/// A body that is nought but for some bytes: its length, then two bytes of place and one of
/// value for each edit. Small tables fit into few bytes this way.
fn body(data: &[u8]) -> Vec<u8> {
    let Some((length, edits)) = data.split_first_chunk::<2>() else { return Vec::new() };
    let mut body = vec![0; usize::from(u16::from_be_bytes(*length))];
    for [high, low, value] in edits.as_chunks::<3>().0 {
        if let Some(byte) = body.get_mut(usize::from(u16::from_be_bytes([*high, *low]))) {
            *byte = *value;
        }
    }
    body
}

/// The manifest of the embedded model, and a packed body of one's own.
fn with_body(packed: &[u8]) -> Vec<u8> {
    let rest = EMBEDDED.strip_prefix(MAGIC).expect("the embedded model has its head");
    let (length, _) = rest.split_first_chunk::<4>().expect("the embedded model has a manifest");
    let mut content = rest[..4 + u32::from_le_bytes(*length) as usize].to_vec();
    content.extend(u32::try_from(packed.len()).expect("it is short").to_le_bytes());
    content.extend(packed);
    seal(&content)
}

fn seal(content: &[u8]) -> Vec<u8> {
    let mut bytes = [MAGIC, content].concat();
    bytes.extend(blake3::hash(&bytes).as_bytes());
    bytes
}
