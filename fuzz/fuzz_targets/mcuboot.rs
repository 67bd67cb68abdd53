//! An image that `read` accepts has a correct hash and lies within its file, and facts never panic.
#![no_main]

use fleet_core::firmware::image::mcuboot::{Entry, read_mcuboot_image};
use fleet_core::firmware::image::{self, Image};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bytes = fleet_fuzz::input(bytes, fleet_fuzz::seal_mcuboot);
    let facts = read_mcuboot_image(&bytes);
    if let Ok(Image::Mcuboot(image)) = image::read(&bytes) {
        assert!(image.hashed_length < image.image_length && image.image_length <= bytes.len());
        let protected = |kind| image.entries.iter().any(|entry| entry.is_protected && entry.kind == kind);
        assert_eq!(image.security_counter.is_some(), protected(Entry::SECURITY_COUNTER));
        assert_eq!(image.vendor_id.is_some(), protected(Entry::VENDOR_ID));
        assert!(image.entries.iter().map(|entry| entry.value.len()).sum::<usize>() <= bytes.len());
        assert_eq!(facts, Ok(image));
    }
});
