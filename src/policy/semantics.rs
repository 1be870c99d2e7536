//! Readings of the language where RAM's documentation leaves a question open.

/// One way to read the language. Documents are compared under every reading that can matter, and an
/// answer is definite only if all of them agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Semantics {
    /// How wildcards treat `:` in resources.
    pub matching: Matching,
    /// What a negated operator says of a key that the request does not carry.
    pub negated_when_absent: NegatedWhenAbsent,
    /// What a wildcard says in a principal.
    pub principals: PrincipalReading,
}

/// Whether a wildcard in one field of an ARN may run across `:` into the next.
///
/// RAM does not document it; both readings are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matching {
    /// In a pattern with at least four `:`, wildcards of the first four fields do not match `:`.
    PerField,
    /// Wildcards match `:` like any other symbol.
    WholeString,
}

/// What a negated condition operator says of a key that the request does not carry.
///
/// A published note about bucket policies says [`NegatedWhenAbsent::Matches`]; for identity policies it is
/// not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NegatedWhenAbsent {
    /// It holds.
    Matches,
    /// It does not hold.
    DoesNotMatch,
}

/// What `*` and `?` say in the identifiers of a trust policy's principals. Not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalReading {
    /// The same as in resources.
    Pattern,
    /// Ordinary symbols.
    Literal,
}

impl Semantics {
    /// The reading that lines and witnesses are made in: the likeliest one.
    pub const DEFAULT: Semantics = Semantics {
        matching: Matching::PerField,
        negated_when_absent: NegatedWhenAbsent::Matches,
        principals: PrincipalReading::Pattern,
    };
}

impl Default for Semantics {
    fn default() -> Self {
        Self::DEFAULT
    }
}
