//! The condition operators of RAM.
//!
//! Source: RAM, "Policy elements", condition operators; `IpAddressIncludeBorder` from OSS, "RAM policy".

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    /// Character for character.
    Exact,
    /// Letter case folded.
    IgnoreCase,
    /// `*` and `?`, letter case counts.
    Like,
    Number(Order),
    /// Instants.
    Date(Order),
    Boolean,
    /// Single addresses and blocks.
    Address,
    /// As `Address`, with the first and last address of a block. OSS lists the name without saying what
    /// `Address` then leaves out.
    AddressWithBorder,
}

impl Family {
    /// The comparison, between a key and its values.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Family::Exact
            | Family::Boolean
            | Family::Number(Order::Equal)
            | Family::Date(Order::Equal) => "is",
            Family::IgnoreCase => "is, in any letter case,",
            Family::Like => "is like",
            Family::Number(Order::Less) => "is below",
            Family::Number(Order::LessOrEqual) => "is at most",
            Family::Number(Order::Greater) => "is above",
            Family::Number(Order::GreaterOrEqual) => "is at least",
            Family::Date(Order::Less) => "is before",
            Family::Date(Order::LessOrEqual) => "is not after",
            Family::Date(Order::Greater) => "is after",
            Family::Date(Order::GreaterOrEqual) => "is not before",
            Family::Address => "is in",
            Family::AddressWithBorder => "is in, border included,",
        }
    }

    /// The comparison of a negated operator.
    pub(crate) fn negated_words(self) -> &'static str {
        match self {
            Family::IgnoreCase => "is, in any letter case, other than",
            Family::Like => "is unlike",
            Family::Address => "is outside",
            Family::AddressWithBorder => "is outside, border included,",
            Family::Exact | Family::Boolean | Family::Number(_) | Family::Date(_) => {
                "is other than"
            }
        }
    }
}

/// How two numbers or instants are compared: request value to policy value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// The order that holds exactly where this one does not; `Equal` has none.
    pub(crate) fn opposite(self) -> Option<Self> {
        match self {
            Order::Equal => None,
            Order::Less => Some(Order::GreaterOrEqual),
            Order::LessOrEqual => Some(Order::Greater),
            Order::Greater => Some(Order::LessOrEqual),
            Order::GreaterOrEqual => Some(Order::Less),
        }
    }
}

/// How an operator treats a key with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Quantifier {
    /// No prefix: the key has one value.
    One,
    /// `ForAnyValue:` one of the values compares so.
    Any,
    /// `ForAllValues:` all of them do.
    All,
}

/// An operator: a comparison, possibly negated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) family: Family,
    pub(crate) negated: bool,
}

const fn positive(family: Family) -> Operator {
    Operator {
        family,
        negated: false,
    }
}

const fn negated(family: Family) -> Operator {
    Operator {
        family,
        negated: true,
    }
}

const OPERATORS: [(&str, Operator); 23] = [
    ("StringEquals", positive(Family::Exact)),
    ("StringNotEquals", negated(Family::Exact)),
    ("StringEqualsIgnoreCase", positive(Family::IgnoreCase)),
    ("StringNotEqualsIgnoreCase", negated(Family::IgnoreCase)),
    ("StringLike", positive(Family::Like)),
    ("StringNotLike", negated(Family::Like)),
    ("NumericEquals", positive(Family::Number(Order::Equal))),
    ("NumericNotEquals", negated(Family::Number(Order::Equal))),
    ("NumericLessThan", positive(Family::Number(Order::Less))),
    (
        "NumericLessThanEquals",
        positive(Family::Number(Order::LessOrEqual)),
    ),
    (
        "NumericGreaterThan",
        positive(Family::Number(Order::Greater)),
    ),
    (
        "NumericGreaterThanEquals",
        positive(Family::Number(Order::GreaterOrEqual)),
    ),
    ("DateEquals", positive(Family::Date(Order::Equal))),
    ("DateNotEquals", negated(Family::Date(Order::Equal))),
    ("DateLessThan", positive(Family::Date(Order::Less))),
    (
        "DateLessThanEquals",
        positive(Family::Date(Order::LessOrEqual)),
    ),
    ("DateGreaterThan", positive(Family::Date(Order::Greater))),
    (
        "DateGreaterThanEquals",
        positive(Family::Date(Order::GreaterOrEqual)),
    ),
    ("Bool", positive(Family::Boolean)),
    ("IpAddress", positive(Family::Address)),
    ("NotIpAddress", negated(Family::Address)),
    (
        "IpAddressIncludeBorder",
        positive(Family::AddressWithBorder),
    ),
    (
        "NotIpAddressIncludeBorder",
        negated(Family::AddressWithBorder),
    ),
];

/// The operator of this name; names are case-sensitive.
pub(crate) fn named(name: &str) -> Option<Operator> {
    let mut operators = OPERATORS.iter();
    operators
        .find(|(known, _)| *known == name)
        .map(|(_, operator)| *operator)
}

/// The operator of this name, which may begin with a set operator.
///
/// Set operators stand in Alibaba Cloud's own policies, as on `ram:TrustedPrincipalTypes`; the pages
/// about RAM do not describe them.
pub(crate) fn quantified(name: &str) -> Option<(Quantifier, Operator)> {
    let (quantifier, plain) = if let Some(plain) = name.strip_prefix("ForAnyValue:") {
        (Quantifier::Any, plain)
    } else if let Some(plain) = name.strip_prefix("ForAllValues:") {
        (Quantifier::All, plain)
    } else {
        (Quantifier::One, name)
    };
    Some((quantifier, named(plain)?))
}

/// The comparison of an operator, whatever set operator it begins with.
pub(crate) fn comparison(name: &str) -> Option<Operator> {
    quantified(name).map(|(_, operator)| operator)
}

/// The names of all operators.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    OPERATORS.iter().map(|(name, _)| *name)
}

/// Whether the operator is understood.
pub(crate) fn is_known(name: &str) -> bool {
    quantified(name).is_some()
}

/// What to write instead of an operator that RAM does not have.
pub(crate) fn suggestion(name: &str) -> Option<String> {
    if let Some((known, _)) = OPERATORS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
    {
        return Some(format!("letter case counts: write `{known}`"));
    }
    if name.ends_with("IfExists") || name == "Null" {
        return Some("RAM has no `…IfExists` and no `Null`".to_owned());
    }
    name.contains(':').then(|| {
        "a set operator is `ForAnyValue:` or `ForAllValues:` before an operator of RAM".to_owned()
    })
}
