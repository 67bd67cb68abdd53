//! Merges two ordered sequences.

/// Merges two ordered sequences into one. Each key occurs once.
pub(super) fn merge<K: Copy + Eq>(
    a: impl Iterator<Item = K>,
    b: impl Iterator<Item = K>,
    before: impl Fn(&K, &K) -> bool,
) -> impl Iterator<Item = K> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if x == y => {
            b.next();
            a.next()
        }
        (Some(x), Some(y)) if before(y, x) => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    })
}
