//! An image that `read` accepts has correct checksums and lies within its file, and facts never panic.
#![no_main]

use fleet_core::firmware::image::esp_idf::read_app_image;
use fleet_core::firmware::image::{self, Image};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bytes = fleet_fuzz::input(bytes, fleet_fuzz::seal_esp_idf);
    let facts = read_app_image(&bytes);
    if let Ok(Image::EspIdf(image)) = image::read(&bytes) {
        assert_eq!(image.stored_checksum, image.computed_checksum);
        assert!(image.digest.is_none_or(|digest| digest.stored == digest.computed));
        assert!(image.image_length <= bytes.len());
        assert_eq!(read_app_image(&bytes[..image.image_length]).map(|image| image.app), Ok(image.app.clone()));
        assert_eq!(facts, Ok(image));
    }
});
