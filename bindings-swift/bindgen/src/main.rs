//! Writes the Swift and Kotlin that call `fleet-mobile`, from what its library says of itself:
//! `fleet-bindgen LIBRARY CONFIG swift|kotlin FOLDER`.

use std::error::Error;
use std::fs;
use uniffi_bindgen::bindings::{
    GenerateOptions, SwiftBindingsOptions, TargetLanguage, generate, generate_swift_bindings,
};

/// What uniffi makes the message of every exception of Kotlin from: the names and values of all its fields.
const LISTING: &str = "\"code=${ `code` }, reason=${ `reason` }, isTransient=${ `isTransient` }, kind=${ `kind` }\"";

/// How uniffi encodes a string.
const ENCODING: &str = "return Charsets.UTF_8.newEncoder().run {
            onMalformedInput(CodingErrorAction.REPORT)
            encode(CharBuffer.wrap(value))
        }";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, config, language, folder] = arguments.as_slice() else {
        return Err("fleet-bindgen LIBRARY CONFIG swift|kotlin FOLDER".into());
    };
    match language.as_str() {
        "swift" => generate_swift_bindings(SwiftBindingsOptions {
            generate_swift_sources: true,
            generate_headers: true,
            generate_modulemap: true,
            source: library.into(),
            out_dir: folder.into(),
            module_name: Some("FleetFFI".to_owned()),
            modulemap_filename: Some("module.modulemap".to_owned()),
            config: Some(config.into()),
            ..SwiftBindingsOptions::default()
        })?,
        "kotlin" => {
            generate(GenerateOptions {
                languages: vec![TargetLanguage::Kotlin],
                source: library.into(),
                out_dir: folder.into(),
                config_override: Some(config.into()),
                ..GenerateOptions::default()
            })?;
            say_the_reason(&format!("{folder}/fleetcore/fleet_mobile.kt"))?;
            for file in ["fleetcore/fleet_mobile.kt", "fleetcore/shapes/fleet_shapes.kt"] {
                refuse_what_is_no_text(&format!("{folder}/{file}"))?;
            }
        }
        other => return Err(format!("`{other}` is no language that is written here").into()),
    }
    Ok(())
}

/// Has strings be encoded by a function of our own, which throws the library's own exception for half a surrogate pair.
fn refuse_what_is_no_text(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    if text.matches(ENCODING).count() != 1 {
        return Err(format!("{file}: strings are not encoded where this version of uniffi did it").into());
    }
    Ok(fs::write(file, text.replace(ENCODING, "return fleetcore.utf8(value)"))?)
}

/// Makes the sentence for a person the message of an exception. uniffi can't be told to.
fn say_the_reason(file: &str) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    if text.matches(LISTING).count() != 1 {
        return Err(format!("{file}: the message of FleetException is not where this version of uniffi put it").into());
    }
    Ok(fs::write(file, text.replace(LISTING, "`reason`"))?)
}
