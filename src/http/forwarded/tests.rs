use http::HeaderValue;

use super::*;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Trusts 10.0.0.0/8 and fd00::1.
fn client(peer: &str, lines: &[(&str, &str)]) -> String {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    let is_trusted = |it: IpAddr| it.to_string().starts_with("10.") || it == address("fd00::1");
    client_address(address(peer), &headers, is_trusted).to_string()
}

const XFF: &str = "X-Forwarded-For";
const FORWARDED: &str = "Forwarded";

#[test]
fn a_stranger_is_never_believed() {
    for (name, value) in [(XFF, "192.0.2.1"), (FORWARDED, "for=192.0.2.1"), (XFF, "10.0.0.1"), (XFF, "")] {
        assert_eq!(client("203.0.113.9", &[(name, value)]), "203.0.113.9", "{name}: {value}");
    }
}

#[test]
fn the_list_is_read_from_its_end_up_to_the_first_stranger() {
    for (value, wanted) in [
        ("192.0.2.1", "192.0.2.1"),
        ("6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ("6.6.6.6,192.0.2.1 , 10.0.0.2,10.0.0.3", "192.0.2.1"),
        ("10.9.9.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("6.6.6.6, 2001:db8::7, fd00::1", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("192.0.2.1:51234", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:10.0.0.2", "10.0.0.2"),
    ] {
        assert_eq!(client("10.0.0.1", &[(XFF, value)]), wanted, "{value}");
    }
    let forwarded = [
        ("for=192.0.2.1", "192.0.2.1"),
        ("For=\"192.0.2.1:80\";proto=https;by=203.0.113.43", "192.0.2.1"),
        ("for=6.6.6.6, proto=https;FOR=192.0.2.1", "192.0.2.1"),
        ("for=\"[2001:db8:cafe::17]:4711\", for=10.0.0.2", "2001:db8:cafe::17"),
        ("for=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17"),
        ("for=\"192.0.2.1:_hidden\"", "192.0.2.1"),
        ("for=6.6.6.6;host=\"a,b;for=5.5.5.5\", for=192.0.2.1;host=\"c,d\"", "192.0.2.1"),
        ("for=\"192.0.2.\\1\"", "192.0.2.1"),
    ];
    for (value, wanted) in forwarded {
        assert_eq!(client("10.0.0.1", &[(FORWARDED, value)]), wanted, "{value}");
    }
}

#[test]
fn repeated_headers_are_one_list() {
    assert_eq!(client("10.0.0.1", &[(XFF, "6.6.6.6"), (XFF, "192.0.2.1"), (XFF, "10.0.0.2")]), "192.0.2.1");
    let lines = [(FORWARDED, "for=6.6.6.6, for=192.0.2.1"), (FORWARDED, "for=10.0.0.2")];
    assert_eq!(client("10.0.0.1", &lines), "192.0.2.1");
    // What a stranger left open does not swallow what the proxy wrote in a line of its own.
    assert_eq!(client("10.0.0.1", &[(FORWARDED, "for=6.6.6.6;by=\""), (FORWARDED, "for=192.0.2.1")]), "192.0.2.1");
}

#[test]
fn what_cannot_be_read_ends_the_walk_at_whoever_wrote_it() {
    for value in [
        "",
        "unknown",
        "_hidden",
        "192.0.2",
        "192.0.2.1:",
        "192.0.2.1:99999",
        "192.0.2.1:x",
        "[::1",
        "2001:db8::7:x",
        "[192.0.2.1]",
        "fe80::1%eth0",
        "ä",
        "1.2.3.4 5",
    ] {
        assert_eq!(client("10.0.0.1", &[(XFF, &format!("6.6.6.6, {value}"))]), "10.0.0.1", "{value}");
        assert_eq!(client("10.0.0.1", &[(XFF, &format!("6.6.6.6, {value}, 10.0.0.2"))]), "10.0.0.2", "{value}");
    }
    for element in [
        "",
        "for",
        "for=",
        "for=unknown",
        "for=_hidden",
        "for=\"_hidden\"",
        "proto=https",
        "for=2001:db8::7",
        "for=[2001:db8::7]",
        "for=192.0.2.1:80",
        "for=\"192.0.2.1",
        "for=192.0.2.1\"",
        "for=\"192.0.2.1\"x",
        "for=192.0.2.1;for=192.0.2.1",
        "for=192.0.2.1;",
        "for = 192.0.2.1",
        "for=192.0.2.1;x",
        "for=\"192.0.2.1\\\"",
    ] {
        assert_eq!(client("10.0.0.1", &[(FORWARDED, &format!("for=6.6.6.6, {element}"))]), "10.0.0.1", "{element}");
    }
    // A stranger's quote that is left open turns what the proxy wrote behind it into nothing, and never into another address.
    for opened in ["for=6.6.6.6, x=\"", "for=6.6.6.6, for=\"6.6.6.6\", x=\"a\\", "x=\"\\\""] {
        for written in ["for=192.0.2.1", "for=\"[2001:db8::7]\"", "for=\"192.0.2.1\";by=\"10.0.0.1\""] {
            assert_eq!(client("10.0.0.1", &[(FORWARDED, &format!("{opened}, {written}"))]), "10.0.0.1", "{opened}");
        }
    }
}

#[test]
fn of_two_headers_that_disagree_neither_is_believed() {
    for (one, other, wanted) in [
        ("for=192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("for=6.6.6.6, for=192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("for=6.6.6.6", "192.0.2.1", "10.0.0.1"),
        ("for=192.0.2.1", "6.6.6.6", "10.0.0.1"),
        ("for=_hidden", "192.0.2.1", "10.0.0.1"),
    ] {
        assert_eq!(client("10.0.0.1", &[(FORWARDED, one), (XFF, other)]), wanted, "{one} and {other}");
    }
}
