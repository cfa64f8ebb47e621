//! Which address a request comes from, where it came through proxies: `Forwarded` (RFC 7239) and `X-Forwarded-For`.
//!
//! Every proxy writes behind what it was sent the address it was sent it from, so the list is read from its end, for as long as
//! whoever wrote an entry is trusted. What a stranger wrote stands before that and is never reached.
//!
//! A proxy writes one of the two headers and may pass the other one on as a stranger sent it. Which one it writes cannot be
//! seen, so where both are there and lead to different addresses neither is believed, and the proxy itself counts as the client.

use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderName, header};

/// What most proxies write; RFC 7239 describes it and replaces it.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// One entry of a list: the address it names, or `None` where it names none that can be read.
type Hop = Option<IpAddr>;

/// The address of the client of a request that `peer` sent.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    if !is_trusted(peer) {
        return peer;
    }
    let forwarded = hops(headers, &header::FORWARDED, hops_of_forwarded);
    let x_forwarded_for = hops(headers, &X_FORWARDED_FOR, hops_of_x_forwarded_for);
    let client = |hops: &[Hop]| walk(peer, hops, &is_trusted);
    match (&forwarded, &x_forwarded_for) {
        (None, None) => peer,
        (Some(hops), None) | (None, Some(hops)) => client(hops),
        (Some(one), Some(other)) => Some(client(one)).filter(|address| *address == client(other)).unwrap_or(peer),
    }
}

/// From the end of the list to the first address that is not a trusted proxy's. An entry that cannot be read ends the walk at
/// the proxy that wrote it.
fn walk(peer: IpAddr, hops: &[Hop], is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut known = peer;
    for hop in hops.iter().rev() {
        match hop {
            Some(address) if is_trusted(known) => known = *address,
            _ => break,
        }
    }
    known
}

/// The entries of all headers of a name, in order; `None` where there is no such header.
fn hops(headers: &HeaderMap, name: &HeaderName, read: fn(&str) -> Vec<Hop>) -> Option<Vec<Hop>> {
    headers.contains_key(name).then(|| {
        let lines = headers.get_all(name).iter();
        lines.flat_map(|line| read(&String::from_utf8_lossy(line.as_bytes()))).collect()
    })
}

fn hops_of_x_forwarded_for(line: &str) -> Vec<Hop> {
    let entries = line.split(',').map(str::trim);
    entries
        .map(|entry| entry.parse().ok().map(|address: IpAddr| address.to_canonical()).or_else(|| node(entry)))
        .collect()
}

fn hops_of_forwarded(line: &str) -> Vec<Hop> {
    split_outside_quotes(line, ',').into_iter().map(|element| address_of_element(element?)).collect()
}

/// The address behind `for=` in `for=192.0.2.60;proto=http;by=203.0.113.43`.
fn address_of_element(element: &str) -> Hop {
    let mut address = None;
    for pair in split_outside_quotes(element, ';') {
        let (name, value) = pair?.trim().split_once('=')?;
        let value = unquoted(value)?;
        if !is_token(name) || (name.eq_ignore_ascii_case("for") && address.replace(node(&value)?).is_some()) {
            return None;
        }
    }
    address
}

/// The parts of a text between separators that stand in no quoted string. A part whose quotes do not end is `None`.
fn split_outside_quotes(text: &str, separator: char) -> Vec<Option<&str>> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if c == separator && !quoted => {
                parts.push(text.get(start..place));
                start = place + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).filter(|_| !quoted));
    parts
}

/// A token as it is, or what stands in a quoted string (RFC 9110 section 5.6).
fn unquoted(value: &str) -> Option<String> {
    let Some(inside) = value.strip_prefix('"') else { return is_token(value).then(|| value.to_owned()) };
    let inside = inside.strip_suffix('"')?;
    let (mut text, mut escaped) = (String::new(), false);
    for c in inside.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return None,
            c => {
                text.push(c);
                escaped = false;
            }
        }
    }
    (!escaped).then_some(text)
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]` or `[2001:db8::1]:80`. `None` for `unknown`, `_hidden` and what is none of
/// these (RFC 7239 section 6).
fn node(text: &str) -> Hop {
    let (address, rest) = match text.strip_prefix('[') {
        Some(inside) => {
            let (address, rest) = inside.split_once(']')?;
            (IpAddr::V6(address.parse::<Ipv6Addr>().ok()?), rest)
        }
        None => {
            let (address, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
            (IpAddr::V4(address.parse().ok()?), rest)
        }
    };
    let port_is_good = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
    port_is_good.then_some(address.to_canonical())
}

/// A number, or a name that hides one.
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)),
        None => text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok(),
    }
}

#[cfg(test)]
mod tests;
