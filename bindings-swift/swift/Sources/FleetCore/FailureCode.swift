// Written from the core's source by `cargo xtask errors`.

/// The code of a failure: stable, and the same in every language.
///
/// A newer core may have codes that this version does not name, so a `switch` over a code has a `default`.
public struct FailureCode: RawRepresentable, Hashable, Codable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public init(stringLiteral value: String) {
        rawValue = value
    }

    public var description: String { rawValue }
}

extension FailureCode {
    /// The thing does not exist, or the actor may not know that it exists. The error is the same for both
    /// (R-TEAM-6).
    public static let notFound: Self = "not_found"
    /// The actor may see the thing but may not run this command on it.
    public static let forbidden: Self = "forbidden"
    /// An argument is out of range or malformed.
    public static let invalid: Self = "invalid"
    /// An id, an e-mail or a title that must be unique is already in use.
    public static let taken: Self = "taken"
    /// The operation would exceed a limit of the tier (R-TIER-3).
    public static let limitExceeded: Self = "limit_exceeded"
    /// The host cancelled the call. The devices that an import added before remain (R-IMP-13); nothing else was
    /// changed.
    public static let cancelled: Self = "cancelled"
    /// The version has not run on enough devices yet (R-TGT-2).
    public static let notProven: Self = "not_proven"
    /// The firmware is or was released, or devices are locked to it (R-IMG-7).
    public static let firmwareInUse: Self = "firmware_in_use"
    /// The account is on the team, or was invited and has not answered (R-TEAM-1).
    public static let alreadyInvited: Self = "already_invited"
    /// The thing was valid for a limited time, which is over.
    public static let expired: Self = "expired"
    /// The owner cannot leave the team (R-TEAM-3).
    public static let ownerStays: Self = "owner_stays"
    /// The account is locked: the products that it owns can be viewed but not changed (R-PAY-5).
    public static let accountLocked: Self = "account_locked"
    /// The team has no free seat for the invited account. The error hides the tier and its size, which a non-member
    /// may not learn.
    public static let noSeat: Self = "no_seat"
    /// The token is malformed, unknown, expired or revoked. The error is the same for all four.
    public static let unauthenticated: Self = "unauthenticated"
    /// The code is wrong.
    public static let wrongCode: Self = "wrong_code"
    /// Too many wrong codes were entered.
    public static let barred: Self = "barred"
    /// The customer is not in the private beta yet (R-CUS-4).
    public static let notActivated: Self = "not_activated"
    /// Manufacturing has started: what devices are programmed with on the line can no longer change (R-CFG-2).
    public static let manufacturingStarted: Self = "manufacturing_started"
    /// Configuration is incomplete for manufacturing (R-CFG-2).
    public static let notReady: Self = "not_ready"
    /// The device is not connected (R-TGT-3).
    public static let deviceOffline: Self = "device_offline"
    /// The device may not join the product (R-IMP-3, R-IMP-4).
    public static let cannotJoin: Self = "cannot_join"
    /// The quote has expired, or the product's plan has changed since it was made (R-BILL-4).
    public static let quoteExpired: Self = "quote_expired"
    /// An upgrade is refused while a renewal is unpaid (R-BILL-4).
    public static let renewalUnpaid: Self = "renewal_unpaid"
    /// The period is over and its renewal has not been issued yet.
    public static let renewalDue: Self = "renewal_due"
    /// The clock jumped ahead, and nobody confirmed the jump (R-BILL-10).
    public static let clockLeap: Self = "clock_leap"
    /// A charge on which the operation depends has no outcome yet.
    public static let chargeOpen: Self = "charge_open"
    /// No charge has this key.
    public static let unknownCharge: Self = "unknown_charge"
    /// The outcome of the charge was reported before.
    public static let chargeFinished: Self = "charge_finished"
    /// There is no card that can be charged.
    public static let cardMissing: Self = "card_missing"
    /// The tier has no price for this interval and currency, or its price is agreed with the operator (R-TIER-1).
    public static let priceByAgreement: Self = "price_by_agreement"
    /// The requested plan is not an upgrade (R-TIER-4, R-BILL-6).
    public static let notAnUpgrade: Self = "not_an_upgrade"
    /// The product has no paid plan.
    public static let noPlan: Self = "no_plan"
    /// The product id was used before, and ids are never reused (R-PRD-1).
    public static let productIdUsed: Self = "product_id_used"
    /// Others changed the same records at every attempt. Retrying later helps.
    public static let storeContention: Self = "store_contention"
    /// The engine is busy or cannot be reached; nothing was applied. Retrying helps.
    public static let storeUnavailable: Self = "store_unavailable"
    /// The engine failed during a commit, so it is unknown whether the commit was applied. If the engine is behind
    /// a network, the commit may still be applied after this error was returned.
    public static let storeOutcomeUnknown: Self = "store_outcome_unknown"
    /// The disk is full; nothing was applied.
    public static let storeFull: Self = "store_full"
    /// The store cannot be written to.
    public static let storeReadOnly: Self = "store_read_only"
    /// The file is not one of this store.
    public static let storeNotOurs: Self = "store_not_ours"
    /// The schema is newer than this program.
    public static let storeNewerSchema: Self = "store_newer_schema"
    /// The operation needs an empty store, and the store is not empty.
    public static let storeNotEmpty: Self = "store_not_empty"
    /// The store does not support the operation.
    public static let storeUnsupported: Self = "store_unsupported"
    /// A record cannot be read.
    public static let storeCorrupt: Self = "store_corrupt"
    /// Another process has taken the fleet over. This process can no longer read or write.
    public static let storeTaken: Self = "store_taken"
    /// The fleet was opened by a parent of this process, before `fork()`. Open it in this process.
    public static let storeForked: Self = "store_forked"
    /// The store's files were moved, deleted or replaced while they were open.
    public static let storeMoved: Self = "store_moved"
    /// The store has a journal with changes that are not folded into its rows yet. Without the journal it is an
    /// older fleet.
    public static let storeJournaled: Self = "store_journaled"
    /// The query may not be run, or its answer exceeds a bound. A fleet answers `invalid`.
    public static let storeQueryRefused: Self = "store_query_refused"
    /// Any other failure.
    public static let storeFailed: Self = "store_failed"
    /// The file has no known format, and the platform's devices start only their own format.
    public static let imageUnrecognised: Self = "image_unrecognised"
    /// The file is larger than `MAX_IMAGE_BYTES`.
    public static let imageTooLarge: Self = "image_too_large"
    /// The user part does not fit the platform's flash.
    public static let imageOverFlash: Self = "image_over_flash"
    /// The image has the format of another vendor than the platform's.
    public static let imageOtherFormat: Self = "image_other_format"
    /// The firmware was compiled for other hardware.
    public static let imageOtherPlatform: Self = "image_other_platform"
    /// The binary has neither a product id nor a version.
    public static let imageMacroMissing: Self = "image_macro_missing"
    /// The firmware was compiled for another product.
    public static let imageOtherProduct: Self = "image_other_product"
    /// The firmware was compiled without a product id, and the product's policy does not accept that.
    public static let imageWildcard: Self = "image_wildcard"
    /// The firmware was compiled with another version than the one entered.
    public static let imageOtherVersion: Self = "image_other_version"
    /// The version is not above every version that was uploaded before (R-IMG-6).
    public static let versionNotGreater: Self = "version_not_greater"
    /// The file has no bytes.
    public static let imageEmpty: Self = "image_empty"
    /// A linker's output.
    public static let foreignElf: Self = "foreign_elf"
    /// Intel HEX.
    public static let foreignIntelHex: Self = "foreign_intel_hex"
    /// Motorola S-records.
    public static let foreignSRecord: Self = "foreign_s_record"
    /// UF2.
    public static let foreignUf2: Self = "foreign_uf2"
    /// A zip archive.
    public static let foreignZip: Self = "foreign_zip"
    /// An fwup firmware: a zip with a `meta.conf`.
    public static let foreignFwup: Self = "foreign_fwup"
    /// A Mender artifact: a tar with `version` as its first entry.
    public static let foreignMender: Self = "foreign_mender"
    /// A RAUC bundle: a squashfs or signed content.
    public static let foreignRauc: Self = "foreign_rauc"
    /// A SWUpdate image: a cpio with `sw-description` as its first entry.
    public static let foreignSwupdate: Self = "foreign_swupdate"
    /// A tar archive.
    public static let foreignTar: Self = "foreign_tar"
    /// Compressed with gzip.
    public static let foreignGzip: Self = "foreign_gzip"
    /// Compressed with xz.
    public static let foreignXz: Self = "foreign_xz"
    /// Compressed with zstd.
    public static let foreignZstd: Self = "foreign_zstd"
    /// An image for an ESP8266.
    public static let foreignEsp8266: Self = "foreign_esp8266"
    /// A partition table of an ESP chip.
    public static let foreignEspPartitionTable: Self = "foreign_esp_partition_table"
    /// The contents of an ESP chip's flash: bootloader, partition table, application.
    public static let foreignEspFlash: Self = "foreign_esp_flash"
    /// A partition of key-value pairs of an ESP chip.
    public static let foreignEspNvs: Self = "foreign_esp_nvs"
    /// Only `FF`, the value of erased flash.
    public static let foreignErasedFlash: Self = "foreign_erased_flash"
    /// A file system: LittleFS, FAT, ext, UBI or another.
    public static let foreignFileSystem: Self = "foreign_file_system"
    /// The contents of a disk, with its partition table.
    public static let foreignDisk: Self = "foreign_disk"
    /// A DFU file with several targets.
    public static let foreignDfuse: Self = "foreign_dfuse"
    /// Compressed with bzip2.
    public static let foreignBzip2: Self = "foreign_bzip2"
    /// A 7z archive.
    public static let foreign7z: Self = "foreign_7z"
    /// A PDF.
    public static let foreignPdf: Self = "foreign_pdf"
    /// A web page, the usual result of a failed download.
    public static let foreignHtml: Self = "foreign_html"
    /// The file is shorter than the end of any module.
    public static let particleTooShort: Self = "particle_too_short"
    /// The CRC is right, but the file has no module prefix.
    public static let particleNoPrefix: Self = "particle_no_prefix"
    /// The file has fewer bytes than the module states.
    public static let particleCutShort: Self = "particle_cut_short"
    /// The file is padded with `FF`.
    public static let particlePadded: Self = "particle_padded"
    /// The file has more bytes than the module states.
    public static let particleTrailingBytes: Self = "particle_trailing_bytes"
    /// The file has several modules in sequence, or is a part of such a file.
    public static let particleCombined: Self = "particle_combined"
    /// The CRC is wrong.
    public static let particleCrcMismatch: Self = "particle_crc_mismatch"
    /// The module is packed in a way that is not supported.
    public static let particleUnknownFlags: Self = "particle_unknown_flags"
    /// The content is encrypted.
    public static let particleEncrypted: Self = "particle_encrypted"
    /// The module is of another kind.
    public static let particleResource: Self = "particle_resource"
    /// The module is of another kind.
    public static let particleBootloader: Self = "particle_bootloader"
    /// The module is of another kind.
    public static let particleSystemPart: Self = "particle_system_part"
    /// The module is of another kind.
    public static let particleSettings: Self = "particle_settings"
    /// The module is of another kind.
    public static let particleNetworkCoprocessor: Self = "particle_network_coprocessor"
    /// The module is of another kind.
    public static let particleRadioStack: Self = "particle_radio_stack"
    /// The module is of another kind.
    public static let particleAsset: Self = "particle_asset"
    /// The module is of another kind.
    public static let particleUnknownFunction: Self = "particle_unknown_function"
    /// The module has no suffix, so it has no hash and no product.
    public static let particleNoSuffix: Self = "particle_no_suffix"
    /// The CRC is right but the SHA-256 is wrong: the file was changed after it was compiled.
    public static let particleSha256Mismatch: Self = "particle_sha256_mismatch"
    /// An extension cannot be parsed.
    public static let particleExtension: Self = "particle_extension"
    /// The file is shorter than a header.
    public static let espTooShort: Self = "esp_too_short"
    /// The image has no segments, or more than a chip loads.
    public static let espSegments: Self = "esp_segments"
    /// A segment is longer than the rest of the file.
    public static let espSegmentCutShort: Self = "esp_segment_cut_short"
    /// The image is a bootloader, or an incomplete application.
    public static let espNotAnApplication: Self = "esp_not_an_application"
    /// The file ends before its checksum or digest.
    public static let espCutShort: Self = "esp_cut_short"
    /// More than padding or a signature follows the image.
    public static let espFollowed: Self = "esp_followed"
    /// The flag for an appended digest is neither 0 nor 1.
    public static let espDigestFlag: Self = "esp_digest_flag"
    /// The checksum over the segments is wrong.
    public static let espChecksumMismatch: Self = "esp_checksum_mismatch"
    /// The SHA-256 is wrong.
    public static let espSha256Mismatch: Self = "esp_sha256_mismatch"
    /// The file is shorter than a header.
    public static let mcubootTooShort: Self = "mcuboot_too_short"
    /// The header is smaller than any valid header.
    public static let mcubootHeaderSize: Self = "mcuboot_header_size"
    /// Header and firmware are longer than the file.
    public static let mcubootCutShort: Self = "mcuboot_cut_short"
    /// The area of type-length-values is missing.
    public static let mcubootNoTlvArea: Self = "mcuboot_no_tlv_area"
    /// The protected area has another size than the header states.
    public static let mcubootProtectedSize: Self = "mcuboot_protected_size"
    /// An area is longer than the file, or shorter than its own header.
    public static let mcubootAreaSize: Self = "mcuboot_area_size"
    /// An entry does not end within its area.
    public static let mcubootTlvSize: Self = "mcuboot_tlv_size"
    /// An area ends in the middle of an entry's header.
    public static let mcubootStrayBytes: Self = "mcuboot_stray_bytes"
    /// A known entry has a value whose length its type does not allow.
    public static let mcubootValueLength: Self = "mcuboot_value_length"
    /// An entry that must be unique occurs twice.
    public static let mcubootTlvTwice: Self = "mcuboot_tlv_twice"
    /// The image has more entries than any valid image.
    public static let mcubootTooManyTlvs: Self = "mcuboot_too_many_tlvs"
    /// The image has no hash, so damage could not be detected.
    public static let mcubootNoHash: Self = "mcuboot_no_hash"
    /// The firmware is encrypted, and the hash is that of the plain text.
    public static let mcubootEncrypted: Self = "mcuboot_encrypted"
    /// The image is marked as not bootable, so no bootloader starts it.
    public static let mcubootNonBootable: Self = "mcuboot_non_bootable"
    /// More than padding or MCUboot's trailer follows the image.
    public static let mcubootFollowed: Self = "mcuboot_followed"
    /// The SHA-256 is wrong.
    public static let mcubootHashMismatch: Self = "mcuboot_hash_mismatch"
    /// The file has no bytes, or only blank lines.
    public static let empty: Self = "empty"
    /// The file is larger than `MAX_BYTES`.
    public static let tooLarge: Self = "too_large"
    /// The file has too many lines without a device id.
    public static let noIds: Self = "no_ids"
    /// The file has NUL bytes: it is UTF-16 without a byte order mark, UTF-32, or not text.
    public static let unsupportedEncoding: Self = "unsupported_encoding"
    /// The file is a workbook (.xlsx, .ods, .numbers, .xls) or another zip archive.
    public static let spreadsheetDocument: Self = "spreadsheet_document"
    /// The file is a PDF or RTF document.
    public static let formattedDocument: Self = "formatted_document"
    /// The file is a gzip, bzip2, xz or zstd stream.
    public static let compressed: Self = "compressed"
    /// A loop over a stream of events was too slow, and events were lost.
    public static let eventsMissed: Self = "events_missed"
    /// The library has a fault. Please report it.
    public static let panicked: Self = "panicked"
}
