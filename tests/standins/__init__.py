"""Stand-ins: small servers that speak a neighbour's protocol on loopback."""
