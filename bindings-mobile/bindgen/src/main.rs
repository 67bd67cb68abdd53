//! Writes the Swift and Kotlin code that calls `fleet-mobile`, from its library's metadata: `fleet-bindgen LIBRARY
//! CONFIG swift|kotlin FOLDER`. Where uniffi has no option, its output is edited, in one place for all types; if the
//! text to edit is not found, nothing is written.

mod kotlin;
mod swift;

use std::error::Error;
use uniffi_bindgen::bindings::{
    GenerateOptions, SwiftBindingsOptions, TargetLanguage, generate, generate_swift_bindings,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, config, language, folder] = arguments.as_slice() else {
        return Err("fleet-bindgen LIBRARY CONFIG swift|kotlin FOLDER".into());
    };
    match language.as_str() {
        "swift" => {
            generate_swift_bindings(SwiftBindingsOptions {
                generate_swift_sources: true,
                generate_headers: true,
                generate_modulemap: true,
                source: library.into(),
                out_dir: folder.into(),
                module_name: Some("FleetFFI".to_owned()),
                modulemap_filename: Some("module.modulemap".to_owned()),
                config: Some(config.into()),
                ..SwiftBindingsOptions::default()
            })?;
            let (shapes, doors) = (format!("{folder}/FleetShapes.swift"), format!("{folder}/FleetDoors.swift"));
            swift::write_cases_small(&doors)?;
            swift::cancel(&doors)?;
            swift::leave_out(&doors)?;
            swift::leave_out(&shapes)?;
            swift::keep_secrets(&shapes)?;
        }
        "kotlin" => {
            generate(GenerateOptions {
                languages: vec![TargetLanguage::Kotlin],
                source: library.into(),
                out_dir: folder.into(),
                config_override: Some(config.into()),
                ..GenerateOptions::default()
            })?;
            let doors = format!("{folder}/fleetcore/fleet_mobile.kt");
            for file in [&doors, &format!("{folder}/fleetcore/shapes/fleet_shapes.kt")] {
                kotlin::name_records(file)?;
                kotlin::refuse_what_is_no_text(file)?;
                kotlin::leave_out(file)?;
                kotlin::sign(file)?;
                kotlin::overload(file)?;
                kotlin::serialise(file)?;
            }
            kotlin::show_the_failure(&doors)?;
            kotlin::block(&doors, &format!("{folder}/fleetcore/blocking/doors.kt"))?;
        }
        other => return Err(format!("`{other}` is not a supported language; name swift or kotlin").into()),
    }
    Ok(())
}
