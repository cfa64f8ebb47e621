//! `[server]`

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::ip_network::IpNetwork;
use super::problem::Problems;
use super::web_address::WebAddress;

/// The listener and what stands in front of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// IP address and port; port 0 takes a free one. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// What links in mails and download links begin with: http or https, no slash at the end. Default
    /// `http://127.0.0.1:8080`.
    pub public_url: String,
    /// Origins of front ends that may call from elsewhere, as browsers write them. Default none.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `Forwarded` and `X-Forwarded-For` are believed. Default none.
    pub trusted_proxies: Vec<IpNetwork>,
    /// Seconds without a byte going out after which a client that does not read is let go; 1 to 3600. Default 120.
    pub write_timeout_seconds: u64,
}

impl ServerConfig {
    /// The host of `public_url`: a name, or a number without brackets.
    pub fn public_host(&self) -> String {
        let address = WebAddress::parse(&self.public_url);
        let host = address.map_or_else(|_| "localhost".to_owned(), |address| address.host);
        host.trim_start_matches('[').trim_end_matches(']').to_owned()
    }

    /// The name of the host and the origin of `public_url`, where browsers keep passkeys for it: over https, or as `localhost`
    /// (WebAuthn wants a secure context), and by a name, for a number is no relying party id.
    pub fn passkey_site(&self) -> Option<(String, String)> {
        let address = WebAddress::parse(&self.public_url).ok()?;
        let host = address.host.to_ascii_lowercase();
        // As browsers read it, a host whose last label is a number is an address (WHATWG URL, "ends in a number checker").
        let last_label = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        let is_number = host.starts_with('[')
            || last_label.bytes().all(|byte| byte.is_ascii_digit())
            || last_label.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let is_local = host == "localhost" || host.ends_with(".localhost");
        if is_number || !(address.scheme == "https" || is_local) {
            return None;
        }
        let default_port = if address.scheme == "https" { 443 } else { 80 };
        let port = address.port.filter(|port| *port != default_port).map(|port| format!(":{port}")).unwrap_or_default();
        let origin = format!("{}://{host}{port}", address.scheme);
        Some((host, origin))
    }

    /// Whether this is the origin of `public_url`, as a browser writes it.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        WebAddress::parse(&self.public_url).is_ok_and(|address| address.origin() == origin)
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        match WebAddress::parse(&self.public_url) {
            Err(reason) => problems.add("server.public_url", reason),
            Ok(address) if !address.is_http() => problems.add("server.public_url", "http:// or https:// is wanted"),
            Ok(address) => {
                problems.require(
                    "server.public_url",
                    !address.path.ends_with('/'),
                    "there must be no slash at the end",
                );
            }
        }
        problems.require_within("server.write_timeout_seconds", self.write_timeout_seconds, 1..=3600);
        for origin in &self.allowed_origins {
            if let Err(reason) = check_origin(origin) {
                problems.add("server.allowed_origins", format!("\"{origin}\": {reason}"));
            }
        }
    }
}

