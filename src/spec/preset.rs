//! The specs that are built in, made from the very files under `plans/` and `policies/`.

/// A spec that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// What follows `preset:`.
    pub name: &'static str,
    /// What it sets up, in one line.
    pub summary: &'static str,
    /// The file.
    pub text: &'static str,
}

const PRESETS: [Preset; 5] = [
    Preset {
        name: "image-export",
        summary: "the ExportImage role with Alibaba Cloud's own policy",
        text: include_str!("../../plans/image-export.yaml"),
    },
    Preset {
        name: "image-export-custom",
        summary: "the ExportImage role with a custom policy of the eight documented actions",
        text: include_str!("../../plans/image-export-custom.yaml"),
    },
    Preset {
        name: "image-export-scoped",
        summary: "an example to copy: the ExportImage role held to two buckets in two regions",
        text: include_str!("../../plans/image-export-scoped.yaml"),
    },
    Preset {
        name: "image-import",
        summary: "the ImportImage role with Alibaba Cloud's own policy",
        text: include_str!("../../plans/image-import.yaml"),
    },
    Preset {
        name: "fleet",
        summary: "an example to copy: the ExportImage role in many accounts",
        text: include_str!("../../plans/fleet.yaml"),
    },
];

/// The documents that the presets refer to, by path from the top of the project.
const DOCUMENTS: [(&str, &str); 2] = [
    (
        "policies/ecs-trust.json",
        include_str!("../../policies/ecs-trust.json"),
    ),
    (
        "policies/image-export-oss.json",
        include_str!("../../policies/image-export-oss.json"),
    ),
];

/// The folder that the presets stand in.
pub(super) const FOLDER: &str = "plans";

/// Every preset, the default one first.
#[must_use]
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

/// The preset of this name.
pub(super) fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

/// The built-in document at `path`, from the top of the project.
pub(super) fn document(path: &str) -> Option<&'static str> {
    DOCUMENTS
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, text)| *text)
}
