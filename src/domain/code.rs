//! Every error code of the product, once. `docs/ERRORS.md` is made from this table.

/// Whether the same request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not without a change.
    Never,
    /// Yes, after reading the present state.
    AfterReading,
    /// Yes, later.
    Later,
}

macro_rules! codes {
    ($($name:ident = $wire:literal, $http:literal, $retry:ident, $meaning:literal;)+) => {
        /// What went wrong, as `errors[].extensions.code` names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $meaning] $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)+ }
            }

            /// The status on routes that are not GraphQL.
            pub fn http_status(self) -> u16 {
                match self { $(Self::$name => $http,)+ }
            }

            /// Whether trying again can help.
            pub fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)+ }
            }

            /// When it is given, in a sentence for people.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }
        }
    };
}

codes! {
    Unauthenticated = "UNAUTHENTICATED", 401, Never, "No valid access token where one is needed.";
    Forbidden = "FORBIDDEN", 403, Never, "Signed in, but the role may never do this.";
    NotFound = "NOT_FOUND", 404, Never, "It does not exist, or the caller may not know that it does.";
    BadUserInput = "BAD_USER_INPUT", 400, Never, "An argument breaks a stated rule; `field` says which.";
    Conflict = "CONFLICT", 409, AfterReading, "It was changed or taken meanwhile.";
    InvalidCredentials = "INVALID_CREDENTIALS", 401, Never, "Login failed, whichever part was wrong.";
    EmailNotVerified = "EMAIL_NOT_VERIFIED", 403, Never, "Right password, unverified address.";
    TotpRequired = "TOTP_REQUIRED", 401, Never, "Right password, second factor missing.";
    InvalidToken = "INVALID_TOKEN", 400, Never, "A verification, reset, invitation or refresh token that is wrong, used or expired.";
    RateLimited = "RATE_LIMITED", 429, Later, "Too many tries; `retryAfterSeconds` says when to come back.";
    UnsupportedFileType = "UNSUPPORTED_FILE_TYPE", 415, Never, "Extension not allowed, or the content is not what it says.";
    FileTooLarge = "FILE_TOO_LARGE", 413, Never, "The file is larger than `limit` bytes.";
    QuotaExceeded = "QUOTA_EXCEEDED", 507, Never, "There is no room left for this file; no more than `limit` bytes may be stored.";
    UploadIncomplete = "UPLOAD_INCOMPLETE", 400, Later, "The transfer ended early; nothing was stored.";
    Unavailable = "UNAVAILABLE", 503, Later, "The database or the storage does not answer; `outcome` says whether anything was done.";
    QueryTooComplex = "QUERY_TOO_COMPLEX", 400, Never, "The operation asks for more than one request may.";
    GraphqlParseFailed = "GRAPHQL_PARSE_FAILED", 400, Never, "The document is not GraphQL.";
    GraphqlValidationFailed = "GRAPHQL_VALIDATION_FAILED", 400, Never, "The document does not fit the schema.";
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND", 404, Later, "Send the document along with its hash.";
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED", 400, Never, "Persisted queries are not taken here.";
    Gone = "GONE", 410, Never, "The link has expired or its share is used up.";
    Internal = "INTERNAL", 500, Later, "Something else went wrong; `requestId` finds it in the log.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_are_unique() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }

    /// `UPDATE_GENERATED=1` writes the document instead of comparing it; `make generated` does.
    #[test]
    fn errors_document_is_in_step() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ERRORS.md");
        let mut document = String::from(
            "# Errors\n\nMade from the table in `src/domain/code.rs` by `make generated`. The code stands in `errors[].extensions.code`; \
             the status is that of routes that are not GraphQL.\n\n| code | status | try again | when |\n|---|---|---|---|\n",
        );
        for code in Code::ALL {
            let retry = match code.retry() {
                Retry::Never => "not without a change",
                Retry::AfterReading => "after reading again",
                Retry::Later => "later",
            };
            document += &format!("| `{}` | {} | {retry} | {} |\n", code.as_str(), code.http_status(), code.meaning());
        }
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(path, &document).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), document, "run `make generated`");
    }
}
