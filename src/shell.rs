//! Values in commands that are shown to be copied into a POSIX shell.
//!
//! Ids and keys come from users and from the services; in a command, each has to stay one word, whatever it holds.

/// The value as one word. A value that a shell takes as it is stays as it is.
#[must_use]
pub fn quote(value: &str) -> String {
    let quoter = shlex::Quoter::new().allow_nul(true);
    // The only error is a NUL, and those are let through: no printed text holds one.
    quoter.quote(value).unwrap_or_default().into_owned()
}

/// The values as a JSON list in one word, as the aliyun CLI takes lists.
#[must_use]
pub fn quote_list(values: &[String]) -> String {
    quote(&serde_json::json!(values).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_value_back_as_one_word() {
        for value in [
            "m-bp1g7004ksh0oeuc",
            "",
            "a b",
            "it's",
            "$(reboot)",
            "`reboot`",
            "x; rm -rf ~ #",
            "\"!\\",
            "a\nb",
            "~/x",
            "*?[a]{b,c}",
        ] {
            assert_eq!(shlex::split(&quote(value)).unwrap(), [value], "{value:?}");
        }
        assert_eq!(
            quote("oss://exports-hz/a-b_c.raw"),
            "oss://exports-hz/a-b_c.raw"
        );
    }

    #[test]
    fn a_list_is_one_word_of_json() {
        let values = ["i-1".to_owned(), "'$(reboot)\"".to_owned()];
        let words = shlex::split(&quote_list(&values)).unwrap();
        let [only] = words.as_slice() else {
            panic!("{words:?}");
        };
        assert_eq!(serde_json::from_str::<Vec<String>>(only).unwrap(), values);
        assert_eq!(quote_list(&values[..1]), "'[\"i-1\"]'");
    }
}
