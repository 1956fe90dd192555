//! Which addresses a server may be sent to by somebody else's words: those of the public Internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` lies in the public Internet, as far as its number tells.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match (a, b, c) {
        // This network, private, loopback, multicast and what is reserved.
        (0 | 10 | 127 | 224.., ..) => true,
        // Shared by providers; private; link-local, where clouds tell their secrets; benchmarks.
        (100, 64..=127, _) | (172, 16..=31, _) | (192, 168, _) | (169, 254, _) | (198, 18 | 19, _) => true,
        // Protocols, documentation, and the relays of 6to4.
        (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) | (192, 88, 99) => true,
        _ => false,
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, ..] = address.segments();
    // Global unicast, without Teredo and other protocols, documentation, and 6to4, which hides an IPv4 address.
    let is_global = (0x2000..0x4000).contains(&a);
    let is_special = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    is_global && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for public in
            ["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]
        {
            assert!(public.parse().is_ok_and(is_public), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.1.2.3",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "::127.0.0.1",
        ] {
            assert!(!other.parse().is_ok_and(is_public), "{other}");
        }
    }
}
