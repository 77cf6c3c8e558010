//! Which addresses may be connected to. Endpoints come from tenants and their accounts; without the operator's leave
//! none of them may lead into a private network (server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The networks that the operator allows besides the public internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedNetworks {
    everything: bool,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    address: IpAddr,
    prefix: u8,
    port: Option<u16>,
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a network: write 10.0.0.0/8, fd00::/8, 10.1.2.3, 127.0.0.1:8443 or [::1]:8443"
)]
pub struct NetworkError(String);

impl AllowedNetworks {
    /// Public addresses alone.
    #[must_use]
    pub fn public_only() -> Self {
        Self::default()
    }

    /// Every address: for a person's own command with their own kubeconfig.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            everything: true,
            rules: Vec::new(),
        }
    }

    /// Public addresses and these networks: `10.0.0.0/8`, one address, or one address and port.
    ///
    /// # Errors
    /// A text is no network.
    pub fn parse<T: AsRef<str>>(networks: &[T]) -> Result<Self, NetworkError> {
        let rule =
            |text: &T| rule(text.as_ref()).ok_or_else(|| NetworkError(text.as_ref().to_owned()));
        Ok(Self {
            everything: false,
            rules: networks.iter().map(rule).collect::<Result<_, _>>()?,
        })
    }

    /// Whether nothing is checked at all.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether `address` may be connected to on `port`.
    #[must_use]
    pub fn permit(&self, address: IpAddr, port: u16) -> bool {
        let address = address.to_canonical();
        self.everything
            || is_public(address)
            || self.rules.iter().any(|rule| rule.covers(address, port))
    }
}

impl Rule {
    fn covers(&self, address: IpAddr, port: u16) -> bool {
        if self.port.is_some_and(|p| p != port) {
            return false;
        }
        match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.prefix))
                    .unwrap_or(0);
                u32::from(a) & mask == u32::from(b) & mask
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.prefix))
                    .unwrap_or(0);
                u128::from(a) & mask == u128::from(b) & mask
            }
            _ => false,
        }
    }
}

fn rule(text: &str) -> Option<Rule> {
    if let Ok(socket) = text.parse::<std::net::SocketAddr>() {
        let address = socket.ip();
        return Some(Rule {
            address,
            prefix: bits(address),
            port: Some(socket.port()),
        });
    }
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address.parse().ok()?, prefix.parse().ok()?),
        None => {
            let address = text.parse().ok()?;
            (address, bits(address))
        }
    };
    (prefix <= bits(address)).then_some(Rule {
        address,
        prefix,
        port: None,
    })
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Whether an address belongs to the public internet: none of IANA's special-purpose blocks
/// (the IPv4 and IPv6 special-purpose address registries), no multicast.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // NAT64 and 6to4 lead to the IPv4 address inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Global unicast is 2000::/3, without Teredo, benchmarking, ORCHID and documentation.
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "127.0.0.1",
            "10.0.3.7",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "100::1",
        ] {
            assert!(!is_public(ip(text)), "{text}");
        }
        for text in [
            "1.1.1.1",
            "172.32.0.1",
            "3.120.1.2",
            "2606:4700::1111",
            "64:ff9b::101:101",
            "2a05:d018::1",
        ] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn the_operator_allows_networks_addresses_and_ports() {
        let allowed =
            AllowedNetworks::parse(&["10.1.0.0/16", "127.0.0.1:8443", "fd00::/8", "192.168.1.1"])
                .unwrap();
        for (text, port, expected) in [
            ("10.1.2.3", 443, true),
            ("::ffff:10.1.2.3", 443, true),
            ("10.2.2.3", 443, false),
            ("127.0.0.1", 8443, true),
            ("127.0.0.1", 8080, false),
            ("fd12::1", 1, true),
            ("fe80::1", 1, false),
            ("192.168.1.1", 9, true),
            ("192.168.1.2", 9, false),
            ("8.8.8.8", 53, true),
        ] {
            assert_eq!(allowed.permit(ip(text), port), expected, "{text}:{port}");
        }
        assert!(
            AllowedNetworks::parse(&["0.0.0.0/0"])
                .unwrap()
                .permit(ip("10.0.0.1"), 1)
        );
        assert!(!AllowedNetworks::public_only().permit(ip("10.0.0.1"), 1));
        assert!(AllowedNetworks::everything().permit(ip("127.0.0.1"), 1));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "10.0.0.0/33",
            "localhost",
            "10.0.0",
            "",
            "10.0.0.0/x",
            "::/129",
        ] {
            let error = AllowedNetworks::parse(&[text]).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
