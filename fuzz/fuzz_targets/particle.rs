//! An image that `read` accepts is one whole user part or monolithic module, and facts never panic.
#![no_main]

use fleet_core::firmware::image::particle::read_module;
use fleet_core::firmware::image::{self, Image};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let bytes = fleet_fuzz::input(bytes, fleet_fuzz::seal_particle);
    let facts = read_module(&bytes);
    if let Ok(module) = &facts {
        assert!(module.extensions().map(|extension| extension.bytes.len()).sum::<usize>() <= 2 * bytes.len());
    }
    if let Ok(Image::Particle(module)) = image::read(&bytes) {
        assert!(module.has_right_crc() && module.has_right_sha256());
        assert!(module.prefix.function.is_product_firmware());
        assert_eq!(module.prefix.module_length(), u64::try_from(bytes.len()).ok());
        assert_eq!(facts, Ok(module));
    }
});
