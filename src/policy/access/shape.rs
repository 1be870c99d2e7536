//! Lines of access in reports: data, with the words beside it.

use super::condition::AccessCondition;
use super::line::{AccessLine, Change, Reach, Realism, Targets};
use super::pattern::Pattern;
use super::principal::NamedPrincipal;
use super::witness::Witness;
use serde::{Serialize, Serializer};

/// The shape of a line in reports. Part of their format: nothing is renamed or left out within one version.
#[derive(Serialize)]
struct LineShape<'a> {
    change: Change,
    reach: Reach,
    actions: &'a [Pattern],
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<&'a [Pattern]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principals: Option<Vec<PrincipalShape<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a AccessCondition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<&'a AccessCondition>,
    text: String,
    witness: &'a Witness,
    witness_is: Realism,
}

impl Serialize for AccessLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (resources, principals) = match &self.targets {
            Targets::Resources(patterns) => (Some(patterns.as_slice()), None),
            Targets::Principals(patterns) => (
                None,
                Some(patterns.iter().map(PrincipalShape::new).collect()),
            ),
        };
        let shape = LineShape {
            change: self.change,
            reach: self.reach,
            actions: &self.actions,
            resources,
            principals,
            condition: self.condition.as_ref(),
            now: self.now.as_ref(),
            text: self.to_string(),
            witness: &self.witness,
            witness_is: self.realism,
        };
        shape.serialize(serializer)
    }
}

/// A principal by kind, with the ones that are not meant.
#[derive(Serialize)]
struct PrincipalShape<'a> {
    #[serde(flatten)]
    principal: NamedPrincipal<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    except: Vec<NamedPrincipal<'a>>,
}

impl<'a> PrincipalShape<'a> {
    fn new(pattern: &'a Pattern) -> Self {
        let except = pattern.except.iter();
        Self {
            principal: NamedPrincipal::read(&pattern.pattern),
            except: except
                .map(|out| NamedPrincipal::read(&out.pattern))
                .collect(),
        }
    }
}
