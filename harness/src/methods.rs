//! The commands of the core's methods: scenarios name operations so.

/// The methods whose commands have other names: those of a handle leave out the noun, and two methods may share a
/// command.
const COMMANDS: &[(&str, &[&str])] = &[
    ("Console::lock_account", &["set_account_lock"]),
    ("Console::unlock_account", &["set_account_lock"]),
    ("ProductConsole::id", &[]),
    ("ProductConsole::get", &["product"]),
    ("ProductConsole::rename", &["rename_product"]),
    ("ProductConsole::remove", &["remove_product"]),
    ("DeviceConsole::id", &[]),
    ("DeviceConsole::get", &["device"]),
    ("DeviceConsole::rename", &["name_device"]),
    ("DeviceConsole::clear_development", &["mark_development"]),
    ("DeviceConsole::approve", &["approve_device"]),
    ("DeviceConsole::deny", &["deny_device"]),
    ("DeviceConsole::undeny", &["undeny_device"]),
    ("DeviceConsole::remove", &["remove_device"]),
    ("DeviceConsole::correct", &["correct_device"]),
    ("DeviceConsole::set_code", &["set_device_code"]),
    ("DeviceConsole::lock", &["lock_and_flash_now", "lock_and_flash_on_reset"]),
    ("CustomerConsole::id", &[]),
    ("CustomerConsole::get", &["customer"]),
    ("CustomerConsole::remove", &["remove_customer"]),
    ("Portal::devices", &["my_devices"]),
];

/// Returns the commands of a method of a door.
pub(crate) fn commands<'m>(door: &str, method: &'m str) -> Vec<&'m str> {
    let known = COMMANDS.iter().find(|(of, _)| of.split_once("::") == Some((door, method)));
    known.map_or_else(|| vec![method], |(_, commands)| commands.to_vec())
}
