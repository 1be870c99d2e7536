//! Patterns with `*` and `?`, as sequences of tokens.

use super::super::semantics::Matching;
use super::token::{Kind, Reading, Token, wildcard};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A pattern.
///
/// INVARIANT (no star meets a star): no two neighbouring tokens are stars. `from_tokens` establishes
/// it; `positions` and the searches rely on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Glob {
    tokens: Vec<Token>,
}

impl Glob {
    /// Puts runs of wildcards into one form: first every `?`, then at most one `*`.
    pub(crate) fn from_tokens(tokens: impl IntoIterator<Item = Token>) -> Self {
        let tokens = tokens.into_iter();
        let mut kept: Vec<Token> = Vec::with_capacity(tokens.size_hint().1.unwrap_or_default());
        for token in tokens {
            match (token, kept.last()) {
                (Token::Star(_), Some(Token::Star(_))) => {}
                (Token::One(_), Some(&star @ Token::Star(_))) => {
                    kept.pop();
                    kept.push(token);
                    kept.push(star);
                }
                _ => kept.push(token),
            }
        }
        Self { tokens: kept }
    }

    /// A pattern whose wildcards stand for anything.
    pub(crate) fn pattern(text: &str) -> Self {
        Self::from_tokens(text.chars().map(|symbol| wildcard(symbol, Kind::Any)))
    }

    /// A resource pattern.
    pub(crate) fn resource(text: &str, matching: Matching) -> Self {
        if matching == Matching::WholeString || text.matches(':').count() < 4 {
            return Self::pattern(text);
        }
        let mut field = 0;
        Self::from_tokens(text.chars().map(|symbol| {
            field += usize::from(symbol == ':');
            let kind = if field < 4 { Kind::NoColon } else { Kind::Any };
            wildcard(symbol, kind)
        }))
    }

    /// Exactly this text; `*` and `?` are ordinary symbols.
    pub(crate) fn literal(text: &str) -> Self {
        Self::from_tokens(text.chars().map(Token::Symbol))
    }

