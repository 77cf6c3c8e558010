//! The Kubernetes libraries for IP addresses and networks.

use std::net::IpAddr;

use super::convert::unreadable;
use super::{Context, Function};
use crate::cidr::{Cidr, parse_ip};
use crate::error::Stop;
use crate::value::Value;

type Outcome<'a> = Result<Option<Value<'a>>, Stop<'a>>;

/// Calls one of them; `None` if the arguments' types do not go.
pub(super) fn call<'a>(
    cx: &Context<'_, 'a>,
    function: Function,
    args: &[Value<'a>],
) -> Outcome<'a> {
    Ok(Some(match (function, args) {
        (Function::IsIp, [Value::Str(text)]) => Value::Bool(parse_ip(text).is_some()),
        (Function::IsCidr, [Value::Str(text)]) => Value::Bool(Cidr::parse(text).is_some()),
        (Function::IpOf, [Value::Str(text)]) => Value::Ip(cx.arena.alloc(ip(cx, text)?)),
        (Function::CidrOf, [Value::Str(text)]) => Value::Cidr(cx.arena.alloc(cidr(cx, text)?)),
        (Function::IpIsCanonical, [Value::Str(text)]) => {
            Value::Bool(ip(cx, text)?.to_string() == **text)
        }
        (Function::ContainsIp, [Value::Cidr(network), Value::Ip(address)]) => {
            Value::Bool(network.contains(**address))
        }
        (Function::ContainsIp, [Value::Cidr(network), Value::Str(text)]) => {
            Value::Bool(network.contains(ip(cx, text)?))
        }
        (Function::ContainsCidr, [Value::Cidr(network), Value::Cidr(other)]) => {
            Value::Bool(network.contains_network(**other))
        }
        (Function::ContainsCidr, [Value::Cidr(network), Value::Str(text)]) => {
            Value::Bool(network.contains_network(cidr(cx, text)?))
        }
        (Function::CidrAddress, [Value::Cidr(network)]) => Value::Ip(&network.address),
        (Function::CidrMasked, [Value::Cidr(network)]) => {
            Value::Cidr(cx.arena.alloc(network.masked()))
        }
        (Function::CidrPrefixLength, [Value::Cidr(network)]) => {
            Value::Int(i64::from(network.prefix))
        }
        (Function::IpFamily, [Value::Ip(address)]) => {
            Value::Int(if address.is_ipv4() { 4 } else { 6 })
        }
        (_, [Value::Ip(address)]) => match property(function, **address) {
            Some(holds) => Value::Bool(holds),
            None => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

fn property(function: Function, address: IpAddr) -> Option<bool> {
    Some(match function {
        Function::IpIsUnspecified => address.is_unspecified(),
        Function::IpIsLoopback => address.is_loopback(),
        Function::IpIsLinkLocalUnicast => link_local(address),
        Function::IpIsLinkLocalMulticast => match address {
            IpAddr::V4(address) => address.octets()[..3] == [224, 0, 0],
            IpAddr::V6(address) => {
                address.octets()[0] == 0xff && address.octets()[1] & 0x0f == 0x02
            }
        },
        // As Go has it: private addresses count as global.
        Function::IpIsGlobalUnicast => {
            let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
            !(broadcast
                || address.is_unspecified()
                || address.is_loopback()
                || address.is_multicast()
                || link_local(address))
        }
        _ => return None,
    })
}

fn link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

fn ip<'a>(cx: &Context<'_, 'a>, text: &str) -> Result<IpAddr, Stop<'a>> {
    parse_ip(text).ok_or_else(|| unreadable(cx, text, "an IP address"))
}

fn cidr<'a>(cx: &Context<'_, 'a>, text: &str) -> Result<Cidr, Stop<'a>> {
    Cidr::parse(text).ok_or_else(|| unreadable(cx, text, "a CIDR network"))
}
