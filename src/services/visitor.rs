//! From where a request comes, as far as that can be known without believing what strangers say.

use std::net::IpAddr;

use super::Services;

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

    /// What tries are counted by: the address, of IPv6 the /64 that one customer has all to itself.
    pub fn network(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(_) => self.address,
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        }
    }
}

impl Services {
    /// Whether what a peer at this address says of its own clients is believed.
    pub fn trusts_proxy(&self, address: IpAddr) -> bool {
        self.config.server.trusted_proxies.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_by_address_and_by_the_first_half_of_an_ipv6_address() {
        for (address, network) in [
            ("192.0.2.77", "192.0.2.77"),
            ("::ffff:192.0.2.77", "192.0.2.77"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("::1", "::"),
        ] {
            assert_eq!(Visitor::new(address.parse().unwrap(), "", false).network().to_string(), network);
        }
    }
}
