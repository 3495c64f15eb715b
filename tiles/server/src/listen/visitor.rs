//! Whose a request is: the connection's other end, or whom a trusted proxy names.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// An address as far as it tells clients apart: all of IPv4, of IPv6 the /64 network, since a single
/// machine may take any address within one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Household(u64);

impl Household {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            // Beside the IPv4-mapped addresses of IPv6, in a part that is given to nobody.
            IpAddr::V4(address) => Self(0xffff_0000_0000 | u64::from(address.to_bits())),
            IpAddr::V6(address) => Self(network_bits(address)),
        }
    }

    /// As a number, for hashing.
    pub(super) fn bits(self) -> u64 {
        self.0
    }
}

fn network_bits(address: Ipv6Addr) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = address.octets();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Whether `address` is one of `networks`.
pub(super) fn is_within(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// The client of a request that came from the trusted proxy `peer`: the last address in `Forwarded`
/// (RFC 7239), else in `X-Forwarded-For`, that is not a trusted proxy itself. What stands before it
/// could be the client's own invention.
pub(super) fn named_by_proxy(headers: &HeaderMap, trusted: &[IpNet], peer: IpAddr) -> IpAddr {
    let forwarded = headers.contains_key("forwarded");
    let name = if forwarded {
        "forwarded"
    } else {
        "x-forwarded-for"
    };
    let mut client = peer;
    let lines: Vec<&str> = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for hop in hops {
        let address = if forwarded {
            forwarded_for(hop)
        } else {
            node(hop)
        };
        let Some(address) = address else { break };
        client = address.to_canonical();
        if !is_within(trusted, client) {
            break;
        }
    }
    client
}

/// The `for` parameter of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_for = name.trim().eq_ignore_ascii_case("for");
        is_for.then(|| node(value)).flatten()
    })
}

/// An address, perhaps with a port, in brackets or quotes.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let bare = bare.unwrap_or(text);
    let address = bare.parse::<IpAddr>().ok();
    address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(name: &'static str, value: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        named_by_proxy(&headers, &trusted, IpAddr::from([10, 0, 0, 1])).to_string()
    }

    #[test]
    fn the_client_is_the_last_hop_that_is_no_proxy() {
        assert_eq!(
            client("x-forwarded-for", "1.1.1.1, 203.0.113.7, 10.2.2.2"),
            "203.0.113.7"
        );
        assert_eq!(client("x-forwarded-for", "203.0.113.7:4711"), "203.0.113.7");
        assert_eq!(
            client(
                "forwarded",
                "for=1.1.1.1, for=\"[2001:db8::1]:9\";proto=https, for=10.9.9.9"
            ),
            "2001:db8::1"
        );
    }

    #[test]
    fn a_hop_that_cannot_be_read_leaves_the_proxy_that_named_it() {
        assert_eq!(
            client("x-forwarded-for", "203.0.113.7, unknown"),
            "10.0.0.1"
        );
        assert_eq!(client("forwarded", "for=_hidden, for=10.2.2.2"), "10.2.2.2");
        assert_eq!(client("x-forwarded-for", ""), "10.0.0.1");
    }

    #[test]
    fn a_machine_is_one_client_whichever_address_of_its_network_it_takes() {
        let of = |text: &str| Household::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
        assert_ne!(of("203.0.113.6"), of("203.0.113.7"));
    }
}
