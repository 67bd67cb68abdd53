//! The names of all operations.

/// A door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Door {
    /// For people.
    Console,
    /// For customers.
    Portal,
    /// For devices.
    Gateway,
    /// For the host itself.
    Fleet,
}

/// What can be asked of a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation {
    /// Of which.
    pub door: Door,
    /// The method's name, in `snake_case`; a language writes it as its own do.
    pub name: &'static str,
}

const fn of(door: Door, name: &'static str) -> Operation {
    Operation { door, name }
}

/// Every operation of every door.
pub const OPERATIONS: &[Operation] = &[
    of(Door::Console, "create_account"),
    of(Door::Console, "create_product"),
    of(Door::Console, "create_product_with_id"),
    of(Door::Console, "product"),
    of(Door::Console, "products"),
    of(Door::Console, "rename_product"),
    of(Door::Console, "set_policy"),
    of(Door::Console, "set_tier"),
    of(Door::Console, "remove_product"),
    of(Door::Console, "create_group"),
    of(Door::Console, "delete_group"),
    of(Door::Console, "audit_log"),
    of(Door::Console, "configuration"),
    of(Door::Console, "configure"),
    of(Door::Console, "manufacturing_readiness"),
    of(Door::Console, "start_manufacturing"),
    of(Door::Console, "team"),
    of(Door::Console, "invite"),
    of(Door::Console, "revoke_invitation"),
    of(Door::Console, "invitations"),
    of(Door::Console, "accept_invitation"),
    of(Door::Console, "decline_invitation"),
    of(Door::Console, "leave_team"),
    of(Door::Console, "remove_member"),
    of(Door::Console, "transfer_ownership"),
    of(Door::Console, "set_account_lock"),
    of(Door::Console, "create_customer"),
    of(Door::Console, "customer"),
    of(Door::Console, "customers"),
    of(Door::Console, "remove_customer"),
    of(Door::Console, "issue_token"),
    of(Door::Console, "revoke_token"),
    of(Door::Console, "set_device_code"),
    of(Door::Console, "invite_to_beta"),
    of(Door::Console, "beta_guests"),
    of(Door::Console, "plan_import"),
    of(Door::Console, "import"),
    of(Door::Console, "import_watched"),
    of(Door::Console, "register_devices"),
    of(Door::Console, "device"),
    of(Door::Console, "devices"),
    of(Door::Console, "summary"),
    of(Door::Console, "explain"),
    of(Door::Console, "name_device"),
    of(Door::Console, "mark_development"),
    of(Door::Console, "set_groups"),
    of(Door::Console, "approve_device"),
    of(Door::Console, "deny_device"),
    of(Door::Console, "undeny_device"),
    of(Door::Console, "remove_device"),
    of(Door::Console, "claim_device"),
    of(Door::Console, "unclaim_device"),
    of(Door::Console, "claimed_devices"),
    of(Door::Console, "upload"),
    of(Door::Console, "firmware"),
    of(Door::Console, "edit_firmware"),
    of(Door::Console, "delete_firmware"),
    of(Door::Console, "release"),
    of(Door::Console, "withdraw_release"),
    of(Door::Console, "release_to_group"),
    of(Door::Console, "lock_and_flash_now"),
    of(Door::Console, "lock_and_flash_on_reset"),
    of(Door::Console, "unlock"),
    of(Door::Console, "force_update"),
    of(Door::Console, "dry_run"),
    of(Door::Portal, "me"),
    of(Door::Portal, "activate"),
    of(Door::Portal, "ask_claim_code"),
    of(Door::Portal, "claim"),
    of(Door::Portal, "unclaim"),
    of(Door::Portal, "devices"),
    of(Door::Portal, "use_device"),
    of(Door::Gateway, "connect"),
    of(Door::Gateway, "connect_many"),
    of(Door::Gateway, "disconnect"),
    of(Door::Gateway, "report_update"),
    of(Door::Gateway, "present_claim_code"),
    of(Door::Fleet, "pending_notices"),
    of(Door::Fleet, "acknowledge"),
];
