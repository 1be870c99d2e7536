//! States to try things out with, built in.

use super::fleet::Fleet;
use super::state::World;
use super::state::file::SeedError;

/// How many members the directory of `fleet` has.
const MEMBERS: u64 = 20;

/// A state and its name.
struct Ready {
    name: &'static str,
    json: &'static str,
}

/// The files of `states/`.
const READY: &[Ready] = &[
    Ready {
        name: "healthy",
        json: include_str!("../../states/healthy.json"),
    },
    Ready {
        name: "role-missing",
        json: include_str!("../../states/role-missing.json"),
    },
    Ready {
        name: "trust-wrong",
        json: include_str!("../../states/trust-wrong.json"),
    },
    Ready {
        name: "policy-too-narrow",
        json: include_str!("../../states/policy-too-narrow.json"),
    },
    Ready {
        name: "bucket-denies",
        json: include_str!("../../states/bucket-denies.json"),
    },
    Ready {
        name: "image-encrypted",
        json: include_str!("../../states/image-encrypted.json"),
    },
    Ready {
        name: "import-role-missing",
        json: include_str!("../../states/import-role-missing.json"),
    },
];

/// A directory of twenty members in mixed drift, made rather than kept in a file.
const FLEET: &str = "fleet";

/// The names of the built-in states, the one in which everything works first.
pub fn ready_states() -> impl Iterator<Item = &'static str> {
    READY.iter().map(|ready| ready.name).chain([FLEET])
}

impl World {
    /// The built-in state of this name; `None` when there is none.
    ///
    /// # Errors
    /// None that can happen: a test reads every one.
    pub fn ready(name: &str) -> Result<Option<Self>, SeedError> {
        if name == FLEET {
            let fleet = Fleet {
                members: MEMBERS,
                ..Fleet::default()
            };
            return Self::fleet(fleet).map(Some);
        }
        let found = READY.iter().find(|ready| ready.name == name);
        found.map(|ready| Self::from_json(ready.json)).transpose()
    }
}
