// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "Quickstart",
    platforms: [.macOS(.v13)],
    // `cargo xtask package --lang swift` makes this package whole, and runs this program in a folder of its own.
    dependencies: [.package(name: "FleetCore", path: "../../bindings-swift/swift")],
    targets: [
        .executableTarget(name: "Quickstart", dependencies: [.product(name: "FleetCore", package: "FleetCore")])
    ]
)
