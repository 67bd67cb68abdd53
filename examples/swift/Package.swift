// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "Quickstart",
    platforms: [.macOS(.v13)],
    // `cargo xtask package --lang swift` completes this package, and runs this program in its own folder.
    dependencies: [.package(name: "FleetCore", path: "../../bindings-swift/swift")],
    targets: [
        .executableTarget(name: "Quickstart", dependencies: [.product(name: "FleetCore", package: "FleetCore")])
    ]
)
