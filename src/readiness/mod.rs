//! Whether ExportImage would work with a role: ready, blocked, or dependent on something that no document says.
//!
//! In: the role's trust policy, every document attached to it, where images are to go, and the time. Out: an answer
//! for the trust and for each of the eight actions, and what the role can do beyond them. [`checks`] takes in every
//! other layer too: bucket policy, control policies, bucket, image and dry run. ACLs are outside the answer. Knows
//! neither HTTP, files, a clock nor the terminal.
//!
//! | file | holds |
//! |---|---|
//! | `assess` | the way from the documents to a [`Readiness`] |
//! | `grants` | what layers of documents grant, and what their statements are called |
//! | `doubt` | what decides whether a statement is about the role |
//! | `made` | documents in the form in which they are asked about the role |
//! | `input` | the role and the exports that are asked about |
//! | `requirement` | the requests that an export makes |
//! | `call` | which condition keys those requests can carry |
//! | `check` | the checks of one export over all layers, and their answers |
//! | `checks` | the way from everything that was read for one export to its checks |
//! | `error` | the errors of ExportImage |
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
mod requirement;
mod statement;
mod words;

pub use answer::{ActionAnswer, Answer, ExportAnswer, Outcome, Readiness, Refusal};
pub use assess::{image_export, image_export_into};
pub use check::{Check, CheckAnswer, CheckKind, CheckedExport, answer_of};
pub use checks::checks;
pub use error::ExportError;
pub use factor::Factor;
pub use input::{
    Attached, AttachedInGroup, AttachedToBucket, EXPORT_ROLE, Export, ExportFacts, Role, RoleTrust,
};
pub use statement::StatementName;
