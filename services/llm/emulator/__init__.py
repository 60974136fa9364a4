"""A local server that speaks the vendors' wires, so that their real SDKs can be run without key or network.

It understands nothing: it says what its script says, and every fault that a vendor can show it shows on
demand. For tests, benches, and whoever wants to try without a key.
"""
