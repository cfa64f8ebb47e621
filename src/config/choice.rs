//! Keys whose value is one of a few words.

/// Declares an enum, its words in TOML, and the words that are promised for later.
macro_rules! choice {
    (
        $(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }
        $(reserved: $($reserved:literal),+)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// The word in TOML.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl From<$name> for &'static str {
            fn from(choice: $name) -> Self {
                choice.as_str()
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(word: String) -> Result<Self, String> {
                let words = [$(concat!("\"", $word, "\"")),+].join(", ");
                match word.as_str() {
                    $($word => Ok(Self::$variant),)+
                    $($($reserved)|+ => Err(format!("\"{word}\" is not available yet; use {words}")),)?
                    _ => Err(format!("\"{word}\" is not one of {words}")),
                }
            }
        }
    };
}

pub(super) use choice;
