//! Reading firmware images: what a binary says of itself.
