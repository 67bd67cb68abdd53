//! Facts with the names of a reader modelled on imgtool.

use super::{Facts, hex, object};
use fleet_core::firmware::image::mcuboot::{Entry, ImageHash, read_mcuboot_image};
use serde_json::{Value, json};

/// Signatures and keys, by their names in rows.
const NAMED_ENTRIES: [(&str, u16); 5] = [
    ("keyhash", Entry::KEY_HASH),
    ("pubkey", Entry::PUBLIC_KEY),
    ("rsasig", Entry::RSA_SIGNATURE),
    ("ecsig", Entry::ECDSA_SIGNATURE),
    ("edsig", Entry::ED25519_SIGNATURE),
];

pub(super) fn facts(bytes: &[u8]) -> Result<Facts, String> {
    let image = read_mcuboot_image(bytes).map_err(|error| error.to_string())?;
    let entries = image.entries.iter();
    let list: Vec<_> = entries
        .clone()
        .map(|entry| json!([entry.is_protected, format!("{:#x}", entry.kind), entry.value.len()]))
        .collect();
    let mut fields = object(json!({
        "magic": "0x96f3b83d",
        "load": image.load_address,
        "hdr": image.header_size,
        "ptlv": image.protected_size,
        "img": image.firmware_size,
        "flags": image.flags,
        "version": image.version.to_string(),
        "imageLen": image.image_length,
        "hashed_range": [0, image.hashed_length],
        "tlvs": list,
    }));
    let mut tell = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    let hash_is_right = match image.hash {
        ImageHash::Sha256 { stored, computed } => {
            tell("sha256", json!(stored.to_string()));
            tell("sha256ok", json!(stored == computed));
            stored == computed
        }
        ImageHash::Sha384 { is_right } | ImageHash::Sha512 { is_right } => is_right,
        _ => false,
    };
    for (name, kind) in NAMED_ENTRIES {
        if let Some(entry) = entries.clone().find(|entry| entry.kind == kind) {
            tell(name, json!(hex(&entry.value)));
        }
    }
    if let Some(counter) = image.security_counter {
        tell("sec", json!(counter));
    }
    if let Some(dependency) = image.dependencies.last() {
        let least = dependency.least;
        let (major, minor, revision, build) = (least.major, least.minor, least.revision, least.build);
        tell("dep", json!([dependency.image, dependency.slot, 0, major, minor, revision, build]));
    }
    if let Some(vendor) = image.vendor_id {
        tell("0x74", json!(hex(&vendor)));
    }
    if let Some(class) = image.class_id {
        tell("0x75", json!(hex(&class)));
    }
    Ok(Facts { fields, is_acceptable: hash_is_right })
}
