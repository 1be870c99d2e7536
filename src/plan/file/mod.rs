//! Saved plans: a decision written down, to be reviewed and carried out later, or refused.
//!
//! The file holds what was wanted and what was read, so the plan itself is made again from it, and must come out
//! the same. It holds no secret: policy documents, names and account numbers only.
//!
//! Canonical: keys sorted, two spaces, one line break at the end. Its digest covers every other byte.

mod shape;
mod stale;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use stale::{Moved, moved};

use super::{Plan, plan};
use crate::model::{AccountId, DesiredState, ObservedState};
use shape::{DesiredShape, ObservedShape};

/// What the first key of every saved plan says.
const FORMAT: &str = "export-iam saved plan";

/// The number of this format. A reader refuses any other.
const FORMAT_VERSION: u32 = 1;

/// Longest file that is read. Unit: bytes.
pub const MAX_LENGTH: u64 = 16 << 20;

/// A plan with everything it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPlan {
    /// What was wanted.
    pub desired: DesiredState,
    /// What was read.
    pub observed: ObservedState,
    /// The digest of the spec, or a word for where the wish came from.
    pub origin: String,
}

/// Why a text is not a saved plan that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedPlanError {
    /// Not JSON, or cut short.
    #[error("not a whole JSON document: {0}")]
    Syntax(String),
    /// JSON, but something else.
    #[error("not a saved plan of export-iam")]
    Other,
    /// Made by a later version of this program.
    #[error(
        "saved plan of format {found}, this version reads format {FORMAT_VERSION} (it was made by {made_by})"
    )]
    Format {
        /// The number in the file.
        found: u64,
        /// The program that wrote it.
        made_by: String,
    },
    /// Not the very text that was written.
    #[error("not as it was written: it was edited or damaged")]
    Edited,
    /// A value is not of the form expected.
    #[error("{0}")]
    Value(String),
    /// Another version of this program would decide otherwise.
    #[error("made by {made_by}, which decided other steps than this version would")]
    OtherSteps {
        /// The program that wrote it.
        made_by: String,
    },
}

/// The file. Its parts are the model's own types: what these write is this format, and changes with its number.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileShape {
    format: String,
    format_version: u32,
    made_by: String,
    account: String,
    origin: String,
    desired: DesiredShape,
    observed: ObservedShape,
    steps: Vec<String>,
}

/// What the plan is made from.
#[derive(Serialize, Deserialize)]
struct ShortShape {
    origin: String,
    desired: DesiredShape,
    observed: ObservedShape,
}

