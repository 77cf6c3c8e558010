//! IP addresses and networks as Kubernetes CEL reads them (Go's `net/netip`).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network: an address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    /// The address as it was written, bits past the prefix included.
    pub address: IpAddr,
    /// How many leading bits count.
    pub prefix: u8,
}

/// Reads an address; an IPv4 address within an IPv6 one is none.
pub(crate) fn parse_ip(text: &str) -> Option<IpAddr> {
    match text.parse().ok()? {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => None,
        address => Some(address),
    }
}

impl Cidr {
    /// Reads a network; the prefix has no leading zero.
    pub(crate) fn parse(text: &str) -> Option<Cidr> {
        let (address, prefix) = text.split_once('/')?;
        let plain = prefix.bytes().all(|b| b.is_ascii_digit())
            && (prefix == "0" || !prefix.starts_with('0'));
        let cidr = Cidr {
            address: parse_ip(address)?,
            prefix: prefix.parse().ok()?,
        };
        (plain && cidr.prefix <= cidr.bits()).then_some(cidr)
    }

    fn bits(self) -> u8 {
        if self.address.is_ipv4() { 32 } else { 128 }
    }

    /// The network with the bits past its prefix cleared.
    pub(crate) fn masked(self) -> Cidr {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.prefix))
                    .unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from(u32::from(address) & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.prefix))
                    .unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
            }
        };
        Cidr { address, ..self }
    }

    /// Whether an address lies in the network; never for one of the other family.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && Cidr { address, ..self }.masked().address == self.masked().address
    }

    /// Whether a network lies in this one.
    pub(crate) fn contains_network(self, other: Cidr) -> bool {
        other.prefix >= self.prefix && self.contains(other.address)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
