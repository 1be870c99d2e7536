//! The codes in errors as this program prints them.

use super::codes::find;

/// The codes of `text` that can be explained, in their order. An error is printed as `GetRole: NoPermission: …`, so a
/// code is a word with a colon and a blank behind it.
pub fn codes_in(text: &str) -> Vec<&str> {
    let is_of_code = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let ends = text.match_indices(": ").map(|(at, _)| at);
    let words = ends.filter_map(|at| {
        let before = text.get(..at)?;
        let start = before
            .rfind(|c| !is_of_code(c))
            .map_or(0, |blank| blank + 1);
        let is_alone = before.get(..start)?.is_empty() || before.get(..start)?.ends_with(' ');
        before.get(start..).filter(|_| is_alone)
    });
    words.filter(|word| find(word).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_errors_are_found() {
        for (text, codes) in [
            ("", [].as_slice()),
            (
                "GetRole `role/ci`: NoPermission: no (request id 1)",
                &["NoPermission"],
            ),
            (
                "a: GetRole: EntityNotExist.Role: b; DescribeImages: Forbidden.RAM: c",
                &["EntityNotExist.Role", "Forbidden.RAM"],
            ),
            ("é Inactive: x", &["Inactive"]),
            ("Inactive: x", &["Inactive"]),
            ("policy `Inactive`: x", &[]),
            ("policy Inactive is attached", &[]),
            ("GetRole: Made.Up: x", &[]),
            ("NotInactive: x, x-Inactive: y", &[]),
        ] {
            assert_eq!(codes_in(text), codes, "{text}");
        }
    }
}
