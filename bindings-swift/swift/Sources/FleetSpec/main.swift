// Runs the scenarios of `spec/` through the public Swift API: `FleetSpec SPEC VECTORS [EVERY-COMMAND]`.
import FleetCore
import Foundation

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    print("FleetSpec PATH-OF-SCENARIOS PATH-OF-VECTORS")
    exit(2)
}
let runner = Runner(vectors: Vectors(folder: URL(fileURLWithPath: arguments[2])))
await runner.run(URL(fileURLWithPath: arguments[1]))
exit(runner.summary() ? 0 : 1)
