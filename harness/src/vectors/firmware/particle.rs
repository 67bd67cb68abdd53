//! Facts with the names of the vendor's module reader.

use super::{Facts, hex, object};
use fleet_core::firmware::image::particle::{Content, Extension, Extent, Module, Prefix, Suffix, read_module};
use serde_json::{Map, Value, json};

/// If a row has no CRC, the vendor's reader failed on the file: then there is nothing to compare, and the file must be
/// refused.
pub(super) fn facts(bytes: &[u8], row: &Map<String, Value>) -> Result<Facts, String> {
    if row.get("reader").is_none_or(|reader| reader.get("crc").is_none()) {
        return Ok(Facts { fields: row.clone(), is_acceptable: false });
    }
    let module = read_module(bytes).map_err(|error| error.to_string())?;
    let mut reader = object(json!({
        "crc": {
            "ok": module.has_right_crc(),
            "storedCrc": format!("{:08x}", module.stored_crc),
            "actualCrc": format!("{:08x}", module.computed_crc),
        },
        "prefixInfo": prefix(&module.prefix),
        "suffixInfo": suffix(&module.suffix, module.stored_crc),
    }));
    reader.extend(summaries(&module));
    let is_acceptable = module.has_right_crc()
        && module.has_right_sha256()
        && module.extent == Extent::Exact
        && module.prefix.function.is_product_firmware()
        && module.prefix.flags.are_known()
        && !module.prefix.flags.is_combined()
        && !module.prefix.flags.is_encrypted()
        && module.has_suffix()
        && module.extension_fault.is_none();
    let fields = object(json!({ "suffixShaOk": module.has_right_sha256(), "reader": reader }));
    Ok(Facts { fields, is_acceptable })
}

fn prefix(prefix: &Prefix) -> Value {
    let [first, second] = prefix.dependencies;
    let mut fields = object(json!({
        "moduleStartAddy": format!("{:x}", prefix.start),
        "moduleEndAddy": format!("{:x}", prefix.end),
        "reserved": prefix.reserved,
        "moduleFlags": prefix.flags.bits(),
        "moduleVersion": prefix.module_version,
        "platformID": prefix.platform_id,
        "moduleFunction": prefix.function.code(),
        "moduleIndex": prefix.index,
        "depModuleFunction": first.function.code(),
        "depModuleIndex": first.index,
        "depModuleVersion": first.version,
        "dep2ModuleFunction": second.function.code(),
        "dep2ModuleIndex": second.index,
        "dep2ModuleVersion": second.version,
        "prefixSize": prefix.size,
        "prefixOffset": prefix.offset,
    }));
    if prefix.flags.has_prefix_extensions() {
        fields.insert("extensions".to_owned(), extensions(&prefix.extensions));
    }
    Value::Object(fields)
}

fn suffix(suffix: &Suffix, crc: u32) -> Value {
    let product = suffix.product.map_or((-1, -1), |product| (i32::from(product.id), i32::from(product.version)));
    let mut fields = object(json!({
        "productId": product.0,
        "productVersion": product.1,
        "fwUniqueId": suffix.sha256.to_string(),
        "reserved": suffix.reserved,
        "suffixSize": suffix.size,
        "crcBlock": format!("{crc:08x}"),
    }));
    if !suffix.extensions.is_empty() {
        fields.insert("extensions".to_owned(), extensions(&suffix.extensions));
    }
    Value::Object(fields)
}

/// What the vendor's reader repeats of the extensions beside prefix and suffix.
fn summaries(module: &Module) -> Map<String, Value> {
    let mut fields = Map::new();
    let assets: Vec<_> = module
        .extensions()
        .filter_map(|extension| match &extension.content {
            Content::AssetDependency { algorithm, hash, name } => {
                Some(json!({ "hashType": algorithm, "hash": hex(hash), "name": name }))
            }
            _ => None,
        })
        .collect();
    if !assets.is_empty() {
        fields.insert("assets".to_owned(), Value::Array(assets));
    }
    let security = module.extensions().find_map(|extension| match &extension.content {
        Content::SecurityMode { mode, certificate } if certificate.is_empty() => Some(json!({ "mode": mode })),
        Content::SecurityMode { mode, certificate } => Some(json!({ "mode": mode, "certificate": hex(certificate) })),
        _ => None,
    });
    fields.extend(security.map(|security| ("security".to_owned(), security)));
    fields
}

fn extensions(extensions: &[Extension]) -> Value {
    extensions
        .iter()
        .map(|extension| {
            let mut fields = object(json!({
                "type": extension.kind,
                "length": extension.bytes.len(),
                "offset": extension.offset,
                "data": hex(&extension.bytes),
            }));
            fields.extend(object(content(&extension.content)));
            Value::Object(fields)
        })
        .collect()
}

fn content(content: &Content) -> Value {
    match content {
        Content::Product { id, version } => json!({ "productId": id, "productVersion": version }),
        Content::DynamicLocation { module_start, library_load, library_start } => json!({
            "moduleStartAddress": format!("{module_start:x}"),
            "dynalibLoadAddress": format!("{library_load:x}"),
            "dynalibStartAddress": format!("{library_start:x}"),
        }),
        Content::Dependency { dependency, target } => json!({
            "moduleFunction": dependency.function.code(),
            "moduleIndex": dependency.index,
            "moduleVersion": dependency.version,
            "targetId": target,
        }),
        Content::Hash { algorithm, stated_length, hash } => {
            json!({ "hashType": algorithm, "hashLength": stated_length, "hash": hex(hash) })
        }
        Content::Name(name) => json!({ "name": name }),
        Content::AssetDependency { algorithm, hash, name } => {
            json!({ "hashType": algorithm, "hashLength": hash.len(), "hash": hex(hash), "name": name })
        }
        Content::SecurityMode { mode, certificate } if certificate.is_empty() => json!({ "securityMode": mode }),
        Content::SecurityMode { mode, certificate } => {
            json!({ "securityMode": mode, "certificate": hex(certificate) })
        }
        Content::AssetType(kind) => json!({ "assetType": kind }),
        _ => json!({}),
    }
}
