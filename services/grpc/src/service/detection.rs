//! Hearing an unhappy buyer, without storing anything.

use amends_app::App;
use amends_app::AppError;
use amends_app::stored::TextInput;
use amends_proto::v1 as pb;
use pb::detection_service_server::DetectionService;
use tonic::{Request, Response, Status};

use crate::call::{answer, read};
use crate::convert::detection::{self, TextInput as Parsed};
use crate::status::TOO_MANY;

/// The most texts of one request.
const INPUTS_MAX: usize = 1_000;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Detections(pub App);

#[tonic::async_trait]
impl DetectionService for Detections {
    async fn detect(
        &self,
        request: Request<pb::DetectRequest>,
    ) -> Result<Response<pb::DetectResponse>, Status> {
        answer(async {
            let (_, mut f, message) = read(request)?;
            let inputs = match message.inputs.len() {
                1..=INPUTS_MAX => f.each("inputs", message.inputs, detection::parse),
                0 => f.refuse("inputs", "must have 1–1,000 entries"),
                _ => f.refuse("inputs", TOO_MANY),
            };
            let inputs = f.finish(inputs)?;
            let app = self.0.clone();
            // A thousand long texts keep a processor busy: not one that answers calls.
            let heard =
                tokio::task::spawn_blocking(move || inputs.iter().map(|one| hear(&app, one)).collect());
            let detections =
                heard.await.map_err(|e| AppError::Internal(format!("a detection did not end: {e}")))?;
            Ok(pb::DetectResponse { detections })
        })
        .await
    }
}

fn hear(app: &App, input: &Parsed) -> pb::Detection {
    let language = (!input.language.is_empty()).then_some(input.language.as_str());
    let Parsed { text, rating, kind, threshold, .. } = input;
    detection::render(app.detect(&TextInput {
        text,
        rating: *rating,
        threshold: *threshold,
        language,
        kind: *kind,
    }))
}
