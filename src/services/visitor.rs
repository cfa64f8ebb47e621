//! From where a request comes, as far as that can be known without believing what strangers say.

use std::net::IpAddr;

/// The longest description of a device that is kept, in characters.
const MAX_DEVICE_CHARS: usize = 200;

/// From where a request comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The address of the client, as the connection or a trusted proxy says.
    pub address: IpAddr,
    /// What the client calls itself, for people to recognise their own devices by. It proves nothing.
    pub device: String,
    /// Whether a session that begins shall be kept in a cookie.
    pub wants_cookie: bool,
}

impl Visitor {
    /// A client at `address` (IPv4 written as IPv6 counts as IPv4) that calls itself `user_agent`, of which printable
    /// characters are kept, at most 200.
    pub fn new(address: IpAddr, user_agent: &str, wants_cookie: bool) -> Self {
        let device = user_agent.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARS).collect();
        Self { address: address.to_canonical(), device, wants_cookie }
    }
}
