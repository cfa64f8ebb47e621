//! Addresses of the form `scheme://host[:port][/path]`.

use std::net::{IpAddr, Ipv6Addr};

use http::Uri;

/// The parts of an address without user, query and fragment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WebAddress {
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    /// Empty or beginning with `/`.
    pub(super) path: String,
}

impl WebAddress {
    /// Reads an address. The reason for a refusal never holds the address: it may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "an address of the form scheme://host[:port] is wanted";
        let (scheme, rest) = text.split_once("://").ok_or(FORM)?;
        if rest.contains(['?', '#']) {
            return Err("an address without query and fragment is wanted");
        }
        let uri: Uri = text.parse().map_err(|_| FORM)?;
        let authority = uri.authority().ok_or(FORM)?;
        if authority.as_str().contains('@') {
            return Err("an address without user and password is wanted");
        }
        let host = authority.host();
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host_is_good = match bracketed {
            Some(inside) => inside.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)),
        };
        let port = authority.port_u16();
        if !host_is_good || (port.is_none() && authority.as_str() != host) {
            return Err(FORM);
        }
        let path = rest.strip_prefix(authority.as_str()).ok_or(FORM)?;
        Ok(Self { scheme: scheme.to_owned(), host: host.to_owned(), port, path: path.to_owned() })
    }

    /// Whether the scheme is `http` or `https`.
    pub(super) fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }

    /// The port that the scheme stands for, where it is `http` or `https`.
    pub(super) fn default_port(&self) -> Option<u16> {
        match self.scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        }
    }

    /// The origin as browsers write it (RFC 6454 section 6.2).
    pub(super) fn origin(&self) -> String {
        let port = self.port.filter(|port| Some(*port) != self.default_port());
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", self.scheme, self.host.to_ascii_lowercase())
    }

    /// Whether the host is this machine, by name or by number.
    pub(super) fn is_loopback(&self) -> bool {
        let number = self.host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        self.host.eq_ignore_ascii_case("localhost") || number.is_ok_and(|ip| ip.to_canonical().is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_parts() {
        let address = WebAddress::parse("https://files.example.com:8443/share").expect("good");
        assert_eq!((address.scheme.as_str(), address.host.as_str()), ("https", "files.example.com"));
        assert_eq!((address.port, address.path.as_str()), (Some(8443), "/share"));
        assert_eq!(WebAddress::parse("ws://[::1]:8000").expect("good").host, "[::1]");
    }

    #[test]
    fn refuses_what_is_none() {
        for bad in [
            "",
            "example.com",
            "http://",
            "http:///path",
            "http://:80",
            "http://host:",
            "http://host:99999",
            "http://a b",
            "http://ada:pw@host",
            "http://host?x",
            "http://host#x",
            "http://ho\tst",
            "http://[::1",
            "http://[no]",
            "http://a%2eb",
            "http://a\\b",
            "http://host\n",
        ] {
            assert!(WebAddress::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn knows_loopback() {
        for (address, wanted) in [
            ("ws://localhost:8000", true),
            ("ws://LOCALHOST", true),
            ("ws://127.0.0.1", true),
            ("ws://127.8.8.8", true),
            ("ws://[::1]:8000", true),
            ("ws://[::ffff:127.0.0.1]", true),
            ("ws://10.0.0.1", false),
            ("ws://localhost.example.com", false),
            ("ws://127.0.0.1.example.com", false),
            ("ws://[::]", false),
            ("ws://0.0.0.0", false),
        ] {
            assert_eq!(WebAddress::parse(address).expect(address).is_loopback(), wanted, "{address}");
        }
    }
}
