//! A range of IP addresses.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// One address (`192.0.2.1`) or a CIDR range (`10.0.0.0/8`, `fd00::/8`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct IpNetwork {
    address: IpAddr,
    prefix_bits: u8,
}

impl IpNetwork {
    /// Reads an address or a CIDR range. `None` for anything else, also where bits behind the prefix are set
    /// (`10.0.0.1/8`) and for IPv4 written as IPv6.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = width_bits(address);
        let prefix_bits = match prefix {
            Some(prefix) if prefix.bytes().all(|b| b.is_ascii_digit()) => prefix.parse().ok()?,
            Some(_) => return None,
            None => width,
        };
        let good =
            prefix_bits <= width && address == address.to_canonical() && masked(address, prefix_bits) == bits(address);
        good.then_some(Self { address, prefix_bits })
    }

    /// Whether `address` is in the range. An IPv4 address written as IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.prefix_bits) == bits(self.address)
    }
}

fn width_bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn masked(address: IpAddr, prefix_bits: u8) -> u128 {
    let host_bits = u32::from(width_bits(address).saturating_sub(prefix_bits));
    let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
    bits(address) & mask
}

impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix_bits {
            bits if bits == width_bits(self.address) => write!(f, "{}", self.address),
            bits => write!(f, "{}/{bits}", self.address),
        }
    }
}

impl From<IpNetwork> for String {
    fn from(network: IpNetwork) -> Self {
        network.to_string()
    }
}

impl TryFrom<String> for IpNetwork {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("\"{text}\" is neither an IP address nor a range such as 10.0.0.0/8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> IpNetwork {
        IpNetwork::parse(text).expect(text)
    }

    #[test]
    fn contains_what_shares_the_prefix() {
        for (range, inside, outside) in [
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "a00::"),
            ("192.0.2.128/25", "192.0.2.200", "192.0.2.1"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("::/0", "2001:db8::1", "203.0.113.9"),
            ("fd00::/8", "fdff::1", "fe00::"),
            ("::1", "::1", "::2"),
        ] {
            assert!(network(range).contains(inside.parse().expect(inside)), "{inside} in {range}");
            assert!(!network(range).contains(outside.parse().expect(outside)), "{outside} not in {range}");
            assert_eq!(network(range).to_string(), range);
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for bad in [
            "",
            "localhost",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/-1",
            "::/129",
            "::ffff:10.0.0.0/104",
            " 10.0.0.1",
        ] {
            assert_eq!(IpNetwork::parse(bad), None, "{bad:?}");
        }
    }
}
