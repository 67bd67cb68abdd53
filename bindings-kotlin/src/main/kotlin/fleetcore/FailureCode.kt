// Written from the core's source by `cargo xtask errors`.

package fleetcore

/**
 * The codes of failures, as `FleetException.code` has them: stable, and the same in every language.
 *
 * A newer core may have codes that this version does not name, so a `when` over a code has an `else`.
 */
object FailureCode {
    /**
     * The thing does not exist, or the actor may not know that it exists. The error is the same for both
     * (R-TEAM-6).
     */
    const val NOT_FOUND = "not_found"
    /** The actor may see the thing but may not run this command on it. */
    const val FORBIDDEN = "forbidden"
    /** An argument is out of range or malformed. */
    const val INVALID = "invalid"
    /** An id, an e-mail or a title that must be unique is already in use. */
    const val TAKEN = "taken"
    /** The operation would exceed a limit of the tier (R-TIER-3). */
    const val LIMIT_EXCEEDED = "limit_exceeded"
    /**
     * The host cancelled the call. The devices that an import added before remain (R-IMP-13); nothing else was
     * changed.
     */
    const val CANCELLED = "cancelled"
    /** The version has not run on enough devices yet (R-TGT-2). */
    const val NOT_PROVEN = "not_proven"
    /** The firmware is or was released, or devices are locked to it (R-IMG-7). */
    const val FIRMWARE_IN_USE = "firmware_in_use"
    /** The account is on the team, or was invited and has not answered (R-TEAM-1). */
    const val ALREADY_INVITED = "already_invited"
    /** The thing was valid for a limited time, which is over. */
    const val EXPIRED = "expired"
    /** The owner cannot leave the team (R-TEAM-3). */
    const val OWNER_STAYS = "owner_stays"
    /** The account is locked: the products that it owns can be viewed but not changed (R-PAY-5). */
    const val ACCOUNT_LOCKED = "account_locked"
    /**
     * The team has no free seat for the invited account. The error hides the tier and its size, which a non-member
     * may not learn.
     */
    const val NO_SEAT = "no_seat"
    /** The token is malformed, unknown, expired or revoked. The error is the same for all four. */
    const val UNAUTHENTICATED = "unauthenticated"
    /** The code is wrong. */
    const val WRONG_CODE = "wrong_code"
    /** Too many wrong codes were entered. */
    const val BARRED = "barred"
    /** The customer is not in the private beta yet (R-CUS-4). */
    const val NOT_ACTIVATED = "not_activated"
    /** Manufacturing has started: what devices are programmed with on the line can no longer change (R-CFG-2). */
    const val MANUFACTURING_STARTED = "manufacturing_started"
    /** Configuration is incomplete for manufacturing (R-CFG-2). */
    const val NOT_READY = "not_ready"
    /** The device is not connected (R-TGT-3). */
    const val DEVICE_OFFLINE = "device_offline"
    /** The device may not join the product (R-IMP-3, R-IMP-4). */
    const val CANNOT_JOIN = "cannot_join"
    /** The quote has expired, or the product's plan has changed since it was made (R-BILL-4). */
    const val QUOTE_EXPIRED = "quote_expired"
    /** An upgrade is refused while a renewal is unpaid (R-BILL-4). */
    const val RENEWAL_UNPAID = "renewal_unpaid"
    /** The period is over and its renewal has not been issued yet. */
    const val RENEWAL_DUE = "renewal_due"
    /** The clock jumped ahead, and nobody confirmed the jump (R-BILL-10). */
    const val CLOCK_LEAP = "clock_leap"
    /** A charge on which the operation depends has no outcome yet. */
    const val CHARGE_OPEN = "charge_open"
    /** No charge has this key. */
    const val UNKNOWN_CHARGE = "unknown_charge"
    /** The outcome of the charge was reported before. */
    const val CHARGE_FINISHED = "charge_finished"
    /** There is no card that can be charged. */
    const val CARD_MISSING = "card_missing"
    /** The tier has no price for this interval and currency, or its price is agreed with the operator (R-TIER-1). */
    const val PRICE_BY_AGREEMENT = "price_by_agreement"
    /** The requested plan is not an upgrade (R-TIER-4, R-BILL-6). */
    const val NOT_AN_UPGRADE = "not_an_upgrade"
    /** The product has no paid plan. */
    const val NO_PLAN = "no_plan"
    /** The product id was used before, and ids are never reused (R-PRD-1). */
    const val PRODUCT_ID_USED = "product_id_used"
    /** Others changed the same records at every attempt. Retrying later helps. */
    const val STORE_CONTENTION = "store_contention"
    /** The engine is busy or cannot be reached; nothing was applied. Retrying helps. */
    const val STORE_UNAVAILABLE = "store_unavailable"
    /**
     * The engine failed during a commit, so it is unknown whether the commit was applied. If the engine is behind
     * a network, the commit may still be applied after this error was returned.
     */
    const val STORE_OUTCOME_UNKNOWN = "store_outcome_unknown"
    /** The disk is full; nothing was applied. */
    const val STORE_FULL = "store_full"
    /** The store cannot be written to. */
    const val STORE_READ_ONLY = "store_read_only"
    /** The file is not one of this store. */
    const val STORE_NOT_OURS = "store_not_ours"
    /** The schema is newer than this program. */
    const val STORE_NEWER_SCHEMA = "store_newer_schema"
    /** The operation needs an empty store, and the store is not empty. */
    const val STORE_NOT_EMPTY = "store_not_empty"
    /** The store does not support the operation. */
    const val STORE_UNSUPPORTED = "store_unsupported"
    /** A record cannot be read. */
    const val STORE_CORRUPT = "store_corrupt"
    /** Another process has taken the fleet over. This process can no longer read or write. */
    const val STORE_TAKEN = "store_taken"
    /** The fleet was opened by a parent of this process, before `fork()`. Open it in this process. */
    const val STORE_FORKED = "store_forked"
    /** The store's files were moved, deleted or replaced while they were open. */
    const val STORE_MOVED = "store_moved"
    /**
     * The store has a journal with changes that are not folded into its rows yet. Without the journal it is an
     * older fleet.
     */
    const val STORE_JOURNALED = "store_journaled"
    /** The query may not be run, or its answer exceeds a bound. A fleet answers `invalid`. */
    const val STORE_QUERY_REFUSED = "store_query_refused"
    /** Any other failure. */
    const val STORE_FAILED = "store_failed"
    /** The file has no known format, and the platform's devices start only their own format. */
    const val IMAGE_UNRECOGNISED = "image_unrecognised"
    /** The file is larger than `MAX_IMAGE_BYTES`. */
    const val IMAGE_TOO_LARGE = "image_too_large"
    /** The user part does not fit the platform's flash. */
    const val IMAGE_OVER_FLASH = "image_over_flash"
    /** The image has the format of another vendor than the platform's. */
    const val IMAGE_OTHER_FORMAT = "image_other_format"
    /** The firmware was compiled for other hardware. */
    const val IMAGE_OTHER_PLATFORM = "image_other_platform"
    /** The binary has neither a product id nor a version. */
    const val IMAGE_MACRO_MISSING = "image_macro_missing"
    /** The firmware was compiled for another product. */
    const val IMAGE_OTHER_PRODUCT = "image_other_product"
    /** The firmware was compiled without a product id, and the product's policy does not accept that. */
    const val IMAGE_WILDCARD = "image_wildcard"
    /** The firmware was compiled with another version than the one entered. */
    const val IMAGE_OTHER_VERSION = "image_other_version"
    /** The version is not above every version that was uploaded before (R-IMG-6). */
    const val VERSION_NOT_GREATER = "version_not_greater"
    /** The file has no bytes. */
    const val IMAGE_EMPTY = "image_empty"
    /** A linker's output. */
    const val FOREIGN_ELF = "foreign_elf"
    /** Intel HEX. */
    const val FOREIGN_INTEL_HEX = "foreign_intel_hex"
    /** Motorola S-records. */
    const val FOREIGN_S_RECORD = "foreign_s_record"
    /** UF2. */
    const val FOREIGN_UF2 = "foreign_uf2"
    /** A zip archive. */
    const val FOREIGN_ZIP = "foreign_zip"
    /** An fwup firmware: a zip with a `meta.conf`. */
    const val FOREIGN_FWUP = "foreign_fwup"
    /** A Mender artifact: a tar with `version` as its first entry. */
    const val FOREIGN_MENDER = "foreign_mender"
    /** A RAUC bundle: a squashfs or signed content. */
    const val FOREIGN_RAUC = "foreign_rauc"
    /** A SWUpdate image: a cpio with `sw-description` as its first entry. */
    const val FOREIGN_SWUPDATE = "foreign_swupdate"
    /** A tar archive. */
    const val FOREIGN_TAR = "foreign_tar"
    /** Compressed with gzip. */
    const val FOREIGN_GZIP = "foreign_gzip"
    /** Compressed with xz. */
    const val FOREIGN_XZ = "foreign_xz"
    /** Compressed with zstd. */
    const val FOREIGN_ZSTD = "foreign_zstd"
    /** An image for an ESP8266. */
    const val FOREIGN_ESP8266 = "foreign_esp8266"
    /** A partition table of an ESP chip. */
    const val FOREIGN_ESP_PARTITION_TABLE = "foreign_esp_partition_table"
    /** The contents of an ESP chip's flash: bootloader, partition table, application. */
    const val FOREIGN_ESP_FLASH = "foreign_esp_flash"
    /** A partition of key-value pairs of an ESP chip. */
    const val FOREIGN_ESP_NVS = "foreign_esp_nvs"
    /** Only `FF`, the value of erased flash. */
    const val FOREIGN_ERASED_FLASH = "foreign_erased_flash"
    /** A file system: LittleFS, FAT, ext, UBI or another. */
    const val FOREIGN_FILE_SYSTEM = "foreign_file_system"
    /** The contents of a disk, with its partition table. */
    const val FOREIGN_DISK = "foreign_disk"
    /** A DFU file with several targets. */
    const val FOREIGN_DFUSE = "foreign_dfuse"
    /** Compressed with bzip2. */
    const val FOREIGN_BZIP2 = "foreign_bzip2"
    /** A 7z archive. */
    const val FOREIGN_7Z = "foreign_7z"
    /** A PDF. */
    const val FOREIGN_PDF = "foreign_pdf"
    /** A web page, the usual result of a failed download. */
    const val FOREIGN_HTML = "foreign_html"
    /** The file is shorter than the end of any module. */
    const val PARTICLE_TOO_SHORT = "particle_too_short"
    /** The CRC is right, but the file has no module prefix. */
    const val PARTICLE_NO_PREFIX = "particle_no_prefix"
    /** The file has fewer bytes than the module states. */
    const val PARTICLE_CUT_SHORT = "particle_cut_short"
    /** The file is padded with `FF`. */
    const val PARTICLE_PADDED = "particle_padded"
    /** The file has more bytes than the module states. */
    const val PARTICLE_TRAILING_BYTES = "particle_trailing_bytes"
    /** The file has several modules in sequence, or is a part of such a file. */
    const val PARTICLE_COMBINED = "particle_combined"
    /** The CRC is wrong. */
    const val PARTICLE_CRC_MISMATCH = "particle_crc_mismatch"
    /** The module is packed in a way that is not supported. */
    const val PARTICLE_UNKNOWN_FLAGS = "particle_unknown_flags"
    /** The content is encrypted. */
    const val PARTICLE_ENCRYPTED = "particle_encrypted"
    /** The module is of another kind. */
    const val PARTICLE_RESOURCE = "particle_resource"
    /** The module is of another kind. */
    const val PARTICLE_BOOTLOADER = "particle_bootloader"
    /** The module is of another kind. */
    const val PARTICLE_SYSTEM_PART = "particle_system_part"
    /** The module is of another kind. */
    const val PARTICLE_SETTINGS = "particle_settings"
    /** The module is of another kind. */
    const val PARTICLE_NETWORK_COPROCESSOR = "particle_network_coprocessor"
    /** The module is of another kind. */
    const val PARTICLE_RADIO_STACK = "particle_radio_stack"
    /** The module is of another kind. */
    const val PARTICLE_ASSET = "particle_asset"
    /** The module is of another kind. */
    const val PARTICLE_UNKNOWN_FUNCTION = "particle_unknown_function"
    /** The module has no suffix, so it has no hash and no product. */
    const val PARTICLE_NO_SUFFIX = "particle_no_suffix"
    /** The CRC is right but the SHA-256 is wrong: the file was changed after it was compiled. */
    const val PARTICLE_SHA256_MISMATCH = "particle_sha256_mismatch"
    /** An extension cannot be parsed. */
    const val PARTICLE_EXTENSION = "particle_extension"
    /** The file is shorter than a header. */
    const val ESP_TOO_SHORT = "esp_too_short"
    /** The image has no segments, or more than a chip loads. */
    const val ESP_SEGMENTS = "esp_segments"
    /** A segment is longer than the rest of the file. */
    const val ESP_SEGMENT_CUT_SHORT = "esp_segment_cut_short"
    /** The image is a bootloader, or an incomplete application. */
    const val ESP_NOT_AN_APPLICATION = "esp_not_an_application"
    /** The file ends before its checksum or digest. */
    const val ESP_CUT_SHORT = "esp_cut_short"
    /** More than padding or a signature follows the image. */
    const val ESP_FOLLOWED = "esp_followed"
    /** The flag for an appended digest is neither 0 nor 1. */
    const val ESP_DIGEST_FLAG = "esp_digest_flag"
    /** The checksum over the segments is wrong. */
    const val ESP_CHECKSUM_MISMATCH = "esp_checksum_mismatch"
    /** The SHA-256 is wrong. */
    const val ESP_SHA256_MISMATCH = "esp_sha256_mismatch"
    /** The file is shorter than a header. */
    const val MCUBOOT_TOO_SHORT = "mcuboot_too_short"
    /** The header is smaller than any valid header. */
    const val MCUBOOT_HEADER_SIZE = "mcuboot_header_size"
    /** Header and firmware are longer than the file. */
    const val MCUBOOT_CUT_SHORT = "mcuboot_cut_short"
    /** The area of type-length-values is missing. */
    const val MCUBOOT_NO_TLV_AREA = "mcuboot_no_tlv_area"
    /** The protected area has another size than the header states. */
    const val MCUBOOT_PROTECTED_SIZE = "mcuboot_protected_size"
    /** An area is longer than the file, or shorter than its own header. */
    const val MCUBOOT_AREA_SIZE = "mcuboot_area_size"
    /** An entry does not end within its area. */
    const val MCUBOOT_TLV_SIZE = "mcuboot_tlv_size"
    /** An area ends in the middle of an entry's header. */
    const val MCUBOOT_STRAY_BYTES = "mcuboot_stray_bytes"
    /** A known entry has a value whose length its type does not allow. */
    const val MCUBOOT_VALUE_LENGTH = "mcuboot_value_length"
    /** An entry that must be unique occurs twice. */
    const val MCUBOOT_TLV_TWICE = "mcuboot_tlv_twice"
    /** The image has more entries than any valid image. */
    const val MCUBOOT_TOO_MANY_TLVS = "mcuboot_too_many_tlvs"
    /** The image has no hash, so damage could not be detected. */
    const val MCUBOOT_NO_HASH = "mcuboot_no_hash"
    /** The firmware is encrypted, and the hash is that of the plain text. */
    const val MCUBOOT_ENCRYPTED = "mcuboot_encrypted"
    /** The image is marked as not bootable, so no bootloader starts it. */
    const val MCUBOOT_NON_BOOTABLE = "mcuboot_non_bootable"
    /** More than padding or MCUboot's trailer follows the image. */
    const val MCUBOOT_FOLLOWED = "mcuboot_followed"
    /** The SHA-256 is wrong. */
    const val MCUBOOT_HASH_MISMATCH = "mcuboot_hash_mismatch"
    /** The file has no bytes, or only blank lines. */
    const val EMPTY = "empty"
    /** The file is larger than `MAX_BYTES`. */
    const val TOO_LARGE = "too_large"
    /** The file has too many lines without a device id. */
    const val NO_IDS = "no_ids"
    /** The file has NUL bytes: it is UTF-16 without a byte order mark, UTF-32, or not text. */
    const val UNSUPPORTED_ENCODING = "unsupported_encoding"
    /** The file is a workbook (.xlsx, .ods, .numbers, .xls) or another zip archive. */
    const val SPREADSHEET_DOCUMENT = "spreadsheet_document"
    /** The file is a PDF or RTF document. */
    const val FORMATTED_DOCUMENT = "formatted_document"
    /** The file is a gzip, bzip2, xz or zstd stream. */
    const val COMPRESSED = "compressed"
    /** A loop over a stream of events was too slow, and events were lost. */
    const val EVENTS_MISSED = "events_missed"
    /** The library has a fault. Please report it. */
    const val PANICKED = "panicked"
}
