//! The tokens that patterns are made of, and which symbols they stand for.

/// Which symbols a wildcard may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Any,
    /// Not `:`.
    NoColon,
    /// Not `/`.
    NoSlash,
    /// Neither `:` nor `/`: a field of an ARN.
    Field,
    /// A letter or digit of ASCII, `.`, `_` or `-`: the names that ECS makes, of buckets, regions and accounts.
    Name,
}

impl Kind {
    pub(crate) fn accepts(self, symbol: char) -> bool {
        match self {
            Kind::Any => true,
            Kind::NoColon => symbol != ':',
            Kind::NoSlash => symbol != '/',
            Kind::Field => symbol != ':' && symbol != '/',
            Kind::Name => symbol.is_ascii_alphanumeric() || matches!(symbol, '.' | '_' | '-'),
        }
    }

    /// Whether every symbol of another kind is one of this kind.
    fn covers(self, other: Kind) -> bool {
        match (self, other) {
            (Kind::Any, _) | (_, Kind::Name) => true,
            (Kind::NoColon | Kind::NoSlash, Kind::Field) => true,
            _ => self == other,
        }
    }
}

/// One token of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Token {
    Symbol(char),
    /// A letter in either case: lower, upper.
    Letter(char, char),
    /// `?`
    One(Kind),
    /// `*`
    Star(Kind),
}

/// What a token of an outer pattern makes of a token of an inner one.
pub(super) enum Reading {
    Stays,
    Moves,
    Fails,
}

impl Token {
    /// Whether some symbol is one of both tokens.
    pub(super) fn shares(self, other: Token) -> bool {
        match (self, other) {
            (Token::Symbol(own), Token::Symbol(symbol)) => own == symbol,
            (Token::Symbol(symbol), Token::One(kind) | Token::Star(kind))
            | (Token::One(kind) | Token::Star(kind), Token::Symbol(symbol)) => kind.accepts(symbol),
            (Token::Letter(lower, upper), other) | (other, Token::Letter(lower, upper)) => {
                Token::Symbol(lower).shares(other) || Token::Symbol(upper).shares(other)
            }
            // Every kind of wildcard accepts letters.
            (Token::One(_) | Token::Star(_), Token::One(_) | Token::Star(_)) => true,
        }
    }

    /// Reads a token as if it were a symbol; holds for all that it stands for.
    pub(super) fn reads(self, token: Token) -> Reading {
        let (stays, moves) = match (self, token) {
            (Token::Star(kind), Token::Symbol(symbol)) => (kind.accepts(symbol), false),
            (Token::Star(kind), Token::Letter(..)) => (kind.covers(Kind::Name), false),
            (Token::Star(kind), Token::One(other) | Token::Star(other)) => {
                (kind.covers(other), false)
            }
            (Token::One(kind), Token::One(other)) => (false, kind.covers(other)),
            (_, Token::Symbol(symbol)) => (false, self.consumes(symbol)),
            (_, Token::Letter(..)) => (false, self == token || matches!(self, Token::One(_))),
            (_, Token::One(_) | Token::Star(_)) => (false, false),
        };
        match (stays, moves) {
            (true, _) => Reading::Stays,
            (false, true) => Reading::Moves,
            (false, false) => Reading::Fails,
        }
    }

    /// Whether the token stands for exactly this one symbol.
    pub(crate) fn consumes(self, symbol: char) -> bool {
        match self {
            Token::Symbol(own) => own == symbol,
            Token::Letter(lower, upper) => lower == symbol || upper == symbol,
            Token::One(kind) => kind.accepts(symbol),
            Token::Star(_) => false,
        }
    }
}

/// A symbol of a pattern as a token; a wildcard is of this kind.
pub(super) fn wildcard(symbol: char, kind: Kind) -> Token {
    match symbol {
        '*' => Token::Star(kind),
        '?' => Token::One(kind),
        _ => Token::Symbol(symbol),
    }
}
