//! What a fresh sandbox holds, and who may come in.

/// The account of a fresh sandbox, made up.
pub const ACCOUNT_ID: &str = "1234567890123456";

/// The access key id that a fresh sandbox knows. Good for nothing else.
pub const ACCESS_KEY_ID: &str = "sandbox-key";

/// Its secret, which is none.
pub const ACCESS_KEY_SECRET: &str = "sandbox-secret";

/// The RAM user that holds the key.
pub const USER: &str = "sandbox";