/// Origins are compared as texts, so only the spelling that browsers send is taken (RFC 6454 section 6.2).
fn check_origin(origin: &str) -> Result<(), &'static str> {
    let address = WebAddress::parse(origin)?;
    if !address.is_http() {
        return Err("http:// or https:// is wanted");
    }
    if !address.path.is_empty() {
        return Err("an origin has no path and no slash at the end");
    }
    if address.port.is_some() && address.port == address.default_port() {
        return Err("browsers leave out the default port; leave it out here");
    }
    if address.host.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err("browsers write the host in lower case; write it so here");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::ServerConfig;
    use crate::config::load::tests::{assert_accepted, assert_refused};

    #[test]
    fn passkeys_need_a_name_and_a_secure_context() {
        let site = |public_url: &str| {
            let server = ServerConfig {
                listen: ([127, 0, 0, 1], 8080).into(),
                public_url: public_url.to_owned(),
                allowed_origins: Vec::new(),
                trusted_proxies: Vec::new(),
                write_timeout_seconds: 120,
            };
            server.passkey_site()
        };
        for (public_url, id, origin) in [
            ("https://files.example.com", "files.example.com", "https://files.example.com"),
            ("https://Files.Example.com:443/strongroom", "files.example.com", "https://files.example.com"),
            ("https://files.example.com:8443", "files.example.com", "https://files.example.com:8443"),
            ("http://localhost:8080", "localhost", "http://localhost:8080"),
            ("http://localhost:80", "localhost", "http://localhost"),
            ("http://rooms.localhost:8080", "rooms.localhost", "http://rooms.localhost:8080"),
            ("https://1.example", "1.example", "https://1.example"),
        ] {
            assert_eq!(site(public_url), Some((id.to_owned(), origin.to_owned())), "{public_url}");
        }
        for number_or_open in [
            "http://127.0.0.1:8080",
            "https://192.0.2.7",
            "https://[::1]:8080",
            "https://127.1",
            "https://0x7f.0x1",
            "https://2130706433",
            "https://192.0.2.7.",
            "http://files.example.com",
            "http://localhost.example.com",
        ] {
            assert_eq!(site(number_or_open), None, "{number_or_open}");
        }
    }

    #[test]
    fn public_url_is_a_plain_web_address() {
        for bad in [
            "",
            "files.example.com",
            "ftp://files.example.com",
            "https://files.example.com/",
            "https://files.example.com/a/",
            "https://files.example.com?a=b",
            "https://files.example.com#a",
            "https://ada:pw@files.example.com",
            "https://",
        ] {
            assert_refused("STRONGROOM__SERVER__PUBLIC_URL", bad);
        }
        for good in ["https://files.example.com", "http://[::1]:8080", "https://example.com/strongroom"] {
            assert_accepted("STRONGROOM__SERVER__PUBLIC_URL", good);
        }
    }

    #[test]
    fn the_own_origin_is_known_as_browsers_write_it() {
        for (public_url, origin) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://Files.Example.com:443/strongroom", "https://files.example.com"),
            ("https://files.example.com:8443", "https://files.example.com:8443"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            let server = ServerConfig {
                listen: "127.0.0.1:8080".parse().unwrap(),
                public_url: public_url.to_owned(),
                allowed_origins: vec!["https://app.example.com".to_owned()],
                trusted_proxies: Vec::new(),
                write_timeout_seconds: 120,
            };
            assert!(server.is_own_origin(origin), "{origin}");
            assert!(!server.is_own_origin("https://app.example.com"), "one that is allowed is no own one");
            for foreign in
                ["", "null", "https://app.example.com.evil.example", "http://app.example.com", "https://example.com"]
            {
                assert!(!server.is_own_origin(foreign), "{foreign}");
            }
        }
    }

    #[test]
    fn origins_are_written_as_browsers_do() {
        for bad in [
            "*",
            "null",
            "app.example.com",
            "https://app.example.com/",
            "https://app.example.com/a",
            "https://app.example.com:443",
            "http://app.example.com:80",
            "https://App.example.com",
            "ftp://app.example.com",
            "https://ada@app.example.com",
        ] {
            assert_refused("STRONGROOM__SERVER__ALLOWED_ORIGINS", &format!("[{bad:?}]"));
        }
        assert_accepted(
            "STRONGROOM__SERVER__ALLOWED_ORIGINS",
            r#"["https://app.example.com", "http://localhost:5173"]"#,
        );
    }

    #[test]
    fn listeners_and_proxies_are_numbers() {
        for bad in ["", "localhost:8080", "127.0.0.1", ":8080", "127.0.0.1:99999"] {
            assert_refused("STRONGROOM__SERVER__LISTEN", bad);
        }
        assert_accepted("STRONGROOM__SERVER__LISTEN", "[::]:0");
        assert_refused("STRONGROOM__SERVER__TRUSTED_PROXIES", r#"["proxy.example.com"]"#);
        assert_refused("STRONGROOM__SERVER__TRUSTED_PROXIES", "[1]");
        assert_accepted("STRONGROOM__SERVER__TRUSTED_PROXIES", r#"["10.0.0.0/8", "::1"]"#);
    }
}
