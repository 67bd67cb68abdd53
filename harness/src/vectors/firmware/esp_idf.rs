//! Facts with the names of the vendor's image tool.

use super::{Facts, object};
use fleet_core::firmware::image::esp_idf::read_app_image;
use serde_json::json;

pub(super) fn facts(bytes: &[u8]) -> Result<Facts, String> {
    let image = read_app_image(bytes).map_err(|error| error.to_string())?;
    let app = image.app.as_ref().ok_or("there is no application descriptor")?;
    let checksum_is_right = image.stored_checksum == image.computed_checksum;
    let mut fields = object(json!({
        "segments": image.segments,
        "entry": format!("{:#x}", image.entry),
        "chip_id": image.chip.number(),
        "min_rev": image.least_revision,
        "min_rev_full": image.revisions.0,
        "max_rev_full": image.revisions.1,
        "hash_appended": u8::from(image.digest.is_some()),
        "checksum": image.stored_checksum,
        "checksum_ok": checksum_is_right,
        "image_len": image.image_length,
        "app": {
            "secure_version": app.secure_version,
            "version": app.version,
            "project_name": app.project_name,
            "time": app.time,
            "date": app.date,
            "idf": app.idf_version,
            "elf_sha256": app.elf_sha256.to_string(),
            "min_blk": app.fuse_block_revisions.0,
            "max_blk": app.fuse_block_revisions.1,
            "mmu": app.mmu_page_exponent,
        },
    }));
    let digest_is_right = image.digest.map(|digest| digest.stored == digest.computed);
    if let Some(digest) = image.digest {
        fields.extend(object(json!({
            "digest": digest.stored.to_string(),
            "digest_ok": digest_is_right,
        })));
    }
    Ok(Facts { fields, is_acceptable: checksum_is_right && digest_is_right != Some(false) })
}
