//! A list that grows without moving its items: otherwise a bulk import would copy each row several times.

/// Number of items on a page.
const PAGE: usize = 4096;

/// Items by their number, from 0. Invariant: every page but the last is full.
#[derive(Debug)]
pub(super) struct Pages<T>(Vec<Vec<T>>);

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Pages<T> {
    pub(super) fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * PAGE + last.len())
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        let number = number as usize;
        self.0.get(number / PAGE)?.get(number % PAGE)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let number = number as usize;
        self.0.get_mut(number / PAGE)?.get_mut(number % PAGE)
    }

    /// Appends an item and returns its number.
    pub(super) fn push(&mut self, thing: T) -> u32 {
        let number = u32::try_from(self.len()).unwrap_or(u32::MAX);
        match self.0.last_mut() {
            Some(last) if last.len() < PAGE => last.push(thing),
            // A small table does not need a whole page.
            None => self.0.push(vec![thing]),
            Some(_) => {
                let mut page = Vec::with_capacity(PAGE);
                page.push(thing);
                self.0.push(page);
            }
        }
        number
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_their_number_across_pages() {
        let mut pages = Pages::default();
        for number in 0..2 * PAGE as u32 + 1 {
            assert_eq!((pages.push(number), pages.len()), (number, number as usize + 1));
        }
        for number in [0, 1, PAGE - 1, PAGE, 2 * PAGE - 1, 2 * PAGE] {
            let number = number as u32;
            assert_eq!((pages.get(number).copied(), pages.get_mut(number).copied()), (Some(number), Some(number)));
        }
        assert_eq!(pages.get(2 * PAGE as u32 + 1), None);
        assert!(pages.iter().copied().eq(0..2 * PAGE as u32 + 1));
    }
}