    /// Exactly this text, ASCII letters in either case.
    pub(crate) fn literal_ignore_case(text: &str) -> Self {
        Self::from_tokens(text.chars().map(|symbol| {
            if symbol.is_ascii_alphabetic() {
                Token::Letter(symbol.to_ascii_lowercase(), symbol.to_ascii_uppercase())
            } else {
                Token::Symbol(symbol)
            }
        }))
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The symbols the pattern names.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = char> {
        self.tokens
            .iter()
            .flat_map(|token| match token {
                Token::Symbol(symbol) => [Some(*symbol), None],
                Token::Letter(lower, upper) => [Some(*lower), Some(*upper)],
                Token::One(_) | Token::Star(_) => [None, None],
            })
            .flatten()
    }

    /// The symbols up to the first token that is not one symbol, and whether nothing or only a free
    /// `*` follows: a word, or a prefix.
    pub(crate) fn word_or_prefix(&self) -> Option<(String, bool)> {
        let word: String = self
            .tokens
            .iter()
            .map_while(|token| match token {
                Token::Symbol(symbol) => Some(*symbol),
                _ => None,
            })
            .collect();
        match self.tokens.get(word.chars().count()..) {
            Some([]) => Some((word, false)),
            Some([Token::Star(Kind::Any)]) => Some((word, true)),
            _ => None,
        }
    }

    /// The shortest word of the pattern, with `other` for every `?`.
    pub(crate) fn shortest(&self, other: char) -> Vec<char> {
        self.tokens
            .iter()
            .filter_map(|token| match token {
                Token::Symbol(symbol) | Token::Letter(symbol, _) => Some(*symbol),
                Token::One(_) => Some(other),
                Token::Star(_) => None,
            })
            .collect()
    }

    /// A word of the pattern with `other` for every wildcard but a last one that needs nothing.
    pub(crate) fn filled(&self, other: char) -> Vec<char> {
        let tokens = match self.tokens.as_slice() {
            [start @ .., Token::Symbol(last), Token::Star(_)] if *last != '/' && *last != ':' => {
                start
                    .iter()
                    .chain(Some(&Token::Symbol(*last)))
                    .copied()
                    .collect()
            }
            tokens => tokens.to_vec(),
        };
        let symbol = |token: Token| match token {
            Token::Symbol(symbol) | Token::Letter(symbol, _) => symbol,
            Token::One(_) | Token::Star(_) => other,
        };
        tokens.into_iter().map(symbol).collect()
    }

    /// Whether the pattern matches the whole of `word`.
    pub(crate) fn matches(&self, word: &[char]) -> bool {
        self.run(word.iter().map(|symbol| Token::Symbol(*symbol)), word.len())
    }

    /// Whether the pattern is one word.
    pub(crate) fn is_literal(&self) -> bool {
        self.tokens
            .iter()
            .all(|token| matches!(token, Token::Symbol(_)))
    }

    /// Whether some word is one of both patterns; "yes" is given unproven when `other` is long.
    pub(crate) fn meets(&self, other: &Glob) -> bool {
        if other.tokens.len() >= 64 {
            return true;
        }
        // Row by row of this pattern's positions: the positions that the other can be at.
        let mut row: u64 = 1;
        for own in self.tokens.iter().map(Some).chain([None]) {
            let mut below = 0;
            let mut left = row;
            while left != 0 {
                let at = left.trailing_zeros();
                left &= left - 1;
                let Some(token) = other.tokens.get(at as usize) else {
                    break;
                };
                let is_star = matches!(token, Token::Star(_));
                let behind = 1 << (at + 1);
                let mut reached = if is_star { behind } else { 0 };
                if let Some(own) = own
                    && own.shares(*token)
                {
                    match (matches!(own, Token::Star(_)), is_star) {
                        (true, true) => {}
                        (true, false) => reached = behind,
                        (false, true) => below |= 1 << at,
                        (false, false) => below |= behind,
                    }
                }
                row |= reached;
                left |= reached;
            }
            match own {
                Some(Token::Star(_)) => below |= row,
                Some(_) => {}
                None => return row >> other.tokens.len() & 1 == 1,
            }
            if below == 0 {
                return false;
            }
            row = below;
        }
        false
    }

    /// Whether every word of `inner` is a word of this pattern.
    ///
    /// "Yes" is a proof, "no" is not: a cover that splits a wildcard of `inner` by cases, or that
    /// follows from the shape of requests, is found by the search alone.
    pub(crate) fn plainly_covers(&self, inner: &Glob) -> bool {
        // A wrong last symbol settles many questions.
        if let Some(last @ Token::Symbol(_)) = self.tokens.last()
            && inner.tokens.last() != Some(last)
        {
            return false;
        }
        self.run(inner.tokens.iter().copied(), inner.tokens.len())
    }

    /// Reads tokens as if they were symbols, keeping the positions that hold for all they stand for.
    fn run(&self, mut read: impl Iterator<Item = Token>, length: usize) -> bool {
        // A wrong first symbol settles most questions.
        let mut start = 0;
        while let Some(Token::Symbol(own)) = self.tokens.get(start) {
            match read.next() {
                Some(Token::Symbol(symbol)) if symbol == *own => start += 1,
                _ => return false,
            }
        }
        if start == self.tokens.len() {
            return start == length;
        }
        if self.tokens.len() - start < 64 {
            self.run_short(start, read)
        } else {
            self.run_long(start, read)
        }
    }

    /// The positions as bits, counted from `start`.
    fn run_short(&self, start: usize, read: impl Iterator<Item = Token>) -> bool {
        let tokens = self.tokens.get(start..).unwrap_or_default();
        let with = |set: u64, at: usize| {
            let skips = matches!(tokens.get(at), Some(Token::Star(_)));
            set | 1 << at | u64::from(skips) << (at + 1).min(63)
        };
        let mut now = with(0, 0);
        for token in read {
            let mut next = 0;
            let mut left = now;
            while left != 0 {
                let at = left.trailing_zeros() as usize;
                left &= left - 1;
                let Some(own) = tokens.get(at) else {
                    continue;
                };
                match own.reads(token) {
                    Reading::Stays => next = with(next, at),
                    Reading::Moves => next = with(next, at + 1),
                    Reading::Fails => {}
                }
            }
            if next == 0 {
                return false;
            }
            now = next;
        }
        now >> tokens.len() & 1 == 1
    }

    /// The positions as a list: ascending, without repeats.
    fn run_long(&self, start: usize, read: impl Iterator<Item = Token>) -> bool {
        let (mut now, mut next) = (Vec::new(), Vec::new());
        self.push(&mut now, start);
        for token in read {
            next.clear();
            for at in now.iter().copied() {
                match self.tokens.get(at).map(|own| own.reads(token)) {
                    Some(Reading::Stays) => self.push(&mut next, at),
                    Some(Reading::Moves) => self.push(&mut next, at + 1),
                    Some(Reading::Fails) | None => {}
                }
            }
            std::mem::swap(&mut now, &mut next);
            if now.is_empty() {
                return false;
            }
        }
        now.last() == Some(&self.tokens.len())
    }

    /// Adds a position, and the one behind its star. As no star meets a star, a position not above the
    /// last one has been added before.
    fn push(&self, positions: &mut Vec<usize>, at: usize) {
        let is_new = |positions: &Vec<usize>, at| positions.last().is_none_or(|last| *last < at);
        if is_new(positions, at) {
            positions.push(at);
        }
        if matches!(self.tokens.get(at), Some(Token::Star(_))) && is_new(positions, at + 1) {
            positions.push(at + 1);
        }
    }
}

/// The text that all texts of one pattern share: in a run of wildcards first every `?`, then at most one `*`.
pub(crate) fn normal(text: &str) -> Cow<'_, str> {
    let is_wildcard = |byte: u8| byte == b'*' || byte == b'?';
    let mut pairs = text.bytes().zip(text.bytes().skip(1));
    // Most texts have no two wildcards side by side.
    if !pairs.any(|(first, next)| first == b'*' && is_wildcard(next)) {
        return Cow::Borrowed(text);
    }
    let mut normal = String::with_capacity(text.len());
    let mut has_star = false;
    for symbol in text.chars() {
        match symbol {
            '*' => has_star = true,
            '?' => normal.push('?'),
            _ => {
                if std::mem::take(&mut has_star) {
                    normal.push('*');
                }
                normal.push(symbol);
            }
        }
    }
    if has_star {
        normal.push('*');
    }
    Cow::Owned(normal)
}

