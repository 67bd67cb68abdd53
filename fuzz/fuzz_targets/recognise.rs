//! Any bytes get an answer with a code and a message.
#![no_main]

use fleet_core::firmware::image;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = image::read(bytes) {
        assert!(!error.code().is_empty());
        let message = error.to_string();
        assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
    }
});