impl SavedPlan {
    /// The account that the plan is for.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.observed.caller.account
    }

    /// The text of the file, and the digest in it.
    ///
    /// # Errors
    /// When no plan can be made from it.
    pub fn to_text(&self) -> Result<(String, String), SavedPlanError> {
        let value = self.value(&made_by(), steps(&self.plan()?))?;
        let digest = digest(&value);
        let Value::Object(mut members) = value else {
            return Err(SavedPlanError::Other);
        };
        members.insert("digest".to_owned(), Value::String(digest.clone()));
        Ok((pretty(&Value::Object(members))?, digest))
    }

    /// Reads a file and its digest.
    ///
    /// # Errors
    /// When it is not a saved plan, of another format, edited, or would be decided otherwise today.
    pub fn parse(text: &str) -> Result<(Self, String), SavedPlanError> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| SavedPlanError::Syntax(error.to_string()))?;
        let Value::Object(mut members) = value else {
            return Err(SavedPlanError::Other);
        };
        check_format(&members)?;
        // Canonical text alone is taken: anything else, such as a member given twice, could be read in two ways.
        if pretty(&Value::Object(members.clone()))? != text {
            return Err(SavedPlanError::Edited);
        }
        let Some(Value::String(claimed)) = members.remove("digest") else {
            return Err(SavedPlanError::Edited);
        };
        let value = Value::Object(members);
        if digest(&value) != claimed {
            return Err(SavedPlanError::Edited);
        }
        let shape: FileShape = serde_json::from_value(value.clone())
            .map_err(|error| SavedPlanError::Value(error.to_string()))?;
        let saved = Self {
            desired: shape.desired.into_model(),
            observed: shape.observed.into_model(),
            origin: shape.origin,
        };
        if shape.account != saved.account().as_str() {
            return Err(SavedPlanError::Value(
                "`account` is not the account that was read".to_owned(),
            ));
        }
        // A thing given twice or out of order would be read in one way here and in another by a reviewer.
        if saved.value(&shape.made_by, shape.steps.clone())? != value {
            return Err(SavedPlanError::Edited);
        }
        match steps(&saved.plan()?) == shape.steps {
            true => Ok((saved, claimed)),
            false => Err(SavedPlanError::OtherSteps {
                made_by: shape.made_by,
            }),
        }
    }

    /// What the plan is made from, in short: for this process alone, without what protects a file.
    ///
    /// # Errors
    /// When a value has no form in a file.
    pub fn to_short(&self) -> Result<Vec<u8>, SavedPlanError> {
        let shape = ShortShape {
            origin: self.origin.clone(),
            desired: DesiredShape::new(&self.desired),
            observed: ObservedShape::new(&self.observed),
        };
        serde_json::to_vec(&shape).map_err(|error| SavedPlanError::Value(error.to_string()))
    }

    /// Reads what [`to_short`](Self::to_short) gave.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_short(bytes: &[u8]) -> Result<Self, SavedPlanError> {
        let shape: ShortShape = serde_json::from_slice(bytes)
            .map_err(|error| SavedPlanError::Syntax(error.to_string()))?;
        Ok(Self {
            desired: shape.desired.into_model(),
            observed: shape.observed.into_model(),
            origin: shape.origin,
        })
    }

    /// Everything in the file but its digest.
    fn value(&self, made_by: &str, steps: Vec<String>) -> Result<Value, SavedPlanError> {
        let shape = FileShape {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            made_by: made_by.to_owned(),
            account: self.account().to_string(),
            origin: self.origin.clone(),
            desired: DesiredShape::new(&self.desired),
            observed: ObservedShape::new(&self.observed),
            steps,
        };
        serde_json::to_value(&shape).map_err(|error| SavedPlanError::Value(error.to_string()))
    }

    /// The plan, made again from what was wanted and what was read.
    ///
    /// # Errors
    /// When none can be made.
    pub fn plan(&self) -> Result<Plan, SavedPlanError> {
        plan(&self.desired, &self.observed).map_err(|errors| {
            let reasons: Vec<String> = errors.iter().map(ToString::to_string).collect();
            SavedPlanError::Value(reasons.join("; "))
        })
    }
}

/// The canonical text: keys sorted, two spaces, one line break at the end.
fn pretty(value: &Value) -> Result<String, SavedPlanError> {
    let text = serde_json::to_string_pretty(value);
    Ok(text.map_err(|error| SavedPlanError::Value(error.to_string()))? + "\n")
}

fn check_format(members: &serde_json::Map<String, Value>) -> Result<(), SavedPlanError> {
    if members.get("format").and_then(Value::as_str) != Some(FORMAT) {
        return Err(SavedPlanError::Other);
    }
    match members.get("format_version").and_then(Value::as_u64) {
        Some(found) if found == u64::from(FORMAT_VERSION) => Ok(()),
        Some(found) => {
            let made_by = members
                .get("made_by")
                .and_then(Value::as_str)
                .unwrap_or("an unknown version");
            Err(SavedPlanError::Format {
                found,
                made_by: made_by.to_owned(),
            })
        }
        None => Err(SavedPlanError::Other),
    }
}

/// `sha256:` and the digest of the canonical text. serde_json keeps the members of an object sorted.
fn digest(value: &Value) -> String {
    let digest = Sha256::digest(value.to_string().as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The steps as a reviewer reads them, one a line; the whole of each step, so that nothing can hide.
fn steps(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .map(|planned| format!("{} {}", planned.wave + 1, planned.step))
        .collect()
}

fn made_by() -> String {
    format!("export-iam {}", env!("CARGO_PKG_VERSION"))
}
