//! Holds the types of the npm package to the shapes that it hands out.

use fleet_bindings::typescript;
use std::fs;
use std::path::Path;

/// Set, it has the files written anew.
const UPDATE: &str = "UPDATE_TYPES";

fn check(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib").join(name);
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap();
    assert!(found == wanted, "lib/{name} is not what the shapes say: {UPDATE}=1 cargo test -p fleet-node writes it");
}

#[test]
fn the_types_of_the_package_are_those_of_the_shapes() {
    let head = "// Written by `UPDATE_TYPES=1 cargo test -p fleet-node` from the definitions in bindings-common.\n\n";
    check("shapes.d.cts", &format!("{head}{}\n", typescript::shapes().trim_end()));
    let base = "import type { Limit, Missing } from './shapes.cjs';\n\n\
        /**\n * What a door could not do. Nothing was changed, unless the operation says how far it came. The message is for a\n \
        * person, and says what to do next.\n */\n\
        export declare class FleetError extends Error {\n  \
        /** A stable word, the same in every language. */\n  readonly code: string;\n  \
        /** Whether the same call may succeed when it is made again, without anything else being changed. */\n  \
        readonly isTransient: boolean;\n}\n\n";
    check("errors.d.cts", &format!("{head}{base}{}\n", typescript::failures().trim_end()));
}
