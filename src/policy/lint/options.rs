//! What lint is told beside the document.

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// What the identities it is attached to may do.
    Permission,
    /// Who may assume a role.
    Trust,
    /// Who may do what with a bucket.
    Bucket,
    /// By what is in it: principals and no resources make a trust policy, principals and resources a bucket policy.
    #[default]
    Auto,
}

/// Where an image is to be exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The `OSSPrefix` that exports are started with.
    pub prefix: Option<&'a str>,
}

/// What lint is told beside the document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// What kind of document it is.
    pub kind: Kind,
    /// The exports that the document must make possible; an empty list means some export. `None`: not
    /// known, and then a document that names nearly all of the actions is taken to be meant for it.
    pub exports: Option<&'a [Export<'a>]>,
    /// The uid of the account that the document is for, and that owns the buckets.
    pub account: Option<&'a str>,
    /// The time of the run, by which dates are past or to come; `None`: not known.
    pub now: Option<jiff::Timestamp>,
}
