//! Whether ExportImage or ImportImage would work with a role: ready, blocked, or dependent on something that no
//! document says.
//!
//! In: the role's trust policy, every document attached to it, where images are to go or come from, and the time. Out:
//! an answer for the trust and for each action that the operation needs, and what the role of an export can do beyond
//! them. [`checks`] takes in every other layer too: bucket policy, control policies, bucket, image or object, and dry
//! run. ACLs are outside the answer. Knows neither HTTP, files, a clock nor the terminal.
//!
//! What an operation asks of an account is data, [`ImageOperation`](crate::model::ImageOperation).
//!
//! | file | holds |
//! |---|---|
//! | `assess` | the way from the documents to a [`Readiness`] |
//! | `grants` | what layers of documents grant, and what their statements are called |
//! | `doubt` | what decides whether a statement is about the role |
//! | `made` | documents in the form in which they are asked about the role |
//! | `input` | the role, and the exports and imports that are asked about |
//! | `requirement` | the requests that an export or import makes |
//! | `call` | which condition keys those requests can carry |
//! | `check` | the checks of one export or import over all layers, and their answers |
//! | `checks` | the way from everything that was read for one export or import to its checks |
//! | `error` | the errors of the two operations |
//! | `party` | the people and programs that can settle something |
//! | `remedy` | who can settle what, and what settles a refusal by the role's own documents |
//! | `answer` | the three answers, with their reasons |
//! | `factor` | what an answer can depend on, and what would settle it |
//! | `statement` | how a statement is named |
//! | `words` | outcomes in words |
//! | `over_grant` | what the role can do beyond the requirements |

mod answer;
mod assess;
mod call;
mod check;
mod checks;
mod doubt;
mod error;
mod factor;
mod grants;
mod input;
mod made;
mod over_grant;
mod party;
mod remedy;
mod requirement;
mod statement;
mod words;

pub use answer::{ActionAnswer, Answer, ExportAnswer, Outcome, Readiness, Refusal};
pub use assess::{image_export, image_export_into};
pub use check::{
    Check, CheckAnswer, CheckKind, Checked, CheckedExport, CheckedImport, answer_of,
    settled_by_apply,
};
pub use checks::checks;
pub use error::ErrorCode;
pub use factor::{Factor, Unread};
pub use input::{
    Attached, AttachedInGroup, AttachedToBucket, Export, Facts, Question, Role, RoleTrust,
};
pub use party::Party;
pub use remedy::{Remedy, remedies};
pub use statement::StatementName;