/// RAM documents no policy variables for identity policies; what one would mean is not known.
pub(crate) fn has_variable(text: &str) -> bool {
    text.contains("${")
}

/// A symbol that occurs in none of the patterns and stands for all such symbols.
///
/// Letters first: witnesses are read by people.
pub(crate) fn other_symbol<'a>(globs: impl Iterator<Item = &'a Glob>) -> char {
    let (mut plain, mut beyond) = (0_u128, BTreeSet::new());
    for symbol in globs.flat_map(Glob::symbols) {
        match symbol.is_ascii() {
            true => plain |= 1 << u32::from(symbol),
            false => {
                beyond.insert(symbol);
            }
        }
    }
    let letters = "xyzwvutrqpnmlkjihgfedbosac0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ-.".chars();
    letters
        .filter(|symbol| plain >> u32::from(*symbol) & 1 == 0)
        .chain(('\u{100}'..).take_while(|symbol| symbol.is_alphabetic() || *symbol < '\u{ffff}'))
        .find(|symbol| !beyond.contains(symbol))
        .unwrap_or('\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn word(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn wildcards_take_one_form() {
        assert_eq!(Glob::pattern("a*?"), Glob::pattern("a?*"));
        assert_eq!(Glob::pattern("**?*"), Glob::pattern("?*"));
    }

    #[test]
    fn fields_hold_their_wildcards_in_one_reading_only() {
        let deny = "acs:oss:*:*:c/*";
        let key = word("acs:oss:r:1:b/k:c/k2");
        assert!(!Glob::resource(deny, Matching::PerField).matches(&key));
        assert!(Glob::resource(deny, Matching::WholeString).matches(&key));
    }

    #[test]
    fn covers_what_is_plain() {
        let covers =
            |outer: &str, inner: &str| Glob::pattern(outer).plainly_covers(&Glob::pattern(inner));
        assert!(covers("b/*", "b/x*y?"));
        assert!(covers("*b*", "ab?b"));
        assert!(covers("?*", "*?"));
        assert!(!covers("?", "*"));
        assert!(!covers("b/?*", "b/*"));
        assert!(!covers("a", "ab"));
        assert!(!covers("ab", "a"));
    }

    /// The slow, obvious matcher.
    fn obvious(pattern: &[char], word: &[char]) -> bool {
        match pattern {
            [] => word.is_empty(),
            ['*', rest @ ..] => (0..=word.len()).any(|at| obvious(rest, &word[at..])),
            ['?', rest @ ..] => !word.is_empty() && obvious(rest, &word[1..]),
            [own, rest @ ..] => word.first() == Some(own) && obvious(rest, &word[1..]),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn agrees_with_the_obvious_matcher(pattern in "[ab:*?]{0,8}", text in "[ab:]{0,8}") {
            prop_assert_eq!(Glob::pattern(&pattern).matches(&word(&text)), obvious(&word(&pattern), &word(&text)));
        }

        #[test]
        fn texts_share_a_form_where_they_are_one_pattern(one in "[:*?]{0,8}", other in "[:*?]{0,8}") {
            for matching in [Matching::PerField, Matching::WholeString] {
                let [own, others] = [&one, &other].map(|text| Glob::resource(text, matching));
                prop_assert_eq!(own == others, normal(&one) == normal(&other));
                prop_assert_eq!(own, Glob::resource(&normal(&one), matching));
            }
        }

        #[test]
        fn long_patterns_match_as_short_ones(pattern in "[ab:*?]{0,8}", text in "[ab:]{0,8}") {
            let glob = Glob::pattern(&pattern);
            let read = || word(&text).into_iter().map(Token::Symbol);
            prop_assert_eq!(glob.run_short(0, read()), glob.run_long(0, read()));
        }

        #[test]
        fn patterns_meet_where_they_share_a_word(one in "[ab*?]{0,5}", other in "[ab*?]{0,5}") {
            let (one, other) = (Glob::pattern(&one), Glob::pattern(&other));
            let found = super::super::search::shortest_word(
                &[&one, &other], &[], 'x', usize::MAX, &mut super::super::budget::Budget::for_question());
            prop_assert_eq!(one.meets(&other), found.unwrap().is_some());
        }

        #[test]
        fn plain_covers_are_covers(outer in "[ab*?]{0,6}", inner in "[ab*?]{0,6}", text in "[abx]{0,6}") {
            if Glob::pattern(&outer).plainly_covers(&Glob::pattern(&inner)) && obvious(&word(&inner), &word(&text)) {
                prop_assert!(obvious(&word(&outer), &word(&text)));
            }
        }
    }
}
