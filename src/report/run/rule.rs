//! What kinds of findings there are, for reports that list them.

use crate::drift::Severity;

/// A kind of finding, and its severity: reports of code scanners grade by rule, and one kind may be grave here and
/// harmless there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct Rule {
    pub(in crate::report) kind: String,
    pub(in crate::report) severity: Severity,
}

/// What is to be said about every finding of one kind.
struct Kind {
    kind: &'static str,
    /// What is found, in a few words.
    title: &'static str,
    /// What it means, and what to do.
    help: &'static str,
}

/// The kinds of this format, each in the words of its key `kind`, or of what a step or change came to.
const KINDS: &[Kind] = &[
    Kind {
        kind: "missing",
        title: "Something of the spec is missing",
        help: "The spec names it and the account does not have it. `export-iam apply` creates it.",
    },
    Kind {
        kind: "wider",
        title: "More access than the spec",
        help: "The live document allows more than the spec does. `export-iam apply` takes it back to the spec; if the access is wanted, change the spec.",
    },
    Kind {
        kind: "narrower",
        title: "Less access than the spec",
        help: "The live document allows less than the spec does. `export-iam apply` takes it back to the spec.",
    },
    Kind {
        kind: "changed",
        title: "Differs from the spec",
        help: "The account holds another value than the spec. `export-iam apply` takes it back to the spec.",
    },
    Kind {
        kind: "unmanaged",
        title: "A policy that the spec does not name",
        help: "A policy is attached to a role of the spec, and the spec does not name it. Detach it, or name it in the spec.",
    },
    Kind {
        kind: "export-blocked",
        title: "ExportImage would fail",
        help: "With the account as it is, ECS cannot export an image to the bucket. The report says what stands in the way.",
    },
    Kind {
        kind: "export-depends",
        title: "Whether ExportImage works is open",
        help: "Something decides that cannot be read from the account. The report names it and says what would settle it.",
    },
    Kind {
        kind: "import-blocked",
        title: "ImportImage would fail",
        help: "With the account as it is, ECS cannot import the object as an image. The report says what stands in the way.",
    },
    Kind {
        kind: "import-depends",
        title: "Whether ImportImage works is open",
        help: "Something decides that cannot be read from the account. The report names it and says what would settle it.",
    },
    Kind {
        kind: "instance-bound",
        title: "Instances wear the export role",
        help: "Whoever is on such an instance has all that the role has. Detach the role with `aliyun ecs DetachInstanceRamRole`.",
    },
    Kind {
        kind: "never-broken",
        title: "A sentence of the spec that must always hold is broken",
        help: "The account allows what the spec says must never be allowed. The report shows a request that proves it.",
    },
    Kind {
        kind: "never-unproven",
        title: "Whether a sentence of the spec that must always hold does is open",
        help: "The live documents could not be understood or compared far enough to show that it holds.",
    },
    Kind {
        kind: "pending-create",
        title: "Something is to be created",
        help: "The spec names it and the account does not have it. `export-iam apply` creates it.",
    },
    Kind {
        kind: "pending-update",
        title: "Something is to be changed",
        help: "The account holds another value than the spec. `export-iam apply` changes it.",
    },
    Kind {
        kind: "pending-delete",
        title: "Something is to be removed",
        help: "`export-iam apply` or `destroy` removes it.",
    },
    Kind {
        kind: "step-failed",
        title: "A step failed",
        help: "The service refused the call. Mend the cause and run the same command again.",
    },
    Kind {
        kind: "step-unknown",
        title: "What became of a step is unknown",
        help: "The answer was lost, and the account could not be read again. Run the same command again.",
    },
    Kind {
        kind: "step-not-attempted",
        title: "A step was not attempted",
        help: "An earlier step failed. Mend the cause and run the same command again.",
    },
    Kind {
        kind: "not-read",
        title: "The account could not be worked on",
        help: "Nothing is known about this account. The report says why.",
    },
];

impl Rule {
    pub(in crate::report) fn new(kind: &str, severity: Severity) -> Self {
        Self {
            kind: kind.to_owned(),
            severity,
        }
    }

    /// Every rule there is, whatever was found: the list must be the same in each run.
    pub(in crate::report) fn all() -> Vec<Self> {
        let of_kind = |kind: &Kind| Severity::ALL.map(|severity| Self::new(kind.kind, severity));
        KINDS.iter().flat_map(of_kind).collect()
    }

    /// As `wider/high`.
    pub(in crate::report) fn id(&self) -> String {
        format!("{}/{}", self.kind, self.severity)
    }

    /// As `WiderHigh`.
    pub(in crate::report) fn name(&self) -> String {
        let id = self.id();
        let words = id.split(['-', '/']);
        let capital = |word: &str| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        };
        words.map(capital).collect()
    }

    /// What is found, in a few words.
    pub(in crate::report) fn title(&self) -> String {
        self.kind()
            .map_or(&*self.kind, |kind| kind.title)
            .to_owned()
    }

    /// What it means, and what to do.
    pub(in crate::report) fn help(&self) -> &'static str {
        self.kind()
            .map_or("See the report for people.", |kind| kind.help)
    }

    fn kind(&self) -> Option<&'static Kind> {
        KINDS.iter().find(|known| known.kind == self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::DriftKind;

    #[test]
    fn every_kind_of_finding_has_its_words() {
        for kind in DriftKind::ALL {
            let rule = Rule::new(kind.as_str(), Severity::Low);
            assert!(rule.kind().is_some(), "{}", rule.kind);
        }
    }

    #[test]
    fn ids_and_names_hold_kind_and_severity() {
        let rule = Rule::new("export-blocked", Severity::High);
        assert_eq!(rule.id(), "export-blocked/high");
        assert_eq!(rule.name(), "ExportBlockedHigh");
        assert_eq!(Rule::all().len(), KINDS.len() * 4);
    }
}
