//! A model as one file: a manifest that people can read, packed tables, a checksum over all.
//!
//! ```text
//! "amends model 1\n"   length (u32)   manifest, TOML   length (u32)   packed body   BLAKE3 (32 bytes)
//! ```
//! Numbers are little-endian. Whatever is wrong is found before anything is believed.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use super::{Manifest, Model};
use crate::column::Column;
use crate::error::ModelError;
use crate::head::{HEADS, Head, WEIGHT_MAX};
use crate::language::{LANES, Languages};
use crate::ngram::FEATURES_VERSION;
use crate::table::Table;

const MAGIC: &[u8] = b"amends model 1\n";
const HASH: usize = blake3::OUT_LEN;
/// A body that unpacks to more is no model of ours.
const BODY_MAX: usize = 64 << 20;
const BITS_MAX: u32 = 22;
const PACKING: u8 = 9;

/// The bytes of a model.
pub(crate) fn write(model: &Model) -> Result<Vec<u8>, ModelError> {
    let manifest = toml::to_string(&model.manifest)
        .map_err(|e| ModelError::Syntax { file: "manifest".to_owned(), problem: e.to_string() })?;
    let mut body = Body(Vec::new());
    body.column(&model.mood);
    body.head(&model.negative);
    body.table(&model.wishes);
    model.heads.iter().for_each(|head| body.head(head));
    body.table(&model.languages.table);
    model.languages.biases.iter().for_each(|bias| body.number(*bias));
    let packed = miniz_oxide::deflate::compress_to_vec(&body.0, PACKING);
    let mut bytes = MAGIC.to_vec();
    for part in [manifest.as_bytes(), &packed] {
        bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(part);
    }
    let hash = blake3::hash(&bytes);
    bytes.extend(hash.as_bytes());
    Ok(bytes)
}

/// Reads a model; `file` is its name in errors. Answers its checksum as well.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<(Model, String), ModelError> {
    let refuse = |problem: String| ModelError::Syntax { file: file.to_owned(), problem };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| refuse("is not a model of Amends".to_owned()))?;
    let (content, found) = bytes
        .split_last_chunk::<HASH>()
        .filter(|_| rest.len() >= HASH)
        .ok_or_else(|| refuse("is cut off".to_owned()))?;
    let expect = blake3::hash(content);
    if expect.as_bytes() != found {
        let found = blake3::Hash::from_bytes(*found).to_hex();
        return Err(refuse(format!("its checksum is {found} but its content has {}", expect.to_hex())));
    }
    let short = || refuse("is shorter than it says".to_owned());
    let mut rest = content.get(MAGIC.len()..).ok_or_else(short)?;
    let manifest = part(&mut rest).ok_or_else(short)?;
    let packed = part(&mut rest).ok_or_else(short)?;
    let manifest = std::str::from_utf8(manifest).map_err(|e| refuse(e.to_string()))?;
    let manifest: Manifest = toml::from_str(manifest).map_err(|e| refuse(e.to_string()))?;
    if manifest.features != FEATURES_VERSION {
        let (its, ours) = (manifest.features, FEATURES_VERSION);
        return Err(refuse(format!(
            "knows features of version {its}, this program has {ours}: train it again"
        )));
    }
    let model = model(manifest, packed).ok_or_else(|| refuse("its tables do not fit together".to_owned()))?;
    Ok((model, expect.to_hex().to_string()))
}

fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, tail) = rest.split_first_chunk::<4>()?;
    let (part, tail) = tail.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = tail;
    Some(part)
}

fn model(manifest: Manifest, packed: &[u8]) -> Option<Model> {
    let mut reader = Reader::new(packed);
    let mood = (reader.column()?, reader.head()?);
    let wishes = (reader.table()?, (0..HEADS).map(|_| reader.head()).collect::<Option<Vec<_>>>()?);
    let table = reader.table()?;
    let mut biases = [0.0; LANES];
    for bias in &mut biases {
        *bias = reader.number()?;
    }
    reader.ends_here().then(|| Model::new(manifest, mood, wishes, Languages { table, biases }))
}

struct Body(Vec<u8>);

impl Body {
    fn number(&mut self, number: f32) {
        self.0.extend(number.to_le_bytes());
    }

    fn table<const L: usize>(&mut self, table: &Table<L>) {
        self.0.extend(table.bits().to_le_bytes());
        table.scales().iter().for_each(|scale| self.number(*scale));
        // Lane by lane: what is alike stands together and packs better.
        for lane in 0..L {
            self.0.extend(table.steps().iter().skip(lane).step_by(L));
        }
    }

    fn column(&mut self, column: &Column) {
        self.0.extend(column.bits().to_le_bytes());
        self.number(column.scale());
        self.0.extend(column.steps());
    }

    fn head(&mut self, head: &Head) {
        let numbers = [head.bias, head.slope, head.intercept, head.threshold];
        numbers.iter().chain(&head.cues).for_each(|number| self.number(*number));
    }
}

/// Unpacks a body as far as it is asked for: tables never stand in memory twice.
struct Reader<'a> {
    packed: &'a [u8],
    state: Box<InflateState>,
    /// So many bytes more and it is no model of ours.
    left: usize,
}

impl<'a> Reader<'a> {
    fn new(packed: &'a [u8]) -> Self {
        Self { packed, state: InflateState::new_boxed(DataFormat::Raw), left: BODY_MAX }
    }

    fn fill(&mut self, mut into: &mut [u8]) -> Option<()> {
        self.left = self.left.checked_sub(into.len())?;
        while !into.is_empty() {
            let step = inflate(&mut self.state, self.packed, into, MZFlush::None);
            self.packed = self.packed.get(step.bytes_consumed..)?;
            into = into.get_mut(step.bytes_written..)?;
            if step.status.is_err() || step.bytes_consumed + step.bytes_written == 0 {
                return None;
            }
        }
        Some(())
    }

    fn ends_here(mut self) -> bool {
        let step = inflate(&mut self.state, self.packed, &mut [0], MZFlush::None);
        step.status == Ok(MZStatus::StreamEnd)
            && step.bytes_written == 0
            && step.bytes_consumed == self.packed.len()
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Some(bytes)
    }

    fn number(&mut self) -> Option<f32> {
        Some(f32::from_le_bytes(self.bytes()?)).filter(|number| number.abs() <= WEIGHT_MAX)
    }

    /// The size of a table of so many lanes, if it can be here at all.
    fn bits(&mut self, lanes: usize) -> Option<u32> {
        let bits = u32::from_le_bytes(self.bytes()?);
        ((1..=BITS_MAX).contains(&bits) && lanes << bits <= self.left).then_some(bits)
    }

    fn column(&mut self) -> Option<Column> {
        let (bits, scale) = (self.bits(1)?, self.number()?);
        Column::read(bits, scale, |into| self.fill(into))
    }

    fn table<const L: usize>(&mut self) -> Option<Table<L>> {
        let bits = self.bits(L)?;
        let mut scales = [0.0; L];
        for scale in &mut scales {
            *scale = self.number()?;
        }
        Table::read_lanes(bits, scales, |into| self.fill(into))
    }

    fn head(&mut self) -> Option<Head> {
        let mut head = Head { bias: self.number()?, ..Head::default() };
        (head.slope, head.intercept, head.threshold) = (self.number()?, self.number()?, self.number()?);
        for cue in &mut head.cues {
            *cue = self.number()?;
        }
        Some(head).filter(Head::is_sound)
    }
}
