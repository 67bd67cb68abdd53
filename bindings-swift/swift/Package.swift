// swift-tools-version:6.0
// The generated sources, the headers and `lib/` are made by `cargo xtask test --lang swift`.
import PackageDescription

let package = Package(
    name: "FleetCore",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [.library(name: "FleetCore", targets: ["FleetCore"])],
    targets: [
        .target(
            name: "FleetFFI",
            linkerSettings: [
                .unsafeFlags(["-L\(Context.packageDirectory)/lib"]),
                .linkedLibrary("fleet_mobile"),
            ]
        ),
        // uniffi generates Swift 5; handwritten code is checked as strictly as Swift 6 can.
        .target(name: "FleetGenerated", dependencies: ["FleetFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "FleetCore", dependencies: ["FleetGenerated"]),
        .executableTarget(name: "FleetSpec", dependencies: ["FleetCore"]),
        .executableTarget(name: "FleetBench", dependencies: ["FleetCore"]),
        .testTarget(name: "FleetCoreTests", dependencies: ["FleetCore"]),
    ]
)
