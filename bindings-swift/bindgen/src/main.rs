//! Writes the Swift and Kotlin that call `fleet-mobile`, from what its library says of itself.

fn main() {
    uniffi::uniffi_bindgen_main();
}
